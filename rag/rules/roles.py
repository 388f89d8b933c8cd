"""What part somebody has in what a sentence tells: who did it, who only reports it, and whose very words it quotes.

"Piloted by a fighter" of "intercepted by a fighter", and "operated by the ministry" of "according to the ministry",
hold word by word, and nobody said either. English, as far as verbs tell it. Purely textual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.clauses import names
from rag.vocabulary import TOKEN, fold, is_participle, vocabulary
from rag.words import content_words

_DONE_BY = re.compile(r"\b(?P<verb>\w+)(?:\s\w+ly)?\sby\s(?P<agent>[^,.;:()]+)", re.IGNORECASE)
_PARTICLES = frozenset(("down",))  # written like a participle, and part of a verb: "turned down by"
_ASKS_WHO = re.compile(r"^\W*(?:who|whose|which|what)\b", re.IGNORECASE)
_WHO = 7  # words, at most, of who does something
_BETWEEN = r"(?:[\w’'-]+\s){0,4}?"  # words of an agent before its last
_QUOTATION = re.compile(r"(?<!\d)[\"“«„](?P<words>[^\"”»“«„]{3,})[\"”»“]")
_LEFT_OUT = re.compile(r"\.\.\.|…|\[[^\]]*\]")


def only_reports(sentence: str, question: str, cited: str, language: str) -> list[str]:
    """Who does something by the sentence, and stands in what is `cited` only as telling of it."""
    found = []
    for verb, agent in _agents(sentence, question):
        who = re.escape(agent.split()[-1])
        told = re.search(rf"\b(?:according to|(?:told|reported) by)\s{_BETWEEN}{who}\b", cited, re.IGNORECASE)
        if told and _unsaid(verb, cited, language) and len(re.findall(rf"\b{who}\b", cited)) == 1:
            found.append(f"the cited passage has “{agent}” only as reporting, and “{verb}” nowhere")
    return found


def does_something_else(sentence: str, question: str, cited: str, language: str) -> list[str]:
    """Who does something by the sentence, and another thing by what is `cited`, which says nothing of the first."""
    found = []
    for verb, agent in _agents(sentence, question):
        who = re.compile(rf"{_BETWEEN}{re.escape(agent.split()[-1])}\b")
        done = [match["verb"] for match in _DONE_BY.finditer(cited) if who.match(match["agent"])]
        if any(map(is_participle, done)) and _unsaid(verb, cited, language):
            found.append(f"the cited passage says “{done[0]} by {agent}”, and “{verb}” nowhere")
    return found


def _agents(sentence: str, question: str) -> list[tuple[str, str]]:
    """What is done by whom, where the question does not say that itself."""
    found = []
    for match in _DONE_BY.finditer(sentence):
        if not is_participle(match["verb"]) or fold(match["verb"]) in _PARTICLES:
            continue
        words = match["agent"].split()[:_WHO]
        last = next((place for place, word in enumerate(words) if fold(word) in vocabulary().joining), len(words))
        agent = " ".join(words[:last])
        folded = fold(agent)
        many = vocabulary().amounts | vocabulary().numbers.keys()
        if TOKEN.search(agent) and folded not in many and not folded.endswith("ing") and folded not in fold(question):
            found.append((match["verb"], agent))
    return found


def _unsaid(verb: str, cited: str, language: str) -> bool:
    return set(content_words(verb, language)).isdisjoint(content_words(cited, language))


def another_office(sentence: str, question: str, read: Sequence[str]) -> str | None:
    """The office that what was `read`, passage by passage, gives to whom `sentence` names, where `question` asks who
    holds another one, which stands nowhere with that name: the minister, asked for the ambassador."""
    asked = _offices(question) if _ASKS_WHO.search(question) else set()
    known = set(map(fold, TOKEN.findall(question)))
    for name in names(sentence):
        bare = [word for word in TOKEN.findall(name.words) if fold(word) not in known | vocabulary().offices]
        if not asked or not bare:
            continue
        told = [text for text in read if bare[-1] in text]
        beside = {office for text in told for office in _offices_beside(bare[-1], text)}
        if beside and asked.isdisjoint(beside) and not any(asked & _offices(text) for text in told):
            return sorted(beside)[0]
    return None


def misquoted(sentence: str, question: str, read: Sequence[str]) -> list[str]:
    """The words in quotation marks that stand neither in the question nor in any of the passages `read`."""
    known = [_plain(text) for text in (question, *read)]
    return [
        f"“{quotation['words']}” is given as a quotation and stands in nothing that was read"
        for quotation in _QUOTATION.finditer(sentence)
        for part in map(_plain, _LEFT_OUT.split(quotation["words"]))
        if part.strip() and not any(part in text for text in known)
    ][:1]


def _offices(text: str) -> set[str]:
    return {fold(word) for word in TOKEN.findall(text)} & vocabulary().offices


def _offices_beside(name: str, text: str) -> set[str]:
    """The offices that stand before a name, or behind it and a comma, with nothing but a few words between."""
    before = re.findall(rf"((?:[\w-]+\s){{1,4}}){re.escape(name)}\b", text)
    behind = re.findall(rf"\b{re.escape(name)},\s((?:[\w'’-]+\s?){{1,5}})", text)
    return {office for words in (*before, *behind) for office in _offices(words)}


def _plain(text: str) -> str:
    """Its words alone, parted and surrounded by blanks."""
    return f" {' '.join(map(fold, TOKEN.findall(text)))} "
