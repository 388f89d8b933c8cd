"""The same questions answered the way others do: `python -m benchmarks.baseline QUESTIONS.jsonl --documents FOLDER`.

Chunks of 1,024 tokens, the best five by cosine, all of them in the prompt, which asks for sources in square brackets
and to say so if the answer is not known; the same two models, a context large enough. The embedding model reads as much
of a chunk as it can, which is its beginning, as it does there. Whether an answer declines is told by its words, since
nothing else tells it: its confidence is 1 or 0. A source that is cited is the whole chunk, and sentences are checked
against the chunks by the code that checks Footnote's own.

Asked, kept (`--out`) and scored as by `footnote evaluate`; `--against REPORT.json`, the `--json` of Footnote's own run
on the same questions, prints the difference.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from index import lexical
from index.encode import Encoder, SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from index.records import Document, DocumentSummary, Hit, Passage
from index.sentences import sentence_spans
from rag.cite import Citer
from rag.errors import EvaluationError, FootnoteError
from rag.evaluation.comparison import compare, read_report
from rag.evaluation.gold import documents_in, in_folder, read_gold, sample
from rag.evaluation.journal import Journal
from rag.evaluation.report import report_form, report_of
from rag.evaluation.run import ask_all, documents_of, golds, scored_records
from rag.generator import Generator, Piece, never
from rag.models import embedding_model_path
from rag.prompt import Prompt, Turn
from rag.records import Answer, Circumstances, Citation, Done, Event, IndexIdentity, NumberedPassage, Reading, Sentence
from rag.reports.table import print_comparison, print_report
from rag.settings import Settings
from rag.stopwatch import Stopwatch
from rag.terminal import Terminal
from rag.verify import verdict
from rag.wiring import open_generator

CHUNK_TOKENS = 1024
CHUNKS = 5
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 256
INSTRUCTIONS = (
    "Answer the question from the numbered sources only. After each sentence name the source it comes from by its "
    "number in square brackets, like [1]. If you don't know the answer from the sources, say that you don't know."
)

_MARKER = re.compile(r"\s*\[(\d+)\]")
_REFUSAL = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have|can|could)(?: not|n't|n’t)|cannot|unable to|no)\b"
    r"[^.]*\b(?:know|say|state|mention|contain|provide|specif|find|answer|determine|information)"
    r"|\bweiß (?:es |ich )*nicht\b|\bnicht (?:genannt|erwähnt|angegeben|bekannt|enthalten)\b"
    r"|\bне (?:знаю|указан|упомина|содерж|сказано)",
    re.IGNORECASE,
)


def chunks(document: Document, count: Callable[[str], int], budget: int = CHUNK_TOKENS) -> list[Passage]:
    """Whole sentences one after another, up to `budget` tokens a chunk; a longer sentence is a chunk of its own."""
    made: list[tuple[int, int]] = []
    used = 0
    for start, end in sentence_spans(document.text, lexical.guess_language(document.text)):
        tokens = count(document.text[start:end])
        if made and used + tokens <= budget:
            made[-1], used = (made[-1][0], end), used + tokens
        else:
            made.append((start, end))
            used = tokens
    return [Passage(document.id, start, end, document.text[start:end]) for start, end in made]


class Chunked:
    """A library's documents in chunks, searched by cosine alone."""

    def __init__(self, library: Library, encoder: Encoder, count: Callable[[str], int]) -> None:
        self._library = library
        self._encoder = encoder
        stored = [library.document(summary.id) for summary in library.documents()]
        self._rows = [(chunk, document) for document in stored for chunk in chunks(document, count)]
        self._vectors = encoder.encode([chunk.text for chunk, _ in self._rows])

    def documents(self) -> Sequence[DocumentSummary]:
        return self._library.documents()

    def document(self, reference: str) -> Document:
        return self._library.document(reference)

    def search(self, query: str, k: int = CHUNKS) -> list[Hit]:
        """The `k` nearest chunks, best first."""
        cosines = self._vectors @ self._encoder.encode([query])[0]
        best = np.argsort(-cosines, kind="stable")[:k]
        return [
            Hit(
                rank=rank,
                score=float(cosines[row]),
                cosine=float(cosines[row]),
                bm25=0.0,
                passage=self._rows[row][0],
                path=self._rows[row][1].path,
                title=self._rows[row][1].title,
            )
            for rank, row in enumerate(map(int, best), start=1)
        ]


