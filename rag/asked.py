"""What an answer makes of its question: whether it says more, answers another one, and what stands where that asks.

"The answer is 1999" has no neighbours by which `slots` could know its place; its question has. Of all facts of one
kind that were read, the one beside which the words of the question stand is the one asked for. Purely textual.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.claims import claimed
from rag.clauses import clauses
from rag.excluding import left_out
from rag.facts import facts, facts_within, misspelt, name_value, stands_in
from rag.kinds import asks_by_name, asks_when, tells_what_is_asked
from rag.records import Instead, Sentence
from rag.rules.opposites import Contrary, contraries
from rag.rules.slots import Misplaced, Slot, misplaced, slots
from rag.vocabulary import TOKEN, YEAR, fold, unframed, vocabulary
from rag.words import content_words, language_of

MOST_OTHER_WORDS = 2  # words of meaning that are neither the question's nor the fact's in a short answer
# Another fact is the one asked for when the words of the question stand this much nearer to it. See benchmarks/LOG.md.
RATIO = 1.8
LEAST = 0.3  # of the weight of all the words of the question, that stand beside that other fact
STATED = 2  # words of meaning beside a fact, with which a clause states it: whose verb it is, and the verb
DECAY = 1.5  # words of meaning after which a neighbour counts half
HALF = 0.5  # of the words of a clause, that another one has which tells of the same
BEFORE = 0.3  # what a word counts that stands in the sentence before
# What a question asks for, by kind of fact: the words with which it does.
_TIME = r"\b(?:when|(?:what|which) (?:year|date|day)|wann|welche[mns] (?:jahr|tag|datum)|когда|каком году)\b"
_AMOUNT = (
    r"\b(?:how (?:many|much|old|long|large|big|tall|high|far|deep|wide|fast|often|heavy)"
    r"|(?:what|which) (?:number|percent\w*|share|amount)|wie ?viele?|wie (?:alt|lange?|gross|hoch|weit)"
    r"|сколько|какой процент|какова доля)\b"
)
_SHARE = re.compile(r"\s?(?:%|per ?cent\b|percent|prozent|процент)", re.IGNORECASE)  # behind a number
MOST_DAYS = 31  # of a month
_WORD_BEFORE = re.compile(r"(\w+)\.?\s+$")
_WORD_BEHIND = re.compile(r"\.?\s+(?:of\s+)?(\w+)")
# What is named only to say that something else is meant: "and not Scheele", "not Scheele, but".
_CONTRAST = re.compile(
    r"(?:,\s*|\b(?:and|und|и|а)\s+)(?:not|nicht|не)\s+|\b(?:not|nicht|не)\s+(?=[^,.;]{1,60},?\s(?:but|sondern|а)\s)",
    re.IGNORECASE,
)
_CONTRAST_ENDS = re.compile(r"[,.;:?!]|\b(?:but|sondern|а)\b", re.IGNORECASE)
# What only says when something else was: "since ties were cut".
_CLAUSE = re.compile(r"\b(?:since|after|before|until|when|once|while)\b(?P<what>[^,?.;]+)", re.IGNORECASE)
_ASKS = {"year": re.compile(_TIME), "date": re.compile(_TIME), "number": re.compile(_AMOUNT)}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A fact of the answer as it is spelt there, and the one that the source sentence `source` gives instead."""

    words: str
    instead: str
    source: int


def answered_otherwise(sentence: str, question: str, read: Sequence[str], language: str) -> tuple[Otherwise, ...]:
    """The times and amounts of `sentence`, an answer to `question`, in whose place the sentences `read` have others.

    Only of a question that asks for a time or an amount, and of an answer that says little else.
    """
    asked = slots(question, language)
    wanted = set(content_words(question, language))
    claimed = [slot for slot in slots(sentence, language) if not any(slot.same(one) for one in asked)]
    claimed = [slot for slot in claimed if slot.kind in _ASKS and _ASKS[slot.kind].search(fold(question))]
    own = {stem for slot in claimed for stem in content_words(slot.words, language)}
    if not wanted or len(set(content_words(unframed(sentence), language)) - wanted - own) > MOST_OTHER_WORDS:
        return ()
    stems = [_stems(text, language) for text in read]
    frequency = Counter(stem for found in stems for stem in {stem for _, stem in found})
    weights = {stem: math.log(1 + len(read) / frequency[stem]) for stem in wanted if frequency[stem]}
    found: list[Otherwise] = []
    for slot in claimed:
        if sum(other.kind == slot.kind for other in claimed) > 1:
            continue
        if _stated_as_it_is(slot, sentence, read, language):
            continue
        mine, best = -1.0, (0.0, -1, "")  # below nothing: it does not even stand there
        for number, text in enumerate(read):
            before = {stem for _, stem in stems[number - 1]} if number else set()
            for other in slots(text, language):
                if _form(other, text) != _form(slot, sentence) or any(other.same(one) for one in asked):
                    continue
                score = _fit(other, stems[number], before, weights)
                if other.same(slot):
                    mine = max(mine, score)
                elif score > best[0]:
                    best = score, number, other.words
        if mine >= 0 and best[0] > RATIO * mine and best[0] >= LEAST * sum(weights.values()):
            found.append(Otherwise(slot.words, best[2], best[1]))
    return tuple(found)


