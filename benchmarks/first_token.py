"""What Footnote adds to the time of the first token: `python -m benchmarks.first_token`.

Three ways to the first token, for each of a few questions, one after another in one process, with the same model file,
context and threads, and nothing kept of any earlier prompt:

llama.cpp  the very tokens of the prompt, given to a bare `llama_cpp.Llama` with its own defaults: one
           `create_completion(max_tokens=1)`;
generator  the prompt, given to the assistant's generator, until its first piece of text;
assistant  the question, given to the whole assistant, until its first word: searching, and judging whether the
           passages answer at all, included. Of a question that it declines the refusal is the first word.

Who goes first changes from question to question. The figures judged are the medians of the ratios to llama.cpp.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.process import SEEDS
from benchmarks.report import Measure, fault, report, warn_if_busy
from index.errors import LibraryError
from rag.binding import physical_cores
from rag.errors import FootnoteError, ModelError
from rag.evaluation.gold import documents_in, read_gold, sample
from rag.generate import LlamaGenerator
from rag.generator import Piece
from rag.models import answering_model_path
from rag.prompt import Prompt, Turn, answering
from rag.records import Done, Token
from rag.retrieve import retrieve
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds to the first token of one question, by each way."""

    question: str
    prompt_tokens: int
    direct: float
    generator: float
    assistant: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.first_token",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="default: the sample dossier")
    parser.add_argument("--questions", type=Path, default=SEEDS / "questions.jsonl", metavar="FILE")
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="how many of the answerable (default 5)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of drawing them (default 0)")
    parser.add_argument("--model", metavar="NAME|FILE", help="the answering model, instead of the default")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    warn_if_busy()
    try:
        questions = [question for question in read_gold(options.questions) if question.answerable]
        asked = [question.question for question in sample(questions, options.limit, options.seed)]
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            timed = measure(Settings.from_environment(home=Path(home), model=options.model), options.documents, asked)
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    rows = [
        {"question": row.question, "prompt_tokens": row.prompt_tokens, "direct_s": row.direct}
        | {"generator_s": row.generator, "assistant_s": row.assistant}
        for row in timed
    ]
    return report("first_token", measures(timed), options.json, {"questions": rows})


def measure(settings: Settings, documents: Path, questions: Sequence[str]) -> list[Timed]:
    """Seconds for each question, by each way."""
    from rag.wiring import open_assistant

    assistant = open_assistant(settings)
    with closing(assistant.library) as library:
        library.add(documents_in(documents))
        assistant.warm()
        # The benchmark looks inside, so that the product needs nothing that only a benchmark calls.
        writer, encoder = assistant._writer, assistant._encoder
        generator, templates = writer.generator, writer.templates
        assert isinstance(generator, LlamaGenerator)
        direct = bare_model(settings)
        hello = Prompt((Turn("user", ("Hello",)),))
        _generator_seconds(generator, hello, 1)  # the first prompt of all also pays for touching the weights
        _direct_seconds(direct, [token for chunk in generator._chunks(hello) for token in chunk.tokens])
        timed = []
        for number, question in enumerate(questions):
            hits = retrieve(library, encoder, question, settings, generator.count_tokens, templates).hits
            prompt = answering(question, hits, templates)
            tokens = [token for chunk in generator._chunks(prompt) for token in chunk.tokens]
            ways: list[Callable[[], float]] = [
                partial(_direct_seconds, direct, tokens),
                partial(_generator_seconds, generator, prompt, settings.answer_tokens),
                partial(_assistant_seconds, assistant, generator, question),
            ]
            turn = number % len(ways)
            order = [*range(turn, len(ways)), *range(turn)]
            seconds = {way: ways[way]() for way in order}
            timed.append(Timed(question, len(tokens), seconds[0], seconds[1], seconds[2]))
    return timed


def bare_model(settings: Settings) -> Any:  # noqa: ANN401  (llama_cpp is imported late)
    """llama.cpp with the context and threads of Footnote, otherwise as it comes."""
    import llama_cpp

    threads = settings.threads or physical_cores()
    return llama_cpp.Llama(
        str(answering_model_path(settings)),
        n_ctx=settings.context_tokens,
        n_threads=threads,
        n_threads_batch=threads,
        verbose=False,
    )


def _direct_seconds(model: Any, tokens: list[int]) -> float:  # noqa: ANN401
    model.reset()
    started = time.perf_counter()
    model.create_completion(tokens, max_tokens=1, temperature=0.0)
    return time.perf_counter() - started


def _generator_seconds(generator: LlamaGenerator, prompt: Prompt, max_tokens: int) -> float:
    generator._kept.clear()
    started = time.perf_counter()
    for event in generator.stream(prompt, max_tokens):
        if isinstance(event, Piece):
            return time.perf_counter() - started
    raise ModelError("the model wrote nothing; there is no first token to time")


def _assistant_seconds(assistant: Assistant, generator: LlamaGenerator, question: str) -> float:
    generator._kept.clear()
    started = time.perf_counter()
    for event in assistant.ask(question):
        if isinstance(event, Token | Done):
            return time.perf_counter() - started
    raise ModelError("the assistant ended without an answer")


def measures(timed: Sequence[Timed]) -> list[Measure]:
    """The lines of the table."""
    over = f"median of {len(timed)}"
    return [
        Measure(
            "generator", "generator against llama.cpp", median(r.generator / r.direct for r in timed), "times", over
        ),
        Measure(
            "assistant", "assistant against llama.cpp", median(r.assistant / r.direct for r in timed), "times", over
        ),
        Measure("direct_s", "llama.cpp to the first token", median(row.direct for row in timed), "s", over),
        Measure("generator_s", "generator to the first token", median(row.generator for row in timed), "s", over),
        Measure("assistant_s", "assistant to the first word", median(row.assistant for row in timed), "s", over),
        Measure("prompt_tokens", "tokens of the prompt", median(row.prompt_tokens for row in timed), "tokens", over),
    ]


if __name__ == "__main__":
    sys.exit(main())
