"""What the documents view says of following the disk: what was done, what is followed, and no name becomes markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from index.records import Root
from rag.ui import papers
from rag.ui.following import State
from tests.rag.ui.hostile import HOSTILE
from tests.rag.ui.test_render import ATTRIBUTES, TAGS, Markup

NOW = datetime(2026, 3, 4, 12, 41, tzinfo=UTC)
ROOTS = [Root(f"/home/you/{name}", folder=True) for name in ("reports", "notes")]
DONE = State(True, "In step with the disk: 2 added, 1 removed", NOW)


def said(state: State, roots: list[Root] = ROOTS, now: datetime = NOW) -> list[str]:
    html = papers.following_html(state, roots, now).replace("</p>", "</p>\n")
    return [Markup(line).text for line in html.splitlines()]


def test_what_was_done_last_is_told_with_its_time_and_its_day_if_that_is_another() -> None:
    assert said(DONE) == ["In step with the disk: 2 added, 1 removed, 12:41", "Followed: reports, notes"]
    (first, _) = said(DONE, now=NOW + timedelta(days=1))
    assert first == "In step with the disk: 2 added, 1 removed, 2026-03-04 12:41"


@pytest.mark.parametrize(
    ("state", "roots", "words"),
    [
        pytest.param(State(), ROOTS, [], id="off"),
        pytest.param(State(True), ROOTS, ["Looking for what has changed", "Followed: reports, notes"], id="begun"),
        pytest.param(State(True), [], ["Add a folder by its path, and it will be followed."], id="nothing to follow"),
        pytest.param(State(True, "Cannot be watched", wrong=True), ROOTS, ["Cannot be watched"], id="wrong"),
    ],
)
def test_where_following_stands_is_said_in_words(state: State, roots: list[Root], words: list[str]) -> None:
    assert said(state, roots) == words


def test_of_many_folders_the_first_are_named_and_files_are_counted() -> None:
    roots = [Root(f"/{number}", folder=number % 2 == 0) for number in range(8)]
    assert said(DONE, roots)[1] == "Followed: 0, 2, 4, 1 more folder, 4 files"
    assert said(DONE, [Root("/", folder=True), Root("/a.txt", folder=False)])[1] == "Followed: /, 1 file"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_and_no_fault_becomes_markup(text: str) -> None:
    for state in (DONE, State(True, text, NOW), State(True, text, wrong=True)):
        markup = Markup(papers.following_html(state, [Root(f"/{text}", folder=True)], NOW))
        assert markup.tags <= TAGS
        assert markup.attributes <= ATTRIBUTES
