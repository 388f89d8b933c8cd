"""What a verdict makes of a sentence that says more, or for surer, than its evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.cite import Citer
from rag.rules.overstated import overstated
from rag.verify import Verdict, verdict
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits


def judged(sentence: str, *sources: str) -> Verdict:
    """The verdict on a sentence with the evidence that is found for it."""
    return verdict(sentence, Citer(hits(*sources), HashingEncoder()).evidence(sentence), "")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("All passengers survived the crash.", "Nearly all passengers survived the crash."),
        ("At least 30% of the girls work.", "Up to 30% of the girls work."),
        ("The Elbe is the longest river in Germany.", "The Elbe is the second longest river in Germany."),
        ("The council opened the bridge.", "The council refused to open the bridge."),
        ("The council opened the bridge.", "The council planned to open the bridge. That never happened."),
        ("Die Elbe ist der längste Fluss in Europa.", "Die Elbe ist der drittlängste Fluss in Europa."),
    ],
)
def test_what_a_source_says_otherwise_is_against(sentence: str, source: str) -> None:
    found = judged(sentence, source)
    assert found.support == "unsupported"
    assert len(found.otherwise) == 1
    assert "the cited passage says" in found.reasons[0]


@pytest.mark.parametrize(
    ("sentence", "source", "reason"),
    [
        ("Of the girls 30% work.", "Of the girls up to 30% work.", "up to 30"),
        ("The tower is the oldest building.", "The tower is one of the oldest buildings.", "one of the oldest"),
        ("The tower is the oldest building.", "The tower is a building of oak.", "which no cited passage does"),
        ("The mill sells only bread.", "The mill sells bread and cheese.", "which no cited passage does"),
        ("Every outfit is older.", "The outfits are mostly older.", "mostly"),
        ("The council opened the bridge in May.", "The council planned to open the bridge in May.", "planned to"),
        ("The board introduced mandatory guidelines.", "The board looks at mandatory guidelines.", "looks at"),
    ],
)
def test_what_a_source_does_not_go_so_far_as_to_say_holds_in_part(sentence: str, source: str, reason: str) -> None:
    found = judged(sentence, source)
    assert found.support == "partial"
    assert any(reason in told for told in found.reasons)


def test_the_sentence_behind_is_looked_for_in_the_same_document_only() -> None:
    said = "The council opened the bridge."
    evidence = Citer(hits("The council planned to open the bridge. That never happened."), HashingEncoder()).evidence(
        said
    )
    assert overstated(said, "", evidence, "en").against
    alone = replace(evidence, sources=evidence.sources[:1], read=evidence.read[:1])
    assert not overstated(said, "", alone, "en").against
    other = Citer(hits("x" * 39, "That never happened."), HashingEncoder()).sources[1]
    moved = replace(other, start=alone.sources[0].end + 1, end=alone.sources[0].end + 20)
    assert not overstated(said, "", replace(alone, read=(*alone.read, moved)), "en").against


def test_a_reason_is_told_once() -> None:
    found = judged("Smith was the only survivor.", "Smith was a survivor.")
    assert len(found.reasons) == 1


def test_across_languages_only_numbers_are_compared() -> None:
    source = "Nearly all of the passengers, up to 30, survived the crash."
    said = "Alle Reisenden, mindestens 30, haben den Absturz überlebt."
    evidence = Citer(hits(source), HashingEncoder()).evidence(said)
    found = overstated(said, "", evidence, "en")
    assert [one.instead for one in found.against] == ["up to 30"]
    assert found.in_part == ()
