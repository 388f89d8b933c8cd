"""A question that leans on what was said before it, turned into one that stands alone; any other stays as it is.

Purely textual, in English, German and Russian: signs in the words tell whether a question leans, and what it lacks is
taken from the question before it, in its place where that is clear and in parentheses where it is not. No model
is asked, so this costs nothing and is the same every time. Knows nothing of documents.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import accumulate

from rag.records import Exchange
from rag.rules.slots import Slot, slots
from rag.vocabulary import fold
from rag.words import content_words, language_of

TOPIC_WORDS = 8  # of the question before, at most, that are put in parentheses
FRAGMENT_WORDS = 4  # a question of no more words, without a verb that shows, is a piece of one
LONGEST_BEFORE = 2000  # characters: a longer question before was never read, of a longer answer this much is looked at
FULL_WORDS = 8  # words of meaning with which a question says enough to be searched for by itself
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:-[^\W\d_]+|['’](?!s\b)[^\W\d_]+)*")
_EMPTY = ("plain", "measures", "prepositions")
_PARTICIPLE = re.compile(r".{2,}(?:ed|en|wn|ilt|ught|ound|old|aid|ent|ept|eft)")


@dataclass(frozen=True, slots=True)
class Leaning:
    """The words of one language in `leaning.toml`, folded; patterns match from the beginning unless they say not."""

    words: dict[str, frozenset[str]]
    joined_by: str
    opening: re.Pattern[str]
    about: re.Pattern[str]
    passed_over: re.Pattern[str]

    def has(self, kind: str, word: str) -> bool:
        return word in self.words[kind]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question and where it stands; `folded` is how it is compared."""

    text: str
    folded: str
    start: int
    end: int


@cache
def leaning(language: str) -> Leaning:
    """By what a question of a language leans on what was said before; "en", "de" or "ru", else KeyError."""
    stored = tomllib.loads(resources.files("rag").joinpath("leaning.toml").read_text("utf-8"))[language]
    patterns = ("and", "connective", "about", "empty", "here")
    return Leaning(
        words={kind: frozenset(map(fold, line.split())) for kind, line in stored.items() if kind not in patterns},
        joined_by=stored["and"],
        opening=re.compile(rf"(?:{stored['connective']})\b[\s,]+(?=\w)", re.IGNORECASE),
        about=re.compile(rf"(?:{stored['about']})\s+(?=\w)", re.IGNORECASE),
        passed_over=re.compile(rf"{stored['empty']}|\b{stored['here']}", re.IGNORECASE),
    )


def standalone(question: str, history: Sequence[Exchange]) -> str:
    """`question` as it is to be understood after `history`, oldest first; the same where it can stand alone."""
    before = next((one for one in reversed(history) if len(one.question) <= LONGEST_BEFORE), None)
    if before is None:
        return question
    before = replace(before, answer=before.answer[:LONGEST_BEFORE])
    language = language_of(f"{before.question} {question}")
    known = leaning(language)
    rest, about = _without_opening(question, known)
    words = _words(rest)
    if not words:
        return question
    if about or _is_fragment(rest, words, known, opened=rest != question):
        return _with_fragment(before.question, rest, language, known)
    if _is_bare(words, language, known):
        return _with_question_word(before.question, rest, words, language, known)
    backward = _backward(rest, words, language, known)
    if not backward:
        return question
    return _substituted(rest, backward, words, before, language) or _with_topic(rest, before.question, language)