class Baseline:
    """Answers as described above, in the form of Footnote's own answers."""

    def __init__(self, library: Chunked, encoder: Encoder, generator: Generator) -> None:
        self.library = library
        self._encoder = encoder
        self._generator = generator

    def ask(self, question: str, *, cancelled: Callable[[], bool] = never) -> Iterator[Event]:
        """The finished answer as the only event."""
        watch = Stopwatch()
        hits = self.library.search(question)
        watch.retrieved()
        sources = "\n\n".join(f"[{number}] {hit.title}\n{hit.passage.text}" for number, hit in enumerate(hits, start=1))
        prompt = Prompt((Turn("system", (INSTRUCTIONS,)), Turn("user", (sources, f"\n\nQuestion: {question}"))))
        said = ""
        for event in self._generator.stream(prompt, ANSWER_TOKENS, cancelled):
            if isinstance(event, Reading):
                watch.read(event)
            elif isinstance(event, Piece):
                watch.wrote(event.tokens)
                said += event.text
        said = said.strip()
        answered = bool(said) and not _REFUSAL.search(said)
        timing = watch.timing()
        model, encoder = self._generator.identity, self._encoder.name
        yield Done(
            Answer(
                id="baseline",
                question=question,
                answer=said,
                answered=answered,
                confidence=float(answered),
                sentences=self._sentences(said, hits, question) if answered else (),
                passages=tuple(NumberedPassage(number, hit) for number, hit in enumerate(hits, start=1)),
                timing=timing,
                model=model,
                index=IndexIdentity(0, encoder),
            ),
            Circumstances(version("footnote"), model.name, model.sha256, "", encoder, 0, 0, {}),
        )

    def _sentences(self, said: str, hits: Sequence[Hit], question: str) -> tuple[Sentence, ...]:
        """What was said, each sentence with the chunks it names and checked against all that was given."""
        citer = Citer(hits, self._encoder)
        sentences = []
        for words, numbers in cited_sentences(said):
            found = verdict(words, citer.evidence(words, given=question), question)
            score = round(found.score, 4)
            citations = tuple(
                Citation(
                    marker=number,
                    document_id=hits[number - 1].passage.document_id,
                    path=hits[number - 1].path,
                    title=hits[number - 1].title,
                    page=None,
                    start=hits[number - 1].passage.start,
                    end=hits[number - 1].passage.end,
                    quote=hits[number - 1].passage.text,
                )
                for number in numbers
                if 1 <= number <= len(hits)
            )
            sentences.append(Sentence(words, found.support, score, citations, found.reasons, found.claim))
        return tuple(sentences)


def cited_sentences(said: str) -> list[tuple[str, tuple[int, ...]]]:
    """Each sentence without its markers, and the numbers these name; markers after a full stop belong before it."""
    moved = re.sub(r"([.!?])((?:\s*\[\d+\])+)", r"\2\1", said)
    found = []
    for start, end in sentence_spans(moved):
        sentence = moved[start:end]
        words = _MARKER.sub("", sentence).strip()
        if any(letter.isalnum() for letter in words):
            found.append((words, tuple(dict.fromkeys(map(int, _MARKER.findall(sentence))))))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.baseline", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="the documents asked about")
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep each answer in FILE, and go on from there")
    parser.add_argument("--against", type=Path, metavar="REPORT.json", help="Footnote's run, to print the difference")
    parser.add_argument("--model", metavar="NAME|FILE", help="the answering model, instead of the default")
    parser.add_argument("--limit", type=int, metavar="N", help="ask N of the questions, drawn at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (default 0)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    terminal = Terminal.standard()
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-baseline-") as home:
            settings = Settings.from_environment(home=Path(home), model=options.model)
            encoder = SentenceTransformerEncoder(embedding_model_path(settings))
            generator = open_generator(replace(settings, context_tokens=CONTEXT_TOKENS))
            measure(options, settings, encoder, generator, terminal)
    except (FootnoteError, LibraryError, OSError) as error:
        terminal.error(str(error))
        return 1
    return 0


def measure(
    options: argparse.Namespace, settings: Settings, encoder: Encoder, generator: Generator, terminal: Terminal
) -> None:
    """Asks, scores and prints."""
    own = read_report(options.against) if options.against else None
    questions = sample(read_gold(options.questions), options.limit, options.seed)
    with closing(Library(settings.index, encoder)) as library:
        if not library.add(documents_in(options.documents)).documents:
            raise EvaluationError(f"{options.documents}: no document could be read")
        known = golds(questions, in_folder(options.documents, library.document))
        baseline = Baseline(Chunked(library, encoder, generator.count_tokens), encoder, generator)
        ids = "\n".join(sorted(document.id for document in library.documents()))
        made = {
            "settings": {"chunk_tokens": CHUNK_TOKENS, "chunks": CHUNKS, "answer_tokens": ANSWER_TOKENS},
            "prompts": hashlib.sha256(INSTRUCTIONS.encode()).hexdigest(),
            "documents": hashlib.sha256(ids.encode()).hexdigest(),
        }
        journal = Journal(options.out or settings.home / "answers.jsonl", made)
        with terminal.progress("Answering") as progress:
            ask_all(baseline, questions, journal, 0.5, progress)
        records = scored_records(journal, questions, known, 0.5)
        report = report_of(records, documents_of(records, library), 0.5)
    if options.json:
        terminal.json(report_form(report))
        return
    print_report(terminal, report)
    if own:
        print_comparison(terminal, compare(str(options.against), own, report))


if __name__ == "__main__":
    sys.exit(main())
