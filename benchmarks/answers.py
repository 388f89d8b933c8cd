"""How good the answers are: `python -m benchmarks.answers QUESTIONS.jsonl --documents FOLDER`.

The folder is read into a home of its own that lasts as long as the command. Every question is asked of the whole
assistant, one after another, and each answer is appended to `--out` as it comes, so that a run that was interrupted
goes on where it stopped. Then the answers are scored (`benchmarks/scoring.py`) beside the floors.

Right answers are counted among the answerable questions; prompt tokens, first word and total are medians over all
questions, a refusal's first word being the refusal. A fault is written down as an error and asked again in the next
run; with one, nothing is scored and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.gold import GoldError, Question, documents_in, gold_form, read_gold, sample
from benchmarks.report import Measure, fault, report
from benchmarks.scoring import Scores, score
from index.errors import LibraryError
from rag import forms
from rag.errors import FootnoteError
from rag.settings import Settings

if TYPE_CHECKING:
    from index.library import Library
    from rag.records import Answer

TITLES = {
    "right": "answerable questions answered right",
    "unanswerable_declined": "unanswerable questions declined",
    "answerable_declined": "answerable questions declined",
    "some_evidence_read": "some gold evidence among the passages read",
    "all_evidence_read": "all gold evidence among the passages read",
    "quotes_exact": "citations quoting their document exactly",
    "passages_exact": "passages quoting their document exactly",
    "markers_resolve": "markers that resolve",
    "right_answer_cited": "right answers whose cited words hold the answer",
    "sentences_supported": "sentences supported",
    "sentences_partial": "sentences partly supported",
    "sentences_unsupported": "sentences not supported",
    "prompt_tokens": "prompt tokens",
    "first_token_s": "question to first word",
    "total_s": "question to whole answer",
}


class Answering(Protocol):
    """What is measured."""

    @property
    def library(self) -> Library: ...

    def answer(self, question: str) -> Answer: ...


def _open(settings: Settings) -> Answering:
    from rag.wiring import open_assistant

    return open_assistant(settings)


def main(arguments: Sequence[str] | None = None, opener: Callable[[Settings], Answering] = _open) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="the documents asked about")
    parser.add_argument("--out", type=Path, metavar="FILE", help="append each answer to FILE, one JSON object a line")
    parser.add_argument("--model", metavar="NAME|FILE", help="the answering model, instead of the default")
    parser.add_argument("--limit", type=int, metavar="N", help="ask N of the questions, drawn at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (default 0)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            settings = Settings.from_environment(home=Path(home), model=options.model)
            return _measure(options, opener(settings))
    except (GoldError, FootnoteError, LibraryError, OSError) as error:
        return fault(error)


def _measure(options: argparse.Namespace, assistant: Answering) -> int:
    with closing(assistant.library) as library:
        questions = sample(read_gold(options.questions), options.limit, options.seed)
        _read_documents(library, options.documents)
        golds = {q.id: gold_form(q, options.documents, lambda name: library.document(name).text) for q in questions}
        lost = [name for name, gold in golds.items() if gold["lost"]]
        if lost:
            _say(f"left out of the measures of evidence, which is not in the stored text: {', '.join(lost)}")
        records = read_records(options.out) if options.out else {}
        for number, question in enumerate(questions, start=1):
            if "error" not in records.get(question.id, {"error": "not asked yet"}):
                continue
            _say(f"{number} of {len(questions)}: {question.question}")
            records[question.id] = _ask(assistant, question)
            _refuse_mixture(records)
            if options.out:
                _append(options.out, records[question.id] | {"gold": golds[question.id]})
        faulty = [question.id for question in questions if "error" in records[question.id]]
        if faulty:
            return fault(f"{len(faulty)} of {len(questions)} questions ended in a fault: {', '.join(faulty)}")
        asked = [{**records[question.id], "gold": golds[question.id]} for question in questions]
        texts = {name: library.document(name).text for name in _documents_shown(asked)}
    return report(
        "answers",
        measures(score(asked, texts), len(asked)),
        options.json,
        {"questions": len(asked), "model": asked[0]["model"], "index": asked[0]["index"]},
    )


def measures(scores: Scores, questions: int) -> list[Measure]:
    """The lines of the table."""
    lines = [
        Measure(name, TITLES[name], share.value, "%", f"{share.hits} of {share.of}")
        for name, share in scores.shares.items()
    ]
    for name, value in scores.medians.items():
        lines.append(
            Measure(name, TITLES[name], value, "tokens" if name == "prompt_tokens" else "s", f"median of {questions}")
        )
    return lines


def read_records(path: Path) -> dict[str, dict[str, Any]]:
    """The records of an earlier run by question; of several for one question the last.

    Raises GoldError where the file ends in half a line.
    """
    if not path.exists():
        return {}
    *lines, rest = path.read_text(encoding="utf-8").split("\n")
    if rest:
        raise GoldError(f"{path}: its last line was not written to the end; delete that line")
    return {record["id"]: record for record in map(json.loads, lines)}


def _refuse_mixture(records: Mapping[str, Mapping[str, Any]]) -> None:
    """A score over the answers of two models would belong to neither."""
    made_by = {
        (record["model"]["name"], record["index"]["embedding_model"])
        for record in records.values()
        if "error" not in record
    }
    if len(made_by) > 1:
        names = ", ".join(sorted(" with ".join(pair) for pair in made_by))
        raise GoldError(f"the file holds answers of different models ({names}); name another with --out")


def _read_documents(library: Library, folder: Path) -> None:
    found = documents_in(folder)
    ledger = library.add(found)
    for file in ledger.refused:
        _say(f"refused: {file.path}: {file.reason}")
    if not ledger.documents:
        raise GoldError(f"{folder}: no document could be read")


def _ask(assistant: Answering, question: Question) -> dict[str, Any]:
    try:
        return forms.batch_form(assistant.answer(question.question), question.id)
    except (FootnoteError, LibraryError) as error:
        _say(f"fault: {error}")
        return {"id": question.id, "question": question.question, "error": f"{type(error).__name__}: {error}"}


def _append(path: Path, record: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _documents_shown(records: Sequence[Mapping[str, Any]]) -> list[str]:
    shown = {passage["document_id"] for record in records for passage in record["passages"]}
    cited = {
        citation["document_id"]
        for record in records
        for sentence in record["sentences"]
        for citation in sentence["citations"]
    }
    return sorted(shown | cited)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
