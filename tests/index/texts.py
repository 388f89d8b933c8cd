"""Texts that break splitters: pieces that mean something to one, in seeded random order, and a few giants."""

from __future__ import annotations

import random
from collections.abc import Iterable

from index import lexical

PIECES = (
    *(
        "The council met. ",
        "Why? ",
        "e.g. ",
        "U.S. ",
        "3.5 ",
        "(see no. 4) ",
        '"Go. Now." ',
        "word ",
        "word, ",
        "a" * 150,
    ),
    *(
        "\n",
        "\n\n",
        "\n \n",
        "\t",
        "  ",
        "\r\n",
        "\u00a0",
        "\u2028",
        "\n# Heading\n",
        "\n## Two\n\n",
        "\n- item",
        "\n1. item",
    ),
    *(
        "Größe ",
        "Он пришёл в 1990 г. в Москву. ",
        "東京都に行く。次、",
        "हिन्दी किताब। ",
        "e\u0301 ",
        "😀👩‍👩‍👧 ",
        "\x00",
        "\u200b",
        "…",
    ),
    *(":\n", "; ", "—", "http://example.org/a?b=c.d ", "|a|b|\n", "```\n", "x" * 40 + " ", "Ltd.\n", ") ", "“", "'"),
)

NASTY = {
    "letters-without-a-blank": "a" * 1_000_000,
    "one-long-line": "word and word " * 107_000,
    "many-sentences": "Hello there. " * 10_000,
    "one-letter-lines": "A\n" * 40_000,
    "one-letter-paragraphs": "a\n\n" * 20_000,
    "line-breaks": "x" + "\n" * 1_000_000 + "y",
    "open-quotations": '"a. ' * 20_000,
    "open-brackets": "( " * 40_000,
    "headings": "# H\n" * 10_000,
    "backticks": "`" * 200_000,  # where sentencex takes the square of the time
    "quotations-opened-and-never-closed": "“a" * 120_000,
}


def nasty_text(seed: int) -> str:
    """The same text for the same seed."""
    source = random.Random(seed)
    return "".join(source.choice(PIECES) for _ in range(source.randint(1, 120)))


def query_words(query: str, languages: Iterable[str]) -> list[str]:
    """All forms of the words of a query, each once."""
    return list(dict.fromkeys(form for forms in lexical.query_forms(query, languages) for form in forms))
