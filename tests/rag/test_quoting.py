"""Which sentences of what was read may stand for an answer, and below which confidence they are looked at."""

from __future__ import annotations

import pytest

from rag import quoting
from rag.cite import Citer
from rag.footnotes import Footnotes
from rag.quoting import quotable, quoted_below
from rag.records import Sentence
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits

BRIDGE = "The bridge in Riga was opened in May. Its chief came from Hungary. The river froze in winter. It was late."
ASKED = "When was the bridge in Riga opened?"


def citing(citer: Citer, *numbers: int) -> Sentence:
    """A sentence of an answer that cites these sentences of what was read."""
    cited = Footnotes([source.hit for source in citer.sources]).citations([citer.sources[one] for one in numbers])
    return Sentence("It was.", "partial", 0.5, cited, ("why",))


def quoted(*written: Sentence, question: str = ASKED, text: str = BRIDGE) -> list[str]:
    return [source.text for source in quotable(written, question, Citer(hits(text), HashingEncoder()))]


def test_what_was_cited_comes_first_and_then_what_is_near_to_the_question() -> None:
    citer = Citer(hits(BRIDGE), HashingEncoder())
    assert quoted() == ["The bridge in Riga was opened in May."]
    assert quoted(citing(citer, 1), citing(citer, 2, 1)) == [
        "Its chief came from Hungary.",
        "The river froze in winter.",
        "The bridge in Riga was opened in May.",
    ]
    assert len(quoted(citing(citer, 1, 2, 3))) == quoting.MOST


def test_a_sentence_without_end_is_no_answer() -> None:
    assert quoted(text=f"The bridge in Riga was opened in May, {'and ' * 100}in June.") == []


@pytest.mark.parametrize(
    ("question", "below"),
    [
        (ASKED, 0),
        ("Wann wurde die Brücke eröffnet?", quoting.BELOW),
        ("Wofür ist die Brücke bekannt?", quoting.BELOW),
        ("Wurde die Brücke im Mai eröffnet?", 0),
        ("Когда открыли мост?", quoting.BELOW),
        ("В каком городе открыли мост?", quoting.BELOW),
    ],
)
def test_nothing_is_quoted_in_english_and_for_yes_or_no(question: str, below: float) -> None:
    assert quoted_below(question) == below
