"""Plain text: every encoding comes back as what was written, and nothing unprintable is stored."""

from __future__ import annotations

import pytest

from index.errors import ReadError
from index.readers import plain
from index.readers.text import clean, decode

GERMAN = "Die Straße führt über die Brücke nach Köln, für 3 Personen.\n"
FRENCH = "Le père est allé à l'hôtel, près de la forêt; ça coûte 50 €.\n"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl ošetřovatel.\n"
POLISH = "Gdzie jest mój łokieć? Święto w Łodzi, źródło i żółw.\n"
TURKISH = "Şişli'de yağmur yağıyor, çok güzel bir gün ışığı.\n"
RUSSIAN = "Первый съезд народных депутатов открылся в Москве 25 мая.\n"
GREEK = "Η γρήγορη αλεπού πηδάει πάνω από το σκυλί στον κήπο.\n" * 3
JAPANESE = "日本語の文章を読む。これはテストです。\n" * 3
CHINESE = "这是一个测试文件，用于读取文字。\n" * 3
ENGLISH = "It’s the company’s “own” words – all 20 of them.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, e) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32") for text in (GERMAN, RUSSIAN, JAPANESE)],
        *[(text, "cp1252") for text in (GERMAN, FRENCH, ENGLISH)],
        *[(text, encoding) for encoding in ("cp1250", "iso8859-2") for text in (CZECH, POLISH)],
        *[(RUSSIAN, encoding) for encoding in ("cp1251", "koi8-r", "cp866", "iso8859-5")],
        (TURKISH, "cp1254"),
        (GERMAN, "cp850"),
        (GERMAN, "mac_roman"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
    ],
    ids=lambda value: value if value[0].islower() and " " not in value else value[:12],
)
def test_text_comes_back_whatever_it_is_written_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [GERMAN * 3, RUSSIAN * 3], ids=["latin", "cyrillic"])
def test_wide_encodings_are_known_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("word", ["Müller", "à", "naïve", "Übel", "Straße", "el niño", "São Paulo"])
def test_one_accent_among_english_is_western(word: str) -> None:
    text = "The quick brown fox jumps over the dog. " * 5 + word
    assert decode(text.encode("cp1252")) == text


def test_a_damaged_byte_does_not_turn_utf8_into_something_else() -> None:
    data = RUSSIAN.encode()
    broken = data[:20] + b"\xff" + data[21:]
    assert decode(broken * 1).count("\ufffd") <= 2
    assert RUSSIAN[12:] in decode(broken)


def test_an_encoding_that_the_format_names_is_believed_where_it_fits() -> None:
    assert decode("¿Qué?".encode("iso8859-15"), "iso8859-15") == "¿Qué?"
    for none in ("no-such-encoding", "undefined", "a\0b"):
        assert decode(RUSSIAN.encode("cp1251"), none) == RUSSIAN
    assert decode(RUSSIAN.encode(), "cp1252") == RUSSIAN


def test_binary_data_is_no_text() -> None:
    with pytest.raises(ReadError, match="binary"):
        decode(bytes(range(256)) * 40)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x07c", "a b c"),
        ("\ufeffa", "a"),
        ("a\x0cb\x85c", "a\nb\nc"),
        ("a\ud800b", "a\ufffdb"),
        ("a\tb \u00a0 c", "a\tb \u00a0 c"),
    ],
    ids=["line ends", "controls", "mark", "page breaks", "lone surrogate", "blanks stay"],
)
def test_cleaning(raw: str, stored: str) -> None:
    assert clean(raw) == stored
    assert clean(stored) == stored


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The Rhine\n\nBetween Bingen and Bonn it flows.\n", "The Rhine"),
        ("\n\n  The Rhine \n \nIt flows.", "The Rhine"),
        ("The Rhine flows.\n\nFar.", None),
        ("The Rhine\nflows through\n\nBonn", None),
        ("x" * 200 + "\n\nBonn", None),
        ("1234\n\nBonn", None),
        ("The Rhine", None),
    ],
    ids=["title", "blank lines before", "a sentence", "no blank line", "too long", "a number", "one line"],
)
def test_the_first_line_is_the_title_where_it_looks_like_one(text: str, title: str | None) -> None:
    assert plain.read(text.encode()).title == title


def test_code_has_no_title() -> None:
    assert plain.read_code(b"import this\n\nprint()\n").title is None