def _stated_as_it_is(slot: Slot, sentence: str, read: Sequence[str], language: str) -> bool:
    """Whether one clause that was read has all that the sentence says, with the fact: nearness tells nothing then."""
    words = set(content_words(unframed(sentence), language))
    return len(words.difference(content_words(slot.words, language))) >= STATED and any(
        words.issubset(content_words(clause, language)) for text in read for clause in clauses(text)
    )


def another_asked(question: str, cited: Sequence[str], read: str) -> tuple[Misplaced | Contrary, ...]:
    """What a question names and the cited words have something else in the place of: facts that stand nowhere in what
    was `read`, but for the first word of a name, and words of which they say the contrary. Asked about small firms in
    1954, they speak of large ones in 1955."""
    if not asks_by_name(question):
        return ()
    language = language_of(" ".join(cited))
    elsewhere = tuple(
        wrong
        for wrong in misplaced(question, cited, language)
        if fold(wrong.words) not in vocabulary().interrogatives
        and not misspelt(name_value(wrong.words), name_value(wrong.instead))
        and not any(stands_in(fact, read) for fact in facts(wrong.words))
    )
    year = () if any(wrong.kind == "year" for wrong in elsewhere) else _another_year(question, cited, read)
    return (*elsewhere, *year, *contraries(question, cited, language))


def _another_year(question: str, cited: Sequence[str], read: str) -> tuple[Misplaced, ...]:
    """The year of a question that stands nowhere in what was `read`, where the cited words tell of one other year."""
    asked = set(YEAR.findall(question))
    told = [(year, number) for number, text in enumerate(cited) for year in YEAR.finditer(text)]
    if len(asked) != 1 or asked & set(YEAR.findall(read)) or len({year.group() for year, _ in told}) != 1:
        return ()
    year, number = told[0]
    return (Misplaced("year", asked.pop(), year.group(), number, year.start(), year.end()),)


def telling(sentences: Sequence[Sentence], question: str) -> list[Sentence]:
    """The sentences of an answer that are not unsupported and say more than the question, or than what it leaves out,
    but for those with the time of something else; none where they lack the kind of thing that it asks for, nor where
    the first is a yes or no that is unsupported."""
    if sentences and sentences[0].support == "unsupported" and replies(sentences[0].text):
        return []
    told = [
        one
        for one in sentences
        if one.support != "unsupported"
        and claimed(one.text)
        and not repeats(one.text, question)
        and not left_out(one.text, question)
    ]
    if not tells_what_is_asked([one.text for one in told], question):
        return []
    return [one for one in told if not _dates_another(one, question)]


def _dates_another(sentence: Sentence, question: str) -> bool:
    """Whether the times that answer "When did they first meet since ties were cut?" are that of the cutting: where the
    cited words have them in a clause that the question has, too."""
    clause = _CLAUSE.search(question, 1)
    times = [fact for fact in facts_within(sentence.text) if fact.kind != "name" and not stands_in(fact, question)]
    stating = [one.quote for one in sentence.citations if any(stands_in(fact, one.quote) for fact in times)]
    if not clause or not stating or not asks_when(question):
        return False
    language = language_of(question)
    asked = set(content_words(clause["what"], language))
    return all(
        any(
            len(asked.intersection(content_words(other["what"], language))) >= HALF * len(asked)
            and any(stands_in(fact, other["what"]) for fact in times)
            for other in _CLAUSE.finditer(quote)
        )
        for quote in stating
    )


def told_instead(sentences: Sequence[Sentence], question: str, read: str) -> tuple[Instead, ...]:
    """What the sources of an answer, which is no yes or no, tell about in the place of what the question names."""
    told = telling(sentences, question)
    if not told or replies(sentences[0].text):
        return ()
    cited = {citation.quote: citation for sentence in told for citation in sentence.citations}
    quotes = list(cited)
    return tuple(
        Instead(wrong.kind, wrong.words, wrong.instead, cited[quotes[wrong.source]])
        for wrong in another_asked(question, quotes, read)
    )


