"""What is asked becomes one clean line, and reading it takes nothing that answering does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rag.errors import QuestionError
from rag.questions import LONGEST_QUESTION, readable


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        pytest.param("  why\tis\n\nit so? ", "why is it so?", id="white space"),
        pytest.param("why\x00 is\x1b[31m it\x07 so?", "why is [31m it so?", id="control characters"),
        pytest.param("\ufeffwhy is \u202eit so\u202c?", "why is it so ?", id="marks of direction"),
        pytest.param("why \ud83d is it so?", "why is it so?", id="half a character"),
        pytest.param("почему так?", "почему так?", id="Russian"),
        pytest.param("为什么？", "为什么？", id="Chinese"),
        pytest.param("لماذا؟", "لماذا؟", id="Arabic"),
        pytest.param("2021?", "2021?", id="a number"),
    ],
)
def test_a_question_becomes_one_clean_line(typed: str, line: str) -> None:
    assert readable(typed) == line
    assert readable(line) == line
    line.encode()


@pytest.mark.parametrize("typed", ["", " \n\t", "?!", "\u200b\u200b", "\x00\x01", "— … —", "\ud83d"])
def test_a_question_without_words_is_refused_with_the_mend(typed: str) -> None:
    with pytest.raises(QuestionError, match="type a question"):
        readable(typed)


def test_a_question_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(QuestionError, match=rf"100,000.*{LONGEST_QUESTION:,}"):
        readable("a" * 100_000)
    assert readable("a" * LONGEST_QUESTION)


def test_white_space_does_not_make_a_question_too_long() -> None:
    assert readable("why?" + " " * 100_000) == "why?"


def test_a_question_is_read_without_what_searching_brings_along() -> None:
    program = "import sys, rag.questions; print({'numpy', 'index.library'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"
