"""Two sides that a sentence has in each other's place: what is more than what, what replaced what, by whom for whom,
and whom an exception leaves out.

"By Porter for Richard" of "for Porter by Richard" has every word and every name, and says the contrary. Told by words
like "than", "replaced", "by" and "except", and by what stands on either side of them. Purely textual; comparisons by
name and replacements in English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.clauses import names, one_name, same
from rag.vocabulary import TOKEN, fold, is_participle
from rag.words import content_words, language_of

_COMPARED = re.compile(r"\b(?P<how>(?:more|less|fewer)\b(?:\s\w+)?|\w{2,}er)(?P<between>(?:\s[\w-]+){0,3}?)\sthan\b")
_IS_MORE = re.compile(
    r"(?P<one>[\w-]+) (?:is|was|are|were|has|had|ist|war|sind|waren|hat|hatten?)"
    r" (?:(?:far|much|still|viel|weit|noch) )?"
    r"(?P<how>(?:more|less|fewer|mehr|weniger) \w+|\w{2,}er) (?P<than>than|als) (?P<other>(?:[\w-]+ ?){1,3})"
)
MOST = 8  # comparisons of a text
# Names that one of these stands before have a part of their own; "of" and "in" leave it open.
_PARTS = re.compile(
    r"\b(by|for|against|from|to|with|von|für|durch|gegen|an|mit)\s(?:(?:the|a|an|den|dem|der|die|das)\s)?$",
    re.IGNORECASE,
)
_REPLACED = (
    re.compile(r"\breplac\w+\s(?P<old>.{1,200}?)\s(?:with|by)\s(?P<new>.+)"),
    re.compile(r"(?P<old>.{1,200}?)\s(?:is|was|are|were|been|being)\s(?:\w+ly\s)?replaced\s(?:with|by)\s(?P<new>.+)"),
    re.compile(r"(?P<new>.{1,200}?)\s(?:\w+ly\s)?replace[ds]?\s(?P<old>.+)"),
)
# Whoever is named right behind is left out of what is said: "all cities except Pskov and Novgorod".
_EXCEPT = re.compile(
    r"\b(?:with the exceptions? of|except(?:ing)?(?: for)?|excluding|other than|apart from|but not|"
    r"mit Ausnahme(?: von| der| des)?|außer|ausgenommen)\s(?P<who>[^.;:()]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turned:
    """What a sentence says, what source `source` says instead."""

    words: str
    instead: str
    source: int


def sides_turned(sentence: str, sources: Sequence[str], language: str) -> Iterator[Turned]:
    """What a sentence says of one side, and one of its `sources` of the other."""
    english = (_compared, _replaced) if language == "en" else ()
    for tell in (*english, _things_compared, _exchanged, _excepted):
        yield from tell(sentence, sources)


def _exchanged(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Two names of a sentence in each other's part: "by Porter for Richard" of "for Porter by Richard"."""
    claimed = list(_parts(sentence))
    for part, name in claimed:
        others = [(there, other) for there, other in claimed if there != part]
        for number, source in enumerate(sources):
            told = list(_parts(source))
            if any(there == part and same(name, other) for there, other in told):
                break  # it says so as well
            taken = [other for there, other in told if there == part and any(same(other, one) for _, one in others)]
            if taken and any(same(name, other.words) for other in names(source)):
                yield Turned(f"{part} {name}", f"{part} {taken[0]}", number)
                return


def _excepted(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Whom a sentence says something of that a source says of all but that one."""
    for number, source in enumerate(sources):
        exception = None if _EXCEPT.search(sentence) else _EXCEPT.search(source)
        if not exception:
            continue
        others = (*sources[:number], *sources[number + 1 :])
        rest = f"{source[: exception.start()]} {source[exception.end() :]}"
        elsewhere = " ".join((rest, *others))
        done = _done(rest) or content_words(rest, language_of(rest))
        if set(done).isdisjoint(content_words(sentence, language_of(sentence))):
            continue  # "Pskov was spared" says nothing of destroying
        for name in names(sentence):
            left_out, told = (
                any(one_name(name.words, other.words) for other in names(text))
                for text in (exception["who"], elsewhere)
            )
            if left_out and not told:
                yield Turned(name.words, exception.group(), number)
                return


def _done(text: str) -> frozenset[str]:
    """The stems of what is done in a text: of participles and past tenses, and of German small words before no noun."""
    language, words = language_of(text), TOKEN.findall(text)
    german = language == "de"
    return frozenset(
        stem
        for word, following in zip(words, [*words[1:], ""], strict=False)
        if word.islower() and (not following[:1].isupper() if german else is_participle(word))
        for stem in content_words(word, language)
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Each name before which a preposition stands that gives it a part, behind that."""
    for name in names(text):
        stands = _PARTS.search(text[: name.start])
        if stands:
            yield stands[1].lower(), name.words


def _compared(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """What a sentence says is more than another, where a source says that other is."""
    claim = _COMPARED.search(sentence)
    if not claim:
        return
    more, less = _sides(sentence, claim)
    for number, source in enumerate(sources):
        for match in _COMPARED.finditer(source):
            there_more, there_less = _sides(source, match)
            if fold(match["how"]) == fold(claim["how"]) and more & there_less and less & there_more:
                yield Turned(f"{claim['how']} than", f"{match['how']} than, the other way round", number)
                return


def _things_compared(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """The same of what has no name: "the tower is taller than the church" of "the church is taller than the tower"."""
    claim = _IS_MORE.search(sentence)
    one, other = _things(claim) if claim else (set(), set())
    for number, source in enumerate(sources if one and other else ()):
        for match in islice(_IS_MORE.finditer(source), MOST):
            there, there_other = _things(match)
            crossed, straight = (one & there_other, other & there), one & there or other & there_other
            if claim and all(crossed) and not straight and fold(match["how"]) == fold(claim["how"]):
                yield Turned(f"{claim['how']} {claim['than']}", f"{match['one']} is {match['how']}", number)
                return


def _things(match: re.Match[str]) -> tuple[set[str], set[str]]:
    language = language_of(match.string)
    return set(content_words(match["one"], language)), set(content_words(match["other"], language))


def _replaced(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """What a sentence has replaced by what, by its sources, it replaced: "A was replaced by B" of "A replaced B"."""
    claim = _replacement(sentence)
    for number, source in enumerate(sources):
        told = _replacement(source)
        if not claim or not told or claim[0] & told[0] or claim[1] & told[1]:
            continue
        if claim[0] & told[1] and claim[1] & told[0]:
            yield Turned("replaced", "replaced, the other way round", number)
            return


def _replacement(text: str) -> tuple[set[str], set[str]] | None:
    """The words for what is replaced and for what replaces it that stand for one of the two only."""
    for clause in re.split(r"[;:]|, ", text):
        for form in _REPLACED:
            told = form.search(clause)
            if told:
                old, new = ({*re.findall(r"[\w-]{4,}", fold(told[side]))} for side in ("old", "new"))
                return old - new, new - old
    return None


def _sides(text: str, compared: re.Match[str]) -> tuple[set[str], set[str]]:
    """The words that stand on one side of a comparison only."""
    more = set(re.findall(r"[\w-]+", fold(text[: compared.start()] + compared["between"])))
    less = set(re.findall(r"[\w-]+", fold(text[compared.end() :])))
    return more - less, less - more
