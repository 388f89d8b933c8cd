"""Where sentences begin and end in a text, as spans. Boundaries inside a paragraph come from sentencex.

Knows the marks of plain text and Markdown that always end a sentence: blank lines, headings, list items, table
rows, who speaks next in a conversation, and line breaks that somebody made on purpose. Knows nothing of tokens,
passages or meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.lexical import guess_language

BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
HEADING = re.compile(r"[^\S\n]{0,3}#{1,6}(?:[^\S\n]|$)")
BULLET = r"[-*+•‣\u2013\u2014][^\S\n]+"
# "1. ", "(2) ", "a) ", "iv) ", "[x] "; behind a bullet, too: "- 3. ".
COUNTED = r"(?:\(?(?:\d{1,3}[.)]|(?:[A-Za-z]|[ivx]{2,4})\))|\[[ xX]\])[^\S\n]+"
ITEM = re.compile(rf"[^\S\n]*(?:(?:{BULLET})?{COUNTED}|{BULLET}|\||>|```|~~~|={{3,}}$|-{{3,}}$)")
# "Alice: ", "Tirion Fordring: ", "Q: ": who says what follows; a word in lower case is none.
LABEL = re.compile(r"[^\S\n]*((?![a-zß-ÿа-яё])[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}):(?=\s)")
WORD = re.compile(r"\S+")
# White space before a sentence; the mark with which some files begin, where such files were put together, is some.
LEADING = re.compile(r"[\s\ufeff]*")
# No sentence ends between two initials that nothing parts, as in "EU-U.S.", nor within an address, as in "Gazeta.Ru".
INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_]\.(?=[^\W\d_]\.)")
ADDRESS = re.compile(r"\w\.(?=(?:com|org|net|info|gov|edu|eu|ru|ua|de|fr|uk|ch|pl|cz|fi|jp|cn|io|tv)\b)", re.IGNORECASE)
# Nor behind a German ordinal: "im 2. Jahrhundert", "der 30. und 31. Mai"; but "I am 12. You are not" has two sentences.
NUMBER = re.compile(r"(?<![\w.,])\d{1,2}\.$")
ORDINAL = re.compile(
    r"(?<!\w)(?:im|(?<!I )am|vom|zum|zur|beim|der|des|dem|den|das|die|ab|seit|und|oder|bis)\s\d{1,2}\.$"
)
ORDINAL_OF = re.compile(
    r"\s(?:Jänner|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhunderts?|Jh|"
    r"Jahrtausends?|Weltkriegs?|Auflage|Geburtstag|Lebensjahr|Tag|Platz|Klasse|Mal|und|bis|oder)\b"
)
# What stands in brackets right behind a sentence belongs to it: "It rained.[12] We left."
REFERENCE = re.compile(r"(?:\[[^\[\]\n]{1,40}\])+")
# sentencex takes the square of the time for some long texts, so it sees so many characters at once, and what it says of
# the last of them, where a quotation may still be open, is not taken. No sentence is longer than twice that.
WINDOW, AHEAD = 8192, 2048
# A line break is taken for wrapping unless the next word would have fitted well within the width of the block.
FITS = 0.8


def sentence_spans(text: str, language: str = "") -> list[tuple[int, int]]:
    """Spans of the sentences of `text`: in order, not overlapping, trimmed, covering every non-blank character.

    `language` is told by the words of `text` where it is not given: "z. B." ends no sentence in German.
    """
    language = language or guess_language(text)
    spans = []
    for start, end in block_spans(text):
        mark = ITEM.match(text, start, end)
        body = mark.end() if mark else start  # the full stop of "1." ends no sentence
        for boundary in _boundaries(text, body, end, language):
            first, last = _trimmed(text, start, boundary)
            reference = REFERENCE.match(text, last, end)
            last = reference.end() if reference else last
            if first < last and not (last < end and last - first < WINDOW - AHEAD and _goes_on(text, last)):
                spans.append((first, last))
                start = last
    return spans


def _boundaries(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Where sentences end between two places of a text; at least one, the end itself."""
    import sentencex

    while end - start > WINDOW:
        found = [one["end_index"] for one in sentencex.get_sentence_boundaries(language, text[start : start + WINDOW])]
        taken = [at for at in found if 0 < at <= WINDOW - AHEAD] or [_cut(text, start, found)]
        yield from (start + at for at in taken)
        start += taken[-1]
    found = [one["end_index"] for one in sentencex.get_sentence_boundaries(language, text[start:end])]
    yield from (start + at for at in found or [end - start])


def _cut(text: str, start: int, found: Sequence[int]) -> int:
    """Where to end a sentence of which no end is sure: at one that is not, else behind a line or a word, else anywhere.

    What it gives is counted from `start`, as `found` is.
    """
    unsure = next((at for at in found if 0 < at < WINDOW), 0)
    line, word = (text.rfind(blank, start + AHEAD, start + WINDOW) + 1 - start for blank in "\n ")
    return unsure or next((at for at in (line, word) if at > 0), WINDOW)


def _goes_on(text: str, end: int) -> bool:
    """Whether what ends at a full stop goes on behind it."""
    if any(mark.match(text, max(end - 2, 0)) for mark in (INITIAL, ADDRESS)):
        return True
    ordinal = text[max(0, end - 12) : end]
    return bool(NUMBER.search(ordinal)) and bool(ORDINAL.search(ordinal) or ORDINAL_OF.match(text, end))


def block_spans(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses, in order; together they hold every non-blank character."""
    for start, end in paragraph_spans(text):
        yield from _deliberate_lines(text, start, end)


def paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    """What stands between blank lines, trimmed of white space."""
    start = 0
    while start < len(text):
        gap = BLANK_LINE.search(text, start)
        end = gap.start() if gap else len(text)
        first, last = _trimmed(text, start, end)
        if first < last:
            yield first, last
        start = gap.end() - 1 if gap else len(text)  # the second line break may open the next gap


def is_heading(text: str, start: int) -> bool:
    """Whether a Markdown heading begins at `start`."""
    return HEADING.match(text, start) is not None


def _deliberate_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts one paragraph at the line breaks that were made on purpose; wrapped lines stay together.

    The rule is that of a typewriter: whoever wraps at a width goes on until the next word does not fit. So a
    break after which the next word would have fitted was meant, unless the line goes on in lower case.
    """
    lines = text[start:end].split("\n")
    width = FITS * max(len(line) for line in lines)
    begin = offset = start
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        offset += len(line) + 1
        word = WORD.search(following)
        if word is None:
            continue
        fits = len(line) + 1 + len(word.group()) <= width
        if (
            HEADING.match(line)
            or HEADING.match(following)
            or ITEM.match(following)
            or (LABEL.match(line) and LABEL.match(following))
            or (fits and not word.group()[0].islower())
        ):
            yield begin, offset - 1
            begin = offset
    if begin < end:
        yield begin, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends; an empty span where nothing else is left."""
    blank = LEADING.match(text, start, end)
    first = blank.end() if blank else start
    last = start + len(text[start:end].rstrip())
    return (first, last) if first < last else (start, start)
