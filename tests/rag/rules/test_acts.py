"""What the forms of a verb share, and what leaves it open."""

from __future__ import annotations

import pytest

from rag.rules.acts import acts, root


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["hold", "held", "holding"]),
        ("en", ["rebuild", "rebuilt"]),
        ("en", ["replace", "replaced"]),
        ("de", ["einführen", "einzuführen", "eingeführt"]),
        ("de", ["schließen", "schloss", "geschlossen"]),
        ("de", ["abschließen", "abzuschließen", "abgeschlossen"]),
        ("de", ["entlassen", "entließ"]),
        ("de", ["übernehmen", "übernahm", "übernommen"]),
        ("de", ["eröffnen", "eröffnet", "eröffnete", "Eröffnung"]),
        ("de", ["starten", "startet", "startete", "gestartet"]),
    ],
)
def test_the_forms_of_a_verb_share_their_root(language: str, forms: list[str]) -> None:
    assert len({root(form, language) for form in forms}) == 1


def test_other_verbs_have_other_roots() -> None:
    assert len({root(word, "en") for word in ("hold", "build", "founded", "found")}) == 4
    assert len({root(word, "de") for word in ("schließen", "abschließen", "schlagen", "einführen", "führen")}) == 5


@pytest.mark.parametrize(
    ("text", "verb", "state", "behind", "past"),
    [
        ("They will soon open it.", "open", "open", "will", False),
        ("They opened it in May and will paint it.", "opened", "done", "", True),
        ("They will paint it and sell it.", "sell", "open", "will", False),
        ("They will paint and sell it.", "sell", "open", "will", False),
        ("They refused to sell it.", "sell", "failed", "refused to", False),
        ("In May they were sold.", "sold", "done", "", True),
        ("He would walk there every day.", "walk", "done", "", False),
        ("If it rained he would walk.", "walk", "open", "would", False),
        ("He said to walk.", "walk", "done", "", False),
        ("He is thought to have walked.", "walked", "open", "thought to", False),
        ("The planned talks failed.", "talks", "open", "planned", False),
        ("They need it.", "need", "done", "", False),
        ("They agreed on it.", "agreed", "done", "", True),
        ("The used car broke.", "used", "done", "", False),
    ],
)
def test_a_verb_is_open_behind_what_leaves_it_so(text: str, verb: str, state: str, behind: str, past: bool) -> None:
    (act,) = [act for act in acts(text, "en") if act.spelt == verb]
    assert (act.state, act.behind, act.past) == (state, behind, past)