def uncontrasted(sentence: str, question: str) -> str:
    """The sentence without a contrast that the question has, too, and by which it denies nothing of its own: "Priestley
    and not Scheele"."""
    asked = [_contrasted(question, contrast.end()) for contrast in _CONTRAST.finditer(question)]
    for contrast in reversed(list(_CONTRAST.finditer(sentence))):
        said = _contrasted(sentence, contrast.end())
        same = max((_repeated(said, other) for other in asked), default=0)
        if said[:same] and any(content_words(word.group(), language_of(sentence)) for word in said[:same]):
            sentence = f"{sentence[: contrast.start()].rstrip()} {sentence[said[same - 1].end() :].lstrip()}"
    return sentence


def _contrasted(text: str, start: int) -> list[re.Match[str]]:
    """The words of a text that a contrast may name, from behind its "not" on."""
    ends = _CONTRAST_ENDS.search(text, start)
    return list(TOKEN.finditer(text, start, ends.start() if ends else len(text)))


def _repeated(said: Sequence[re.Match[str]], asked: Sequence[re.Match[str]]) -> int:
    """How many words two rows have in common from their beginnings on."""
    alike = [fold(one.group()) == fold(two.group()) for one, two in zip(said, asked, strict=False)]
    return alike.index(False) if False in alike else len(alike)


def replies(sentence: str) -> bool:
    """Whether a sentence begins with yes or no, which is an answer whatever follows."""
    first = TOKEN.search(sentence)
    return first is not None and fold(first.group()) in vocabulary().replies


def repeats(sentence: str, question: str) -> bool:
    """Whether a sentence says no more than a question that asks for something by name: "The city later became Alaska"
    to "What city later became Alaska?"."""
    known, words = vocabulary(), TOKEN.findall(sentence)
    asked = Counter(map(name_value, TOKEN.findall(question)))
    if not asks_by_name(question) or not words or replies(sentence):
        return False
    said = Counter(map(name_value, words))
    language = language_of(sentence)
    # "The official who spoke is an official": what is said again describes, and names nobody.
    described = any(word.islower() and said[word] > asked[word] > 0 and content_words(word, language) for word in words)
    for place, word in enumerate(words):
        folded = name_value(word)
        if folded in known.frames or not content_words(word, language):
            continue
        named_again = not described and place > 0 and word[0].isupper() and said[folded] > asked[folded] > 0
        if named_again or not any(_one_word(folded, other) for other in asked):
            return False
    return True


def _one_word(first: str, second: str) -> bool:
    """Whether two folded words differ in nothing but an ending."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    endings = vocabulary().endings | {""}
    return shared >= min(3, len(first)) and first[shared:] in endings and second[shared:] in endings


def _form(slot: Slot, text: str) -> tuple[str, bool, bool, bool]:
    """The kind of a fact of `text`, and whether it is a weekday, in whose place no month can stand, and a share or the
    day of a month, in whose place no count can."""
    weekday = fold(slot.words) in vocabulary().weekdays
    return slot.kind, weekday, _SHARE.match(text, slot.end) is not None, slot.kind == "number" and _is_day(slot, text)


def _is_day(number: Slot, text: str) -> bool:
    """Whether a month stands right before or behind it: "April 20", "20 April", "20. April"; not "20 may do"."""
    if not (number.words.isdigit() and int(number.words) <= MOST_DAYS):
        return False
    beside = (_WORD_BEFORE.search(text[: number.start]), _WORD_BEHIND.match(text, number.end))
    words = [match[1] for match in beside if match]
    known = vocabulary()
    return any(
        fold(word) in known.months and (word[0].isupper() or fold(word) not in known.ambiguous_months) for word in words
    )


def _stems(text: str, language: str) -> list[tuple[int, str]]:
    """The stems of a sentence with the character at which each begins."""
    return [(m.start(), stem) for m in TOKEN.finditer(text) for stem in content_words(m.group(), language)]


def _fit(slot: Slot, stems: Sequence[tuple[int, str]], before: set[str], weights: dict[str, float]) -> float:
    """How many of the weighted words stand beside a fact, the nearest counting most."""
    place = sum(start < slot.start for start, _ in stems)
    nearest: dict[str, float] = {}
    for position, (start, stem) in enumerate(stems):
        if stem in weights and not slot.start <= start < slot.end:
            distance = place - position if position < place else position - place + 1
            nearest[stem] = max(nearest.get(stem, 0.0), 1 / (1 + (distance - 1) / DECAY))
    for stem in before & weights.keys():
        nearest[stem] = max(nearest.get(stem, 0.0), BEFORE)
    return sum(weights[stem] * near for stem, near in nearest.items())
