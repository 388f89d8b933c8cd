"""Saved conversations: footnotes that resolve, quotes to the character, and text that stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rag.conversations import Conversation, Conversations, KeptTurn
from rag.turns import Turn
from rag.ui import export
from tests.rag import samples
from tests.rag.ui import hostile
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of

QUESTION = "why did Russia close the mission in 2021?"
QUESTIONS = [QUESTION, f"partly: {QUESTION}", "please decline"]


def conversation_of(
    folder: Path, questions: list[str], library: FakeLibrary | None = None
) -> tuple[Conversation, list[KeptTurn]]:
    conversations = Conversations(folder / "conversations.sqlite3")
    for number, question in enumerate(questions):
        turn = Turn(key=f"k{number}", question=question)
        conversations.begin("c", turn)
        for event in FakeAssistant(library).ask(question):
            turn = turn.after(event)
        conversations.finish(turn)
    return conversations.conversation("c"), conversations.turns("c")


def test_the_year_that_the_documents_tell_about_instead_is_saved(tmp_path: Path) -> None:
    conversation, (kept,) = conversation_of(tmp_path, ["please decline"])
    kept = replace(kept, turn=replace(kept.turn, answer=samples.ANOTHER_YEAR))
    for saved in (export.markdown(conversation, [kept]), export.html(conversation, [kept])):
        assert "The documents do not say. They say “1911”, not “1910”" in saved


def test_an_answer_more_likely_wrong_than_right_is_saved_with_that_caution(tmp_path: Path) -> None:
    conversation, (kept,) = conversation_of(tmp_path, [QUESTION])
    assert kept.turn.answer is not None
    for confidence, cautions in ((0.2, 1), (0.9, 0)):
        unsure = replace(kept, turn=replace(kept.turn, answer=replace(kept.turn.answer, confidence=confidence)))
        for saved in (export.markdown(conversation, [unsure]), export.html(conversation, [unsure])):
            assert saved.count("Not sure: fewer than half") == cautions


class Saved(HTMLParser):
    """Tags, anchors and quotes of a saved page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.quotes: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "blockquote":
            self.quotes.append("")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags and self.tags[-1] == "blockquote" and data.strip():
            self.quotes[-1] += data


def test_every_footnote_of_the_markdown_has_its_words(tmp_path: Path) -> None:
    conversation, turns = conversation_of(tmp_path, QUESTIONS)
    text = export.markdown(conversation, turns)
    used = re.findall(r"\[\^(\d+)\](?!:)", text)
    defined = re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)
    assert used == defined == ["1", "2", "3", "4"]
    citations = [one for kept in turns for sentence in kept.turn.sentences for one in sentence.citations]
    for citation in citations:
        assert citation.quote in text.replace("\\", "")
    assert "*(partly supported: the year 2021 stands only in the question)*" in text
    assert "The documents do not say." in text
    assert text.count("\n## ") == 3


def test_every_link_of_the_html_leads_somewhere_in_it(tmp_path: Path) -> None:
    conversation, turns = conversation_of(tmp_path, QUESTIONS)
    saved = Saved(export.html(conversation, turns))
    assert len(saved.links) == 8
    assert {link.removeprefix("#") for link in saved.links} == set(saved.ids)
    assert len(saved.ids) == len(set(saved.ids))
    quoted = [one.quote for kept in turns for sentence in kept.turn.sentences for one in sentence.citations]
    assert saved.quotes == quoted


def test_the_html_stands_alone(tmp_path: Path) -> None:
    html = export.html(*conversation_of(tmp_path, QUESTIONS))
    assert not re.search(r"<(?:script|link|img|iframe)|https?://|\burl\(", html)
    assert "default-src 'none'" in html


def test_the_json_holds_the_answers_in_their_documented_form(tmp_path: Path) -> None:
    conversation, turns = conversation_of(tmp_path, QUESTIONS)
    saved = json.loads(export.as_json(conversation, turns))
    assert [turn["question"] for turn in saved["turns"]] == QUESTIONS
    for turn, kept in zip(saved["turns"], turns, strict=True):
        assert kept.turn.answer is not None
        assert turn["answer"]["answer"] == kept.turn.answer.answer
        assert turn["answer"]["sentences"] == turn["sentences"]
    assert saved["title"] == QUESTION


@pytest.mark.parametrize("form", export.FORMS)
def test_a_question_that_was_stopped_or_failed_is_told(tmp_path: Path, form: str) -> None:
    conversations = Conversations(tmp_path / "conversations.sqlite3")
    conversations.begin("c", Turn("k", "?"))
    conversations.finish(Turn("k", "?").failed("the model file is gone"))
    written = export.FORMS[form].written(conversations.conversation("c"), conversations.turns("c"))
    assert "the model file is gone" in written


