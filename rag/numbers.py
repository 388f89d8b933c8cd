"""The numbers of a sentence in one form: digits however they are grouped, words, scales, signs and leading points.

Purely textual; knows the number words of English, German and Russian. What a number counts is not looked at but where
that tells how it is written: degrees below zero, a time of day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from rag.vocabulary import fold, vocabulary

# A sign is one of a temperature only: elsewhere the mark is a dash as often, and "by 5%" may be what "-5%" says.
_SIGN = re.compile(r"(?:(?<=\s)-|\u2212|\b(?:minus|минус)\s)$", re.IGNORECASE)
_DEGREES = re.compile(r"\s?(?:°|degrees?\b|grad\b|градус)", re.IGNORECASE)
_BELOW = re.compile(
    r"\s?(?:°\s?[CF]?|degrees?|grad|градус\w*)(?:\s(?:celsius|fahrenheit|цельсия))?"
    r"\s(?:below (?:zero|freezing)|unter (?:null|dem gefrierpunkt)|ниже нуля|мороза)",
    re.IGNORECASE,
)
# ".5" behind a blank is a half, but ".22 caliber" is the name of a kind of gun.
_POINT = re.compile(r"(?<=[\s(~$€£])\.$")
_CALIBRE = re.compile(r"[\s-]?(?:cal|mag|rem|lr)", re.IGNORECASE)
_LONGEST = 8  # characters before a number in which its sign stands
_CLOCK = re.compile(r"\d{1,2}\.\d\d")
_MARK = re.compile(r"\s?[ap]\.?\s?m\b", re.IGNORECASE)  # "9.30 a.m." is 9:30


def number_at(sentence: str, matches: Sequence[re.Match[str]], first: int) -> tuple[str, int] | None:
    """The value of the number that begins at a token, and the last token that belongs to it; None where none begins.

    "3.5 million", "two hundred and fifty thousand" and "zwei Millionen" are one number each.
    """
    known = vocabulary()
    total, part, last = Decimal(0), Decimal(0), first - 1
    index = first
    while index < len(matches):
        word = matches[index].group()
        folded = fold(word)
        if index > first and sentence[matches[index - 1].end() : matches[index].start()].strip(" -\u00a0\u202f"):
            break
        if index == first and word[0].isdigit():
            following = matches[index + 1] if index + 1 < len(matches) else None
            if following is None or not _scale(sentence, matches, index + 1):
                return _written(sentence, matches[index]), index
            try:
                part = Decimal(_written(sentence, matches[index]))
            except InvalidOperation:  # a time of day, a section: "10:30"
                return number_value(word), index
        elif index == first and _one(folded) and index + 1 < len(matches) and _scale(sentence, matches, index + 1):
            part = Decimal(1)
        elif folded in known.numbers and not word[0].isdigit():
            value = known.numbers[folded]
            if part and not (part % 100 == 0 and value < 100):
                break
            part += value
            unit = known.units.get(fold(matches[index + 1].group()), 0) if index + 1 < len(matches) else 0
            if value in range(20, 100, 10) and unit:
                index += 1
                part += unit
        elif index > first and _scale(sentence, matches, index):
            scale = known.scales[folded]
            if scale == 100:
                part *= scale
            else:
                total, part = total + part * scale, Decimal(0)
        elif index > first and folded in ("and", "und") and _goes_on(matches, index, part, total):
            index += 1
            continue
        else:
            break
        last = index
        index += 1
    if last < first:
        return None
    whole = number_value(format(total + part, "f"))
    return _signed(whole, sentence, matches[first].start(), matches[last].end()), last


def spelt(sentence: str, start: int, end: int) -> str:
    """How the number of a span is written, with the sign or the point before it and the "below zero" behind it."""
    below = _BELOW.match(sentence, end)
    before = _sign(sentence, start, end) or (_POINT.search(sentence[:start][-_LONGEST:]) and ".") or ""
    return f"{before}{sentence[start : below.end() if below else end]}"


def _written(sentence: str, match: re.Match[str]) -> str:
    """The value of digits, with the sign or the point before them, and of a time of day."""
    word, start, end = match.group(), match.start(), match.end()
    if word.isdigit() and _POINT.search(sentence[:start][-_LONGEST:]) and not _CALIBRE.match(sentence, end):
        return number_value(f"0.{word}")
    if _CLOCK.fullmatch(word) and _MARK.match(sentence, end):
        return number_value(word.replace(".", ":"))
    return _signed(number_value(word), sentence, start, end)


def _signed(value: str, sentence: str, start: int, end: int) -> str:
    """The value of a number, below zero where a temperature is written so: "-5 degrees", "5 degrees below zero"."""
    return f"-{value}" if _BELOW.match(sentence, end) or _sign(sentence, start, end) else value


def _sign(sentence: str, start: int, end: int) -> str:
    """The sign before a temperature, "-" or "minus "; "" without one, or where a number stands before it: "20 -30°"."""
    before = sentence[max(0, start - _LONGEST) : start]
    sign = _SIGN.search(before) if _DEGREES.match(sentence, end) else None
    return sign.group() if sign and not before[: sign.start()].rstrip()[-1:].isdigit() else ""


def _one(word: str) -> bool:
    """Whether the folded word is the one of "one hundred", "a million", "eine Million"."""
    return word in vocabulary().articles or vocabulary().units.get(word) == 1


def _goes_on(matches: Sequence[re.Match[str]], index: int, part: Decimal, total: Decimal) -> bool:
    """Whether the "and" at a token is that of "two hundred and fifty"."""
    following = fold(matches[index + 1].group()) if index + 1 < len(matches) else ""
    hundreds = (part and part % 100 == 0) or (total and not part)
    return bool(hundreds) and vocabulary().numbers.get(following, 100) < 100


def _scale(sentence: str, matches: Sequence[re.Match[str]], index: int) -> bool:
    """Whether the token multiplies the number before it: "million" in "3 million"; "m" only without a blank."""
    word = fold(matches[index].group())
    between = sentence[matches[index - 1].end() : matches[index].start()]
    if word in ("m", "k", "bn"):
        return between == "" and word in vocabulary().scales
    return word in vocabulary().scales and not between.strip(" -\u00a0\u202f")


def number_value(word: str) -> str:
    """Digits in one form: "1,117,320" and "1.117.320" are 1117320; "3.5" and "3,5" are 3.5; "1,250.75" is 1250.75,
    as is "1'250.75"."""
    digits = re.sub(r"[\u00a0\u2009\u202f'’]", "", word)
    for group, point in ((",", "."), (".", ",")):
        if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", digits):
            digits = digits.replace(group, "")
            break
    value = digits.replace(",", ".")
    if "." in value and ":" not in value:
        value = value.rstrip("0").rstrip(".")
    value = value.lstrip("0")
    return f"0{value}" if value[:1] in ("", ".") else value
