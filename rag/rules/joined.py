"""Answers that join what no one sentence says: a name from one, and what was asked about from another.

"The ambassador to Belgium is Sergei Lavrov", where one sentence speaks of the ambassador and another of Lavrov, holds
word by word, and nobody said it. Nor did Steinmeier insist on what another sentence has somebody else insist on. Purely
textual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexical import parted
from index.sentences import LABEL
from rag.clauses import names
from rag.facts import Fact, facts, facts_within, name_value, stands_in
from rag.vocabulary import TOKEN, fold, unframed, vocabulary
from rag.words import content_words

# Of the words of the question that an answer repeats, so much more stands elsewhere than beside what it answers with.
# See benchmarks/LOG.md.
MORE = 0.3
# Behind these stands to whom somebody says something, of whom a conversation need not speak.
_TO_WHOM = (
    r"(?:told|asked|reminded|thanked|invited|offered|promised|warned|advised|encouraged|urged|congratulated|informed"
    r"|tells|asks|reminds|thanks|invites|offers|recommended|suggested|said|wrote)(?: to)?\s(?:\w+ )?"
)
FROM = 2  # words of the question, without which nothing is told apart
ELSEWHERE = 0.5  # of what was asked, that another sentence says, where nothing of it stands beside the answer
ALL_BUT = 0.8  # the same where something of it does
MOST = 14  # words of meaning of a claim that is one
HALF = 0.5  # of what somebody is asked to have spoken of
MOST_OTHER_WORDS = 2  # of meaning, beside question and facts: whoever says more may answer with that

_RUN = re.compile(
    r"[A-ZÀ-ÞА-Я][\w&'’-]*(?:[ +-](?:(?:of|the|and|von|der) )?[A-ZÀ-ÞА-Я][\w&'’-]*)*"
)  # capitalised words
_IS = re.compile(r"\s(?:is|was|are|were|has|had|ist|war|sind|waren|hat|hatte)\b")
_SUBJECT = re.compile(
    r"(?:(?:Der|Die|Das)\s)?(?P<who>[A-ZÄÖÜ][\w-]+)\s(?:ist|sind|war|waren|hat|haben|hatte|hatten|wird|wurden?|werden"
    r"|kann|können|gewann|gewannen|stellt|stellen|verlor|erhielt|[a-zäöü]\w+ten?)\b"
)
_SAID_OF = re.compile(
    r"\b(?:what (?:did|does|do|has|had|have) (?P<who>.+?) (?:say|said|think|tell|told|state|claim|write|comment|remark)"
    r"\b.*?\b(?:about|on|of|regarding|concerning)"
    r"|was (?:sagte?|meinte?|erklärte?|schrieb) (?P<wer>.+?) (?:über|zum?|zur))\b\s(?P<what>.+)",
    re.IGNORECASE,
)


def joined(sentence: str, question: str, read: Sequence[str], language: str) -> str | None:
    """The first fact with which `sentence` answers `question`, if what was `read`, sentence by sentence, says of that
    fact far less of what was asked about than it says elsewhere; else None.

    A sentence that begins with "he" or "it" may well be about either.
    """
    new = [fact for fact in facts(sentence) if not stands_in(fact, question)]
    shares = _shares(new, _repeated(sentence, question, language), read, language)
    if shares is None or shares.elsewhere < shares.beside + MORE:
        return None
    return shares.fact.words


def apart(sentence: str, question: str, read: Sequence[str], heads: Sequence[str], language: str) -> str | None:
    """The same if nothing at all of what was asked about stands beside that fact, nor in the title and heading above
    it, and much of it elsewhere; or if nearly all of it stands elsewhere, and far less there. `heads` are those of
    every sentence.

    Only of an answer that says little else; one that says nothing else is one to the whole question.
    """
    new = [fact for fact in facts_within(sentence) if not stands_in(fact, question)]
    asked = _repeated(sentence, question, language)
    others = _other_words(sentence, new, language) - asked
    if len(others) > MOST_OTHER_WORDS:
        return None
    if not others and len(asked) < FROM:
        asked = set(content_words(question, language))
    told = [
        f"{source}\n{head}" if _states(source, new) else source
        for source, head in zip(read, heads, strict=True)
        if _states(source, new) or not looks_back(source)
    ]
    shares = _shares(new, asked, told, language)
    if shares is None or shares.elsewhere < (ALL_BUT if shares.beside else ELSEWHERE):
        return None
    return None if shares.elsewhere < shares.beside + MORE else shares.fact.words


@dataclass(frozen=True, slots=True)
class _Shares:
    """Of what was asked about, the most that a sentence with one of the facts says, and any other; `fact` is the first
    that was read."""

    beside: float
    elsewhere: float
    fact: Fact


def _shares(new: Sequence[Fact], asked: set[str], read: Sequence[str], language: str) -> _Shares | None:
    """None where there is nothing to tell apart."""
    stating: list[float] = []
    others: list[float] = []
    for source in read if new and len(asked) >= FROM else ():
        share = len(asked.intersection(content_words(source, language))) / len(asked)
        if not _states(source, new):
            others.append(share)
        elif looks_back(source) and not _points(source):
            return None
        else:
            stating.append(share)
    if not stating or not others:
        return None
    first = next(fact for fact in new if any(_states(source, [fact]) for source in read))
    return _Shares(max(stating), max(others), first)


def _points(source: str) -> bool:
    """Whether a sentence looks back at what was told before it, and not at somebody or something that has a name."""
    opening = TOKEN.search(source)
    return opening is not None and fold(opening.group()) in vocabulary().pointing


def _states(source: str, new: Sequence[Fact]) -> bool:
    return any(stands_in(fact, source) for fact in new)


def _repeated(sentence: str, question: str, language: str) -> set[str]:
    """The words of the question that an answer repeats."""
    return set(content_words(sentence, language)).intersection(content_words(question, language))


def _other_words(sentence: str, new: Sequence[Fact], language: str) -> set[str]:
    """What an answer says beside its facts, and beside "The answer is"."""
    own = {word for fact in new for word in content_words(fact.words, language)}
    return set(content_words(unframed(sentence), language)) - own


def borrowed(sentence: str, read: Sequence[str], heads: Sequence[str], language: str) -> str | None:
    """The first name of a claim, made without a question, of which nothing `read` says what the claim does, while a
    sentence without that name says nearly all of it: "Danilov edits the magazine" of "Lukyanov edits the magazine"."""
    named = (*_german_subject(sentence, language), *facts_within(sentence))
    dates = {word for fact in named if fact.kind != "name" for word in content_words(fact.words, language)}
    words = set(content_words(sentence, language)) - dates
    for fact in named:
        said = words.difference(content_words(fact.words, language))
        to_whom = re.search(rf"\b{_TO_WHOM}{re.escape(fact.words)}\b", sentence) and _speaks(fact, read)
        if fact.kind != "name" or not FROM < len(said) <= MOST or to_whom or _opens_small(fact, sentence, read):
            continue
        runs = [run for run in _RUN.findall(sentence) if fact.words in run]
        name = {name_value(word) for run in runs for word in TOKEN.findall(run)}
        name -= vocabulary().impersonal | vocabulary().german_articles
        beside, elsewhere = [0.0], [0.0]
        for source, head in zip(read, heads, strict=True):
            share = len(said.intersection(content_words(source, language))) / len(said)
            if stands_in(fact, source):
                beside.append(1.0 if looks_back(source) else share)
            elif not _leans(source) and name.isdisjoint(map(name_value, TOKEN.findall(f"{source} {head}"))):
                others = [*_german_subject(source, language), *facts_within(source)]
                others = [other for other in others if not stands_in(other, sentence)]
                elsewhere += [share for other in others if other.kind == "name"]
        if len(beside) > 1 and max(elsewhere) >= max(ALL_BUT, max(beside) + MORE):
            return fact.words
    return None


def _german_subject(sentence: str, language: str) -> tuple[Fact, ...]:
    """What a German sentence begins with and says something of, which no capital tells from another noun."""
    subject = _SUBJECT.match(sentence) if language == "de" else None
    return (Fact("name", name_value(subject["who"]), subject["who"]),) if subject else ()


def _opens_small(fact: Fact, sentence: str, read: Sequence[str]) -> bool:
    """Whether nothing but its place makes a word a name: "Researchers found", where "researchers" is read."""
    small = rf"\b{re.escape(fact.words.lower())}\b"
    return sentence.startswith(fact.words) and any(re.search(small, source) for source in read)


def _speaks(fact: Fact, read: Sequence[str]) -> bool:
    """Whether a name is that of a speaker of a conversation that was read."""
    labels = (LABEL.match(source) for source in read)
    return any(stands_in(fact, parted(label[1])) for label in labels if label)


def _leans(source: str) -> bool:
    """Whether a sentence is about whom another names, or who is spoken to."""
    return looks_back(source) or not vocabulary().addressing.isdisjoint(map(fold, TOKEN.findall(source)))


def told_by(sentence: str, cited: Sequence[str]) -> str | None:
    """Whom a sentence says something of ("Yuriko is a surgeon") that none but she said, and not of herself: the words
    `cited` are hers and name her only as their speaker ("Yuriko: her name is Chae, she is a surgeon")."""
    named = next(names(sentence), None)
    if named is None or not _IS.match(sentence, named.end):
        return None
    who = set(_words(named.words))
    labels = [LABEL.match(source) for source in cited]
    said = [source[label.end() :] if label else source for source, label in zip(cited, labels, strict=True)]
    hers = [text for text, label in zip(said, labels, strict=True) if label and who & set(_words(parted(label[1])))]
    if not hers or any(who & set(_words(text)) for text in said):
        return None
    of_another = all(
        vocabulary().persons & (words := set(_words(text))) and not vocabulary().first_person & words for text in hers
    )
    return named.words if of_another else None


def _words(text: str) -> list[str]:
    """The folded words of a text; "I'm" is "I"."""
    return [re.split("['’]", fold(word))[0] for word in TOKEN.findall(text)]


def said_of_another(question: str, told: Sequence[str], language: str) -> bool:
    """Whether a question asks what somebody said of something, of which neither the cited sentences nor what stands
    before them, `told`, have half the words."""
    asks = _SAID_OF.search(question)
    if not asks:
        return False
    of = set(content_words(asks["what"], language)).difference(content_words(asks["who"] or asks["wer"], language))
    return bool(of) and all(len(of.intersection(content_words(text, language))) < HALF * len(of) for text in told)


def looks_back(source: str) -> bool:
    """Whether a sentence begins with "he", "it's" or "there", also behind its speaker, and so is about what was said
    before it."""
    label = LABEL.match(source)
    opening = TOKEN.search(source, label.end() if label else 0)
    return opening is not None and re.split("['’]", fold(opening.group()))[0] in vocabulary().backward