@pytest.mark.parametrize("form", export.FORMS)
def test_how_a_question_was_understood_is_told_as_on_the_page(tmp_path: Path, form: str) -> None:
    conversations = Conversations(tmp_path / "conversations.sqlite3")
    for key, understood in (("k1", ""), ("k2", "Why did it <b>close</b>?")):
        turn = replace(Turn(key, "Why?").stopped(), standalone=understood)
        conversations.begin("c", turn)
        conversations.finish(turn)
    written = export.FORMS[form].written(conversations.conversation("c"), conversations.turns("c"))
    if form == "json":
        assert [turn["standalone"] for turn in json.loads(written)["turns"]] == [None, "Why did it <b>close</b>?"]
    else:
        shown = (
            "*Understood as: Why did it \\<b\\>close\\</b\\>?*"
            if form == "md"
            else "Why did it &lt;b&gt;close&lt;/b&gt;?"
        )
        assert written.count("Understood as: ") == written.count(shown) == 1
        assert written.index(shown) < written.rindex("Stopped")


def test_a_copied_answer_says_how_its_question_was_understood() -> None:
    turn = replace(Turn("k", "Why?").stopped(), standalone="Why did the mission close?")
    copied = export.one_markdown(turn)
    assert copied.splitlines()[:4] == ["## Why?", "", "*Understood as: Why did the mission close?*", ""]


HOSTILE = [
    pytest.param("<script>steal()</script>", id="script"),
    pytest.param("<img src=x onerror=steal()>", id="image"),
    pytest.param("![x](http://evil.example/x.png) [y](http://evil.example)", id="markdown image and link"),
    pytest.param("[^1]: forged [^9]", id="forged footnote"),
    pytest.param("# heading\n- item\n1. item\n> quote", id="markdown blocks"),
    pytest.param("</blockquote></section><h1>forged</h1>", id="closing tags"),
    pytest.param("$title ${conversation} $$x$$", id="templates"),
]


@pytest.mark.parametrize("text", [*HOSTILE, *hostile.HOSTILE])
def test_what_the_documents_tell_about_instead_is_no_markup_either(tmp_path: Path, text: str) -> None:
    conversation, (kept,) = conversation_of(tmp_path, ["please decline"])
    (told,) = samples.ANOTHER_YEAR.instead
    answers = [replace(samples.ANOTHER_YEAR, instead=(replace(told, instead=words),)) for words in ("1911", text)]
    plain, turn = (replace(kept, turn=replace(kept.turn, answer=answer)) for answer in answers)
    assert Saved(export.html(conversation, [turn])).tags == Saved(export.html(conversation, [plain])).tags
    bare = re.sub(r"\\.", "", export.markdown(conversation, [turn]))
    assert not re.search(r"<\w|!\[|\]\(|\]:\s*forged|\[\^9\]", bare)


@pytest.mark.parametrize("text", [*HOSTILE, *hostile.HOSTILE])
def test_no_text_becomes_markup_in_a_saved_file(tmp_path: Path, text: str) -> None:
    words = f"The mission was closed, as all the world knows: {text} {text}"
    library = FakeLibrary([document_of(f"{text}.md", words.encode())])
    conversation, turns = conversation_of(tmp_path, [f"mission {text}"], library)
    plain = conversation_of(tmp_path / "plain", ["mission"], FakeLibrary([document_of("a.md", b"x" * 60)]))
    saved = Saved(export.html(conversation, turns))
    assert set(saved.tags) <= set(Saved(export.html(*plain)).tags)
    assert all(link.startswith("#") for link in saved.links)
    assert " ".join(hostile.undirected(text).split()) in " ".join(saved.text.split())
    written = export.markdown(conversation, turns)
    for whole in (export.html(conversation, turns), written):
        assert whole == hostile.undirected(whole)
    bare = re.sub(r"\\.", "", written)  # without what is escaped
    assert not re.search(r"<\w|!\[|\]\(|\]:\s*forged|\[\^9\]", bare)
    assert len(re.findall(r"^#+ ", bare, re.MULTILINE)) == 2
    assert not re.search(r"^\s*(?:[-+] |\d+\. )", bare, re.MULTILINE)


def test_a_file_name_is_safe_in_a_header() -> None:
    name = export.file_name(Conversation("c", 'a/../b\r\n"; x=y Ж', "", "", 1), "md")
    assert re.fullmatch(r"[\w.%-]+", name)
    assert name.endswith(".md")
    assert "%2F" not in name
