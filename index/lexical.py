"""Texts and queries as words of one normal form, for the full-text table and for whoever searches it.

Knows scripts, stems and stop words (`stop_words/`), and the form of that table; what is found in it is told in `bm25`.
FTS5 gets words already folded and stemmed, separated by blanks, and its plainest tokenizer, so nothing depends on how
SQLite was built.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from index.dates import days_in

TABLE = "CREATE VIRTUAL TABLE fulltext USING fts5(title, heading, body, tokenize = 'ascii')"
# In how many passages a word stands. It holds nothing of its own and belongs to a connection.
VOCABULARY = "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, fulltext, row)"
LONGEST_QUERY = 128  # distinct words; beyond that a query is a text, and its first words say what it is about

STEMMERS = {"en": "english", "de": "german", "ru": "russian"}
SAMPLE = 20_000  # characters looked at to guess a language

INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
# A comma or a no-break or thin space inside 10,000 groups digits; a full stop may be a decimal sign.
GROUPED = re.compile(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3}(?!\d))")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LATIN = re.compile(r"[a-z\u00df-\u024f]")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")  # kana, Han, Hangul: no blanks between words
# Accents and vowel points; not the vowel signs of Indic scripts, which are letters in all but name.
ACCENTS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")
STRESS = re.compile(r"[\u0300\u0301]")
# "AdamSmith" and "homePage" are looked for as "Adam Smith" and "home page", too.
SMALL, CAPITAL = r"[a-z\u00df-\u00ff\u0430-\u044f]", r"[A-Z\u00c0-\u00de\u0410-\u042f]"
HUMP = re.compile(rf"(?<={SMALL})(?={CAPITAL}{SMALL})")
HUMPED = re.compile(rf"(?<![^\W_])[^\W_]+?{HUMP.pattern}[^\W_]+")


def guess_language(text: str) -> str:
    """One of "ru", "de" and "en": by script, then by the commonest words; "en" where nothing tells."""
    sample = text[:SAMPLE].casefold()
    if len(CYRILLIC.findall(sample)) > len(LATIN.findall(sample)):
        return "ru"
    words = re.findall(r"[^\W\d_]+", sample)
    english, german = stop_words("en"), stop_words("de")
    return "de" if sum((word in german) - (word in english) for word in words) > 0 else "en"


def normalise(text: str, language: str) -> str:
    """The words of `text` as the full-text table holds them: folded, stemmed, separated by blanks."""
    return " ".join([*_stemmed(_words(text), language), *_days(text)])


def query_forms(query: str, languages: Iterable[str]) -> list[tuple[str, ...]]:
    """Distinct normalised words to look for, each in its forms: the stems of every language that the store holds.

    Stop words of the query's own language are left out while anything else remains.
    """
    words = list(dict.fromkeys(_words(query)))
    empty = stop_words(guess_language(query))
    telling = ([word for word in words if word not in empty] or words)[:LONGEST_QUERY]
    stems = zip(*(_stemmed(telling, language) for language in sorted(languages)), strict=True)
    forms = [tuple(dict.fromkeys(every)) for every in stems]
    return list(dict.fromkeys([*forms, *((day,) for day in _days(query))]))


def parted(text: str) -> str:
    """The text with the parts of each joined word behind it: "AdamSmith" becomes "AdamSmith Adam Smith"."""
    return HUMPED.sub(lambda match: f"{match.group()} {HUMP.sub(' ', match.group())}", text)


def _days(text: str) -> Iterator[str]:
    """Two words for each day that is named, without its year and, where one is stated, with it."""
    for year, month, day in days_in(text):
        yield f"d{month:02}{day:02}"
        if year:
            yield f"d{year}{month:02}{day:02}"


def _words(text: str) -> Iterator[str]:
    """Words in lower case, compatibility forms unified; runs of unspaced scripts as overlapping pairs."""
    folded = unicodedata.normalize("NFKC", GROUPED.sub("", parted(text.translate(INVISIBLE))))
    folded = unicodedata.normalize("NFC", folded.casefold()).replace(
        "\u0451", "\u0435"
    )  # io is written as ie in most texts
    for match in _word_pattern().finditer(folded):
        word = match.group()
        if word.isascii():
            yield word
            continue
        position = 0
        for run in UNSPACED.finditer(word):
            if run.start() > position:
                yield word[position : run.start()]
            characters = run.group()
            yield from (characters[i : i + 2] for i in range(max(1, len(characters) - 1)))
            position = run.end()
        if position < len(word):
            yield word[position:]


def _stemmed(words: Iterable[str], language: str) -> Iterator[str]:
    import Stemmer

    # A stemmer is not safe to share between threads; making one costs microseconds. Latin words inside Cyrillic
    # text are names and terms, mostly English.
    cyrillic = Stemmer.Stemmer(STEMMERS["ru"])
    latin = Stemmer.Stemmer(STEMMERS["en" if language == "ru" else language])
    for word in words:
        if word.isascii():
            yield latin.stemWord(word)
        elif CYRILLIC.search(word):
            yield cyrillic.stemWord(STRESS.sub("", word))
        else:
            decomposed = unicodedata.normalize("NFD", latin.stemWord(word))
            yield unicodedata.normalize("NFC", ACCENTS.sub("", decomposed)) or word


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words too common to look for, in lower case."""
    return frozenset((Path(__file__).parent / "stop_words" / f"{language}.txt").read_text(encoding="utf-8").split())


@cache
def _word_pattern() -> re.Pattern[str]:
    """Runs of letters, digits and the marks that belong to letters (which `\\w` leaves out)."""
    marks = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"(?:[^\W_]|[{marks}])+")
