"""A prompt begins alike for whatever is asked of the same passages, and changes no word of them."""

from __future__ import annotations

from rag import prompt, templates
from rag.prompt import Prompt
from tests.rag.dossier import hits

TEMPLATES = templates.load()
HITS = hits("The office opened in 2002.", "It closed in 2021.", "Nobody\nsaid   why.")
QUESTION = "When did it close?"


def parts(built: Prompt) -> list[str]:
    return [part for turn in built.turns for part in turn.parts]


def text(built: Prompt) -> str:
    return "\n".join("".join(turn.parts) for turn in built.turns)


def test_passages_come_in_order_under_their_titles_and_the_question_after_them() -> None:
    read = text(prompt.answering(QUESTION, HITS, TEMPLATES))
    places = [read.index(words) for words in ("opened in 2002", "closed in 2021", "Nobody said why.", QUESTION)]
    assert places == sorted(places)
    assert read.count("Paper") == len(HITS)


def test_each_passage_stands_apart() -> None:
    blocks = text(prompt.answering(QUESTION, HITS, TEMPLATES)).split("\n\n")
    holding = [[place for place, block in enumerate(blocks) if said in block] for said in ("2002", "2021", QUESTION)]
    assert [len(found) for found in holding] == [1, 1, 1]
    assert holding == sorted(holding)
    assert len({place for (place,) in holding}) == len(holding)


def test_what_is_asked_of_one_reading_begins_with_the_same_parts() -> None:
    answering = prompt.answering(QUESTION, HITS, TEMPLATES)
    judging = prompt.answerable(QUESTION, HITS, TEMPLATES)
    assert parts(judging)[: len(parts(answering))] == parts(answering)
    assert len(parts(judging)) > len(parts(answering))


def test_two_questions_on_the_same_passages_differ_only_at_the_end() -> None:
    other = "Who closed it?"
    first, second = (text(prompt.answering(question, HITS, TEMPLATES)) for question in (QUESTION, other))
    assert first.removesuffix(QUESTION) == second.removesuffix(other)


def test_an_answer_keeps_to_the_words_of_the_passages_and_not_to_the_question() -> None:
    asked = prompt.answering("Who was the chief?", HITS, TEMPLATES)
    assert asked.turns[-1].parts[:-1] == (asked.source,)
    assert all(said in asked.source for said in ("opened in 2002", "closed in 2021", "Nobody said why."))
    assert "chief?" not in asked.source


def test_a_question_in_another_language_says_in_which_to_answer() -> None:
    asked = "Wann wurde das Büro geschlossen?"
    assert text(prompt.answering(asked, HITS, TEMPLATES)).endswith(f"in German: {asked}")
    assert text(prompt.answering(QUESTION, HITS, TEMPLATES)).endswith(f"Question: {QUESTION}")


def test_a_year_that_no_passage_states_is_not_put_to_the_model() -> None:
    assert prompt.posed("When did it close in 1999?", HITS) == "When did it close?"
    assert prompt.posed("When did it close in 1351?", HITS) == "When did it close?"
    assert prompt.posed("Why did it close in 2021?", HITS) == "Why did it close in 2021?"


def test_what_a_question_leaves_out_is_not_put_to_the_model() -> None:
    assert prompt.posed("Besides the UN, who closed it in 1999?", HITS) == "Who closed it?"


def test_only_the_reader_speaks_before_an_answer_is_given() -> None:
    assert [turn.role for turn in prompt.answering(QUESTION, HITS, TEMPLATES).turns] == ["system", "user"]
    assert [turn.role for turn in prompt.answerable(QUESTION, HITS, TEMPLATES).turns] == ["system", "user"]


def test_braces_in_a_document_or_question_are_plain_text() -> None:
    read = text(prompt.answering("What is {title}?", hits("A {text} and {question} and {{}}."), TEMPLATES))
    assert "A {text} and {question} and {{}}." in read
    assert "What is {title}?" in read


def test_parts_are_what_the_prompt_is_made_of() -> None:
    together = "".join(prompt.part(hit, TEMPLATES, titled=True) for hit in HITS)
    assert together in text(prompt.answering(QUESTION, HITS, TEMPLATES))
    alone = prompt.part(HITS[2], TEMPLATES, titled=False)
    assert alone == "Nobody said why.\n\n"
    assert prompt.part(HITS[2], TEMPLATES, titled=True) == f"{HITS[2].title}: {alone}"
