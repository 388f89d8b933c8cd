"""Right answer sentences made from gold data without a language model: what the source says, worded otherwise by rule.

Knows the question, the gold answer and the sentences of the source; knows nothing of how a sentence is checked. The
rules are those of an editor in a hurry (drop a clause, turn a sentence round, answer in the words of the question), and
every form keeps the gold answer. Questions are turned into statements in English only; the rest works in any language.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.evaluation.scoring import contains
from rag.words import language_of

_LEADING = re.compile(
    r"^((?:In|On|At|By|After|Before|During|Since|Im|Am|Nach|Vor|Seit|В|На|После)\s[^,]{2,60}),\s+(?=\S)"
)
_TRAILING = re.compile(
    r",\s+(?:which|who|where|while|and|but|although|with|including|such as|und|aber|wobei|die|der|das|а|но|который)\s"
    r"[^.]+(?=[.]$)"
)
_PRONOUN = re.compile(r"^(?:It|He|She|They)\b(?!')")
_LOWERED = re.compile(r"^(?:The|This|These|It|A|An|In|At|By|After|During|Its|He|She|They|His|Her)\b")
_SMALL = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_NUMERALS = dict(enumerate(_SMALL.split(), start=2))
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_COPULA = "is|are|was|were"
_PREPOSITION = re.compile(r"^(?:in|on|at|by|from|since|until|between|during|after|before|to|as|with|for)\b", re.I)
_AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might"
_PARTICIPLE = r"[a-z]+(?:ed|wn|ilt|ought|ound|orn|ade|old|ept|eft|ent|ost|aid|itten|iven|aken|osen|un)"
_ANNOUNCED = {"en": "The answer is", "de": "Die Antwort lautet", "ru": "Ответ:"}
_SHORTEST = 4  # words of an answer sentence that is no mere "The answer is ..."


@dataclass(frozen=True, slots=True)
class Wording:
    """A right answer: `form` says by which rule it was made."""

    form: str
    text: str


def wordings(question: str, answer: str, sentences: Sequence[str], gold: int, title: str) -> list[Wording]:
    """Every right answer that the rules make of `sentences[gold]`, the source sentence that holds `answer`.

    `sentences` are those of one passage in order. Each wording is one sentence and holds `answer`.
    """
    source = " ".join(sentences[gold].split())
    neighbour = " ".join(sentences[gold + 1].split()) if gold + 1 < len(sentences) else None
    made = [
        Wording("copied", source),
        *_shortened(source),
        *_turned(source),
        *_named(source, title),
        *_spelt(source),
        *_joined(source, neighbour),
        *_declared(question, answer, source),
        Wording("announced", f"{_ANNOUNCED[language_of(source)]} {answer.rstrip('.')}."),
    ]
    return [
        wording
        for wording in made
        if contains(wording.text, [answer])
        and (wording.form == "announced" or len(wording.text.split()) >= _SHORTEST)
        and (wording.form == "copied" or wording.text != source)
    ]


def chosen(made: Sequence[Wording], draw: random.Random) -> Wording:
    """One of the wordings: a copy one time in five, a plain announcement one in ten, else any that is reworded."""
    copied = [wording for wording in made if wording.form == "copied"]
    announced = [wording for wording in made if wording.form == "announced"]
    reworded = [wording for wording in made if wording.form not in ("copied", "announced")]
    chance = draw.random()
    if announced and (chance < 0.1 or len(announced) == len(made)):
        return announced[0]
    return draw.choice(copied if not reworded or (copied and chance < 0.3) else reworded)


def _shortened(source: str) -> Iterator[Wording]:
    leading = _LEADING.match(source)
    if leading:
        yield Wording("shortened", _capital(source[leading.end() :]))
    trailing = _TRAILING.search(source)
    if trailing:
        yield Wording("shortened", source[: trailing.start()] + source[trailing.end() :])


def _turned(source: str) -> Iterator[Wording]:
    """What stood before the first comma put at the end."""
    leading = _LEADING.match(source)
    if leading and source.endswith(".") and ";" not in source and source.count(",") == 1:
        opening = leading[1][0].lower() + leading[1][1:]
        yield Wording("turned", f"{_capital(source[leading.end() : -1])} {opening}.")


def _named(source: str, title: str) -> Iterator[Wording]:
    """The pronoun at the beginning replaced by what the document is about."""
    if _PRONOUN.match(source) and 0 < len(title.split()) <= 4:
        yield Wording("named", _PRONOUN.sub(title, source, count=1))


def _spelt(source: str) -> Iterator[Wording]:
    """Small numbers in words or in digits; the day before or after the month."""
    spelt = re.sub(
        rf"(?<![\d.,/–-])\b([2-9]|1[0-5])\b(?![\d.,/–%:°-]|\s*(?:{_MONTH}))(?<!(?:uary|arch|pril|.May|June|July|gust|mber|ober)\s\d)"
        rf"(?<!(?:uary|arch|pril|.May|June|July|gust|mber|ober)\s\d\d)",
        lambda match: _NUMERALS[int(match[1])],
        source,
    )
    digits = {word: str(number) for number, word in _NUMERALS.items()}
    spelt = spelt if spelt != source else re.sub(rf"\b({'|'.join(digits)})\b", lambda match: digits[match[1]], source)
    spelt = re.sub(rf"\b(\d{{1,2}}) ({_MONTH})\b", r"\2 \1", spelt)
    if spelt != source:
        yield Wording("spelt", spelt)


def _joined(source: str, neighbour: str | None) -> Iterator[Wording]:
    """Two neighbours as one sentence."""
    if neighbour and _LOWERED.match(neighbour) and source.endswith(".") and len(source) + len(neighbour) < 320:
        yield Wording("joined", f"{source[:-1]}, and {neighbour[0].lower()}{neighbour[1:]}")


def _declared(question: str, answer: str, source: str) -> Iterator[Wording]:
    """The question as a statement with the answer in it, where its form is plain enough."""
    asked = question.strip().rstrip("?").strip()
    answer = answer.rstrip(".")
    if match := re.fullmatch(rf"(?:Who|What) ({_COPULA}) (.+?) (called|named|known as)", asked, re.I):
        yield _statement(f"{match[2]} {match[1]} {match[3]} {answer}")
    elif match := re.fullmatch(
        rf"(?:Where|When|In what year|What year) ({_COPULA}) (.+?) ({_PARTICIPLE})( .+)?", asked, re.I
    ):
        yield _statement(f"{match[2]} {match[1]} {match[3]}{match[4] or ''} {_placed(answer)}")
    elif match := re.fullmatch(rf"Who ({_COPULA}) (.+)", asked, re.I):
        yield _statement(f"{answer} {match[1]} {match[2]}")
    elif match := re.fullmatch(rf"What ({_COPULA}) (the .+)", asked, re.I):
        yield _statement(f"{match[2]} {match[1]} {answer}")
    elif match := re.fullmatch(
        rf"(?:Who|What|Which \w+|What \w+) (?!(?:{_AUXILIARY})\b)(\w+ed|wrote|led|won|made|held|took|became|gave) (.+)",
        asked,
        re.I,
    ):
        yield _statement(f"{answer} {match[1]} {match[2]}")
    elif match := re.fullmatch(r"How many (\w+) did (.+?) have(.*)", asked, re.I):
        yield _statement(f"{match[2]} had {answer} {match[1]}{match[3]}")
    elif match := re.fullmatch(rf"How many (\w+(?: \w+)?) ({_COPULA}) (.+)", asked, re.I):
        yield _statement(f"{answer} {match[1]} {match[2]} {match[3]}")
    elif match := re.fullmatch(r"(?:When|Where|In what year|What year) did (.+)", asked, re.I):
        rest = match[1].split()
        for place, word in enumerate(rest[1:], start=1):
            past = next(
                (form for form in (f"{word}ed", f"{word}d") if re.search(rf"\b{re.escape(form)}\b", source)), None
            )
            if word.islower() and past:
                yield _statement(f"{' '.join([*rest[:place], past, *rest[place + 1 :]])} {_placed(answer)}")
                break


def _placed(answer: str) -> str:
    """An answer of time or place with a preposition before it."""
    if _PREPOSITION.match(answer):
        return answer[0].lower() + answer[1:]
    return (
        f"on {answer}"
        if re.search(rf"\b\d{{1,2}}\b.*(?:{_MONTH})|(?:{_MONTH}) \d{{1,2}}\b", answer)
        else f"in {answer}"
    )


def _statement(text: str) -> Wording:
    return Wording("declared", f"{_capital(text)}.")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
