"""What a question leaves out: it is put for all, and what is left out answers nothing."""

from __future__ import annotations

import pytest

from rag.excluding import left_out, whole


@pytest.mark.parametrize(
    ("question", "put"),
    [
        ("Besides the UN and the OSCE, which body's rules hold?", "Which body's rules hold?"),
        ("Apart from the shield, which plan is Moscow using", "Which plans are Moscow using?"),
        ("Apart from the shield, in which city was it?", "In which cities were it?"),
        ("Which country was bombed besides Yugoslavia?", "Which countries were bombed?"),
        ("Who was there, aside from the king?", "Who was there?"),
        ("In addition to the mission, what did Russia close?", "What did Russia close?"),
    ],
)
def test_it_is_put_for_all(question: str, put: str) -> None:
    assert whole(question) == put


@pytest.mark.parametrize(
    "question",
    [
        "Who besides Ivanov spoke to the press?",
        "How many people besides the pilot were on board?",
        "Was it anything other than a base?",
        "What other than coal is used?",
        "Besides, who was it?",
        "Why did it close?",
        "Neben Berlin, welche Stadt wurde geteilt?",
        "",
    ],
)
def test_what_is_not_sure_stays(question: str) -> None:
    assert whole(question) == question


@pytest.mark.parametrize(
    ("sentence", "only"),
    [
        ("It is a member of the UN.", True),
        ("The UN.", True),
        ("It is a member of the Council of Europe.", False),
        ("Besides the UN it is a member of the Council of Europe.", False),
        ("It is a member of two others.", False),
    ],
)
def test_what_is_left_out_is_told(sentence: str, only: bool) -> None:
    assert left_out(sentence, "Besides the OSCE and the UN, of which organization is Russia a member?") is only
    assert not left_out(sentence, "Of which organization is Russia a member, as the UN says?")
