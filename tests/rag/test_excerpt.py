"""What is read fits the budget, keeps the best passages whole, and is cut only between sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Hit
from rag import templates
from rag.excerpt import LEAST, SPARE, WHOLE, excerpts, nearest_run
from rag.prompt import part
from rag.rerank import SecondLook
from rag.units import units
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits

TEMPLATES = templates.load()
QUESTION = "Who opened the bridge in Riga?"
FILLER = "Nothing of this has to do with what is asked here today."
ANSWER = "The bridge in Riga was opened by a mayor."
LONG = f"{FILLER} {FILLER} {ANSWER} {FILLER} {FILLER}"
TEXTS = tuple(f"{LONG} This is paper {number}." for number in range(8))


def words(text: str) -> int:
    return len(text.split())


def looked(*texts: str, question: str = QUESTION) -> SecondLook:
    return SecondLook(question, hits(*texts), HashingEncoder())


def read(look: SecondLook, most: int, budget: int) -> tuple[Hit, ...]:
    return excerpts(look, look.hits, most, budget, words, TEMPLATES)


def test_the_best_are_whole_and_the_others_hold_what_is_nearest() -> None:
    look = looked(*TEXTS)
    found = read(look, 6, 300)
    assert len(found) == 6
    assert found[:WHOLE] == look.hits[:WHOLE]
    for hit, whole in zip(found[WHOLE:], look.hits[WHOLE:], strict=False):
        assert ANSWER in hit.passage.text
        assert len(hit.passage.text) < len(whole.passage.text)
        first = hit.passage.start - whole.passage.start
        assert whole.passage.text[first : first + len(hit.passage.text)] == hit.passage.text
        assert hit.passage.end - hit.passage.start == len(hit.passage.text)
        assert replace(hit, passage=whole.passage) == whole


def test_nothing_is_cut_where_all_fits() -> None:
    look = looked(*TEXTS)
    size = words(part(look.hits[0], TEMPLATES, titled=True))
    assert read(look, 4, 4 * size) == look.hits[:4]
    assert read(look, 4, 4 * size - 1)[WHOLE:] != look.hits[WHOLE:4]


@pytest.mark.parametrize("budget", [0, 1, 60, 100, 130, 170, 250])
@pytest.mark.parametrize("most", [1, 3, 6])
def test_no_more_is_read_than_fits(most: int, budget: int) -> None:
    look = looked(*TEXTS)
    found = read(look, most, budget)
    assert found[0] == look.hits[0]
    assert len(found) <= most
    assert len(found) == 1 or sum(words(part(hit, TEMPLATES, titled=True)) for hit in found) <= budget


def test_a_passage_too_long_gives_way_to_one_that_fits() -> None:
    one_sentence = "bridge Riga " * 90 + "opened."
    look = looked("Who opened the bridge in Riga? It was opened in Riga.", one_sentence, "The bridge opened.")
    order = [hit for text in ("Who", "bridge Riga", "The") for hit in look.hits if hit.passage.text.startswith(text)]
    found = excerpts(look, order, 6, LEAST + 40, words, TEMPLATES)
    assert found == (order[0], order[2])


def test_nothing_is_begun_in_little_room_and_not_far_down() -> None:
    look = looked(*TEXTS)
    whole = words(part(look.hits[0], TEMPLATES, titled=True))
    assert len(read(look, 6, whole + LEAST - 1)) == 1
    assert len(read(look, 6, whole + LEAST)) == 2
    assert {hit.rank for hit in read(look, 2, 110)} == {1, 2}
    assert max(hit.rank for hit in read(look, 5, 200)) <= 5 + SPARE


def test_the_title_of_a_document_counts_once() -> None:
    one, two = hits("The bridge in Riga opened.", "A mayor opened the bridge.", title="A title of six words here")
    same = replace(two, passage=replace(two.passage, document_id=one.passage.document_id, start=100, end=126))
    look = SecondLook(QUESTION, [one, same], HashingEncoder())
    room = words(part(look.hits[0], TEMPLATES, titled=True)) + LEAST
    assert len(excerpts(look, look.hits, 2, room, words, TEMPLATES)) == 2


def test_the_run_is_the_nearest_for_its_length_among_all_that_fit() -> None:
    """Against every run, by the definition."""
    look = looked(f"{FILLER} A mayor was there. {ANSWER} It was in Riga. {FILLER}")
    hit = look.hits[0]
    spans = units(hit.passage.text)
    for room in (4, 9, 13, 17, 100):
        runs = []
        for first in range(len(spans)):
            for last in range(first, len(spans)):
                size = sum(words(hit.passage.text[start:end]) for start, end in spans[first : last + 1])
                worth = look.nearness(hit, spans)[first : last + 1].max(axis=0).mean() - 0.0005 * size
                if size <= room or first == last:
                    runs.append((worth, -first, spans[first][0], spans[last][1]))
        _, _, start, end = max(runs)
        assert nearest_run(look, hit, room, words).passage.text == hit.passage.text[start:end]


@pytest.mark.parametrize("gap", [1, 40, 41])
def test_of_two_runs_as_near_the_one_that_goes_on_where_what_is_read_ends(gap: int) -> None:
    look = looked(f"{ANSWER} {FILLER} {ANSWER}")
    hit = look.hits[0]
    again = hit.passage.text.rindex(ANSWER)
    before = replace(hit, passage=replace(hit.passage, start=0, end=hit.passage.start + again - gap))
    elsewhere = replace(before, passage=replace(before.passage, document_id="another document"))
    for chosen, start in (((), 0), ((elsewhere,), 0), ((elsewhere, before), again if gap <= 40 else 0)):
        run = nearest_run(look, hit, words(ANSWER), words, chosen)
        assert (run.passage.text, run.passage.start - hit.passage.start) == (ANSWER, start)


def test_nothing_found_is_nothing_to_read() -> None:
    assert read(looked(), 6, 1000) == ()


def test_a_question_without_words_cuts_all_the_same() -> None:
    assert len(read(looked(*TEXTS, question="?!"), 4, 200)) == 4
