"""A whole assistant on a few papers, with a model whose words the test writes; and what every answer promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError
from index.library import Library
from rag import templates
from rag.assistant import Assistant
from rag.confidence import Calibration, Probe
from rag.errors import ModelError
from rag.records import Answer, Done, Event
from rag.settings import Settings
from tests.fakes import HashingEncoder, ScriptedGenerator

TEMPLATES = templates.load()
# Only what the model is scripted to say decides whether to answer: 0.5 is the threshold, 0.1 hopeless.
BY_SCRIPT = Calibration({"says_yes": 1.0}, {"says_yes": 1.0})
# The same of a model whose states were studied; the fake's state is what it is scripted to say.
BY_STATE = Calibration({"state": 1.0}, {"state": 1.0}, Probe(ScriptedGenerator.LAYER, np.ones(1, np.float32), 0.0))

CUT = "On October 6, NATO announced a cut of the Russian mission from 20 to 10 people."
STEPS = "Foreign Minister Sergei Lavrov announced three steps."
OPENED = "The liaison mission opened in Moscow in May 2002."
INVENTED = "Angela Merkel paid 40 million dollars for the mission in Paris."
ECHO = "Russia closed its mission to NATO."  # supported, and no more than the question says
PAPERS = {
    "closing.md": f"# The closing\n\n{CUT} {STEPS} The ambassador called it regrettable [12].\n",
    "opening.md": f"# The opening\n\n{OPENED} Its chief came from Hungary.\n",
    "harbour.txt": "The harbour office employed forty clerks and two divers. A storm closed it for good.\n",
}
QUESTION = "Why did Russia close its mission to NATO in 2021?"


class FailingEncoder(HashingEncoder):
    """Fails once it is told to."""

    failing = False

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.failing:
            raise EncoderError("the embedding model is damaged: fetch it again")
        return super().encode(texts)


@dataclass
class Desk:
    """An assistant with everything around it."""

    assistant: Assistant
    library: Library
    generator: ScriptedGenerator
    encoder: FailingEncoder


Setting = Callable[..., Desk]


def settings_of(home: Path, answer_tokens: int = 500) -> Settings:
    """Those of every assistant here."""
    return Settings(home=home, models=home, answer_tokens=answer_tokens, threshold=0.5, hopeless=0.1)


def set_up(
    home: Path,
    says: str | tuple[str, ...] | ModelError = CUT,
    *,
    yes: float | Mapping[str, float] = 0.99,
    documents: Mapping[str, str] = PAPERS,
    scripted: dict[str, str] | None = None,
    answer_tokens: int = 500,
    calibration: Calibration = BY_SCRIPT,
    again: str = "",
) -> Desk:
    """An assistant on these documents; it writes what is scripted for a question, else what it `says`; `again` through
    an adapter, where the calibration has one.

    Of several texts it writes the first, or one that is drawn. Its `yes` is as probable for everything that it reads,
    or by a piece of what it reads.
    """
    settings = settings_of(home, answer_tokens)
    encoder = FailingEncoder()
    library = Library(settings.index, encoder)
    folder = home.parent / "papers"
    folder.mkdir()
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    library.add([folder])
    generator = ScriptedGenerator(
        {**(scripted or {}), "": says}, yes if isinstance(yes, Mapping) else {"": yes}, {"": again}
    )
    assistant = Assistant(library, encoder, generator, TEMPLATES, calibration, settings)
    return Desk(assistant, library, generator, encoder)


def asked(assistant: Assistant, question: str = QUESTION, seed: int | None = None) -> Done:
    """The last event of asking."""
    *_, last = assistant.ask(question, seed=seed)
    assert isinstance(last, Done)
    return last


def untimed(answer: Answer) -> Answer:
    return replace(answer, timing=None)  # type: ignore[arg-type]


def follow(events: Iterable[Event], look: Callable[[Event], None]) -> None:
    """Looks at each event as it comes."""
    for event in events:
        look(event)


def assert_sound(answer: Answer, library: Library) -> None:
    """What INTERFACES promise of every answer."""
    markers = [numbered.marker for numbered in answer.passages]
    assert markers == list(range(1, len(markers) + 1))
    spans = {}
    for numbered in answer.passages:
        passage = numbered.passage
        text = library.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.text
        spans[numbered.marker] = (passage.document_id, passage.start, passage.end)
    assert len(set(spans.values())) == len(spans)
    cited = []
    for sentence in answer.sentences:
        for citation in sentence.citations:
            assert library.document(citation.document_id).text[citation.start : citation.end] == citation.quote
            document, start, end = spans[citation.marker]
            assert citation.document_id == document
            assert start <= citation.start < citation.end <= end
            cited.append(citation.marker)
        assert sentence.support == "supported" or sentence.reasons
        assert 0 <= sentence.score <= 1
    shown = [int(marker) for marker in re.findall(r"\[(\d+)\]", answer.answer)]
    assert set(shown) == set(cited)
    assert list(dict.fromkeys(shown)) == list(range(1, len(set(shown)) + 1))
    assert len(re.findall(r"\[[\d,\s–-]+\]|【", answer.answer)) == len(shown)
    assert 0 <= answer.confidence <= 1
    if answer.answered:
        assert answer.sentences
    else:
        assert answer.sentences == ()
        assert answer.answer == TEMPLATES.texts["declined"]