def _words(text: str) -> list[Word]:
    return [Word(m.group(), fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


def _without_opening(question: str, known: Leaning) -> tuple[str, bool]:
    """The question without "and" and its like before it, and whether it only names something: "what about ..."."""
    opening = known.opening.match(question)
    rest = question[opening.end() :] if opening else question
    about = known.about.match(rest)
    rest = rest[about.end() :] if about else rest
    return rest[:1].upper() + rest[1:] if opening or about else rest, about is not None


def _is_fragment(rest: str, words: Sequence[Word], known: Leaning, *, opened: bool) -> bool:
    """Whether this is a piece of a question: "and in 2016?", "for Germany?". Without a question mark few words are a
    search of their own."""
    if any(known.has("asking", word.folded) or known.has("auxiliaries", word.folded) for word in words):
        return False
    return (opened or rest.rstrip().endswith("?")) and len(words) <= FRAGMENT_WORDS + 2 * opened


def _is_bare(words: Sequence[Word], language: str, known: Leaning) -> bool:
    """Whether a question word is all there is: "why?", "since when?", "how many?", "why did they do that?"."""
    asks = next((place for place, word in enumerate(words[:2]) if known.has("asking", word.folded)), None)
    if asks is None:
        return False
    others = [word for word in words[asks + 1 :] if not any(known.has(kind, word.folded) for kind in _EMPTY)]
    if len(words) == 2 and asks == 0 and not known.has("auxiliaries", words[1].folded):
        return True  # "Who resigned?"
    does = len(others) < len(words) - asks - 1 or len(words) <= 3
    return does and not any(content_words(word.text, language) for word in others)


def _backward(rest: str, words: Sequence[Word], language: str, known: Leaning) -> list[Word]:
    """The words that look back beyond the question: pronouns for which it holds nothing that they could stand for."""
    means = [bool(content_words(word.text, language)) for word in words]
    found: list[Word] = []
    if sum(means) >= FULL_WORDS:
        return found
    passed_over = {place for match in known.passed_over.finditer(rest) for place in range(*match.span())}
    before = _Before.of(rest, words, means, language, known)
    for place, word in enumerate(words):
        if word.start in passed_over or (place and word.text[0].isupper()):
            continue  # "Sie" within a German question is the person spoken to
        last = place == len(words) - 1
        if last and place > 3 and word.folded == "there" and known.has("auxiliaries", words[place - 1].folded):
            continue  # "How many of them are there?"
        if known.has("always", word.folded) or (last and known.has("last", word.folded)):
            found.append(word)
        elif known.has("demonstratives", word.folded):
            if _points(words, place, known):
                found.append(word)
        elif _is_pronoun(word, known) and not _antecedent(before, words, place, language, known):
            found.append(word)
    return found


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before each word of a question: where the first name ends, how many words of meaning there are, and
    the place of the last that begins a clause, 0 where none does."""

    name_ends: int | None
    meaning: Sequence[int]
    begins: Sequence[int]

    @classmethod
    def of(cls, rest: str, words: Sequence[Word], means: Sequence[bool], language: str, known: Leaning) -> _Before:
        ends = [slot.end for slot in _facts(rest, language) if slot.kind == "name"]
        joins = (
            i and (known.has("joiners", one.folded) or rest.startswith(",", one.end)) for i, one in enumerate(words)
        )
        begins = accumulate((place if joined else 0 for place, joined in enumerate(joins)), max, initial=0)
        return cls(min(ends, default=None), list(accumulate(means, initial=0)), list(begins))


def _is_pronoun(word: Word, known: Leaning) -> bool:
    return any(known.has(kind, word.folded) for kind in ("persons", "things", "possessives"))


def _points(words: Sequence[Word], place: int, known: Leaning) -> bool:
    """Whether "this" or "that" points back rather than joins clauses; whether "das" is no article."""
    ahead = words[place + 1 : place + 5]
    article = known.has("articles", words[place].folded) and any(word.text[0].isupper() for word in ahead)
    if article and not known.has("prepositions", ahead[0].folded):
        return False
    return not place or any(
        known.has(kind, words[place - 1].folded) for kind in ("auxiliaries", "prepositions", "asking")
    )


def _antecedent(before: _Before, words: Sequence[Word], place: int, language: str, known: Leaning) -> bool:
    """Whether something before a pronoun can be what it stands for: a name or a thing in a clause before its own, and
    in its own clause only for "its" and its like, since "it" is never the subject of the same verb."""
    word = words[place]
    following = words[place + 1].folded if place + 1 < len(words) else ""
    own = known.has("possessives", word.folded) or (place > 2 and known.has("auxiliaries", following))
    reach = place if own else before.begins[place]
    if reach and before.name_ends is not None and before.name_ends <= min(word.start, words[reach - 1].end):
        return True
    if known.has("persons", word.folded) and word.folded not in known.words["possessives"] and language == "en":
        return False
    chosen = known.has("choosing", words[0].folded) and own  # "which bank closed its office?"
    return before.meaning[reach] >= (1 if chosen else 2)


def _with_fragment(before: str, piece: str, language: str, known: Leaning) -> str:
    """The question before with the piece in place of the one fact of its kind there, or else at its end."""
    new, old = _facts(piece, language, opened=True), _facts(before, language)
    if new and len({slot.kind for slot in new}) == 1:
        there = [slot for slot in old if slot.kind == new[0].kind]
        if len(there) == 1 and len(new) == 1:
            return before[: there[0].start] + new[0].words + before[there[0].end :]
    return f"{_head(before, known)}, {known.joined_by} {_lowered(piece, language)}"


def _facts(text: str, language: str, *, opened: bool = False) -> list[Slot]:
    """The facts of a question. Its first word is a name only where it was `opened` by another word."""
    return [slot for slot in slots(text, language) if opened or slot.start > 0 or slot.kind != "name"]


def _with_question_word(before: str, rest: str, words: Sequence[Word], language: str, known: Leaning) -> str:
    """The question before, asked with the new question word; where that cannot be put there, both."""
    asks = next(word for word in words if known.has("asking", word.folded))
    simple = known.has("adverbs", asks.folded) and (words[0] is asks or known.has("prepositions", words[0].folded))
    next_word = words[words.index(asks) + 1].folded if words.index(asks) + 1 < len(words) else ""
    simple = simple and not known.has("measures", next_word)
    asked = _words(before)
    if simple and asked:
        phrase = _capital(rest[: asks.end])
        first = asked[0]
        second = asked[1].folded if len(asked) > 1 else ""
        replaceable = known.has("adverbs", first.folded) and not known.has("measures", second)
        if replaceable and (language != "en" or known.has("auxiliaries", second)):
            return f"{phrase}{before[first.end :]}"
        if known.has("auxiliaries", first.folded):
            return f"{phrase} {before[:1].lower()}{before[1:]}"
    return f"{_head(before, known)}, {known.joined_by} {rest[:1].lower()}{rest[1:]}"


def _substituted(
    rest: str, backward: Sequence[Word], words: Sequence[Word], before: Exchange, language: str
) -> str | None:
    """The question with what its pronouns stand for; None unless that is clear for each. English only: elsewhere the
    words would have to be declined."""
    known = leaning(language)
    if language != "en" or known.has("judged", words[-1].folded):
        return None
    pieces, at = [], 0
    person, thing = _person(before, language), _thing(before.question, language)
    for word in backward:
        meant = person if known.has("persons", word.folded) else thing if known.has("things", word.folded) else None
        if meant is None:
            return None
        place = bisect_left(words, word.start, key=lambda other: other.start)
        following = words[place + 1].text if place + 1 < len(words) else ""
        if known.has("possessives", word.folded) and (word.folded != "her" or content_words(following, language)):
            meant += "'" if meant.endswith("s") else "'s"
        pieces += [rest[at : word.start], meant]
        at = word.end
    return _capital("".join(pieces) + rest[at:])


def _person(before: Exchange, language: str) -> str | None:
    """The one name of the question before; of "who ...?" the first name that the answer adds."""
    asked = [slot for slot in _facts(before.question, language) if slot.kind == "name"]
    new = [slot for slot in slots(before.answer, language) if slot.kind == "name"]
    new = [slot for slot in new if not any(slot.same(one) for one in asked)]
    if re.match(r"(?:by )?who\b", before.question, re.IGNORECASE) and new:
        return new[0].words
    return asked[0].words if len(asked) == 1 else None


def _thing(before: str, language: str) -> str | None:
    """The one thing that the question before is about: "the harbour office", "Russia's mission to NATO". A name alone
    may be anybody's."""
    known = leaning(language)
    words = _words(before)
    names = [slot for slot in _facts(before, language) if slot.kind == "name"]
    places = [place for place, word in enumerate(words) if known.has("determiners", word.folded)]
    if len(places) != 1:
        return None
    first = last = places[0]
    while last + 1 < len(words) and not _ends(words[last + 1], known):
        last += 1
    inverted = first > 0 and known.has("auxiliaries", words[first - 1].folded)
    copula = first > 0 and words[first - 1].folded in ("is", "are", "was", "were")
    verbless = known.has("plain", words[-1].folded) and last + 1 < len(words)  # "did the office in Moscow do"
    if verbless:
        inverted = False
    if inverted and (not copula or _PARTICIPLE.fullmatch(words[last].folded)) and last - first > 1:
        last -= 1  # the verb of the question
    elif inverted and not copula:
        return None
    elif last + 2 < len(words) and words[last + 1].folded in ("of", "to") and words[last + 2].text[0].isupper():
        last += 2
    if last == first:
        return None
    possessor = [slot for slot in names if slot.end < words[first].start]
    if known.has("possessives", words[first].folded):
        if len(possessor) != 1:
            return None
        return f"{possessor[0].words}'s {before[words[first + 1].start : words[last].end]}"
    opened = "the" if words[first].folded in ("a", "an") else words[first].text
    return f"{opened} {before[words[first + 1].start : words[last].end]}"


def _ends(word: Word, known: Leaning) -> bool:
    kinds = ("prepositions", "auxiliaries", "asking", "joiners")
    return word.text[0].isdigit() or any(known.has(kind, word.folded) for kind in kinds)


def _with_topic(rest: str, before: str, language: str) -> str:
    """The question, and in parentheses the words of meaning of the one before it."""
    said = {stem for word in _words(rest) for stem in content_words(word.text, language)}
    topic: dict[str, str] = {}
    for word in _words(before):
        for stem in content_words(word.text, language):
            if stem not in said:
                topic.setdefault(stem, word.text)
    if not topic:
        return rest
    return f"{_open(rest)} ({', '.join(list(dict.fromkeys(topic.values()))[:TOPIC_WORDS])})?"


def _open(question: str) -> str:
    """A question without its mark at the end."""
    return question.rstrip(" ?!.")


def _head(question: str, known: Leaning) -> str:
    """The same without what was put at its end for an earlier question: a conversation may be long."""
    return _open(question.partition(f", {known.joined_by} ")[0])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(piece: str, language: str) -> str:
    """A piece within a question: a small letter at its beginning unless a name begins it."""
    first = _words(piece)[0]
    named = content_words(first.text, language) and not first.folded.isdigit()
    return piece if named else piece[:1].lower() + piece[1:]
