"""The file of a run: one answer a line, written as it comes, so that an interrupted run goes on where it stopped.

Refuses to go on with answers that were made otherwise. Knows nothing of scores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.configuration import differences
from rag.evaluation.gold import Question
from rag.questions import readable

_BEGINNING = b'{"id": '


class Journal:
    """The answers of one file by the question's id; of several for one question the last."""

    def __init__(self, path: Path, made_by: Mapping[str, Any]) -> None:
        """Reads what the file holds. Raises EvaluationError where it is another file, or one of other answers.

        A last line that was not written to its end, as when the machine stopped, is taken out.
        """
        self.path = path
        self._made_by = made_by
        self.answers: dict[str, dict[str, Any]] = {}
        for record in _records(path):
            self._refuse_others(record)
            if "error" in record:
                self.answers.pop(record["id"], None)
            else:
                self.answers[record["id"]] = record

    def missing(self, questions: Iterable[Question]) -> list[Question]:
        """The questions without an answer here. Raises EvaluationError where an answer is to another question."""
        left = []
        for question in questions:
            record = self.answers.get(question.id)
            if record is None:
                left.append(question)
            elif record["question"] != readable(question.question):
                raise EvaluationError(
                    f"{self.path}: the answer {question.id} is to another question than that of your file;"
                    " name another file with --out"
                )
        return left

    def append(self, record: Mapping[str, Any]) -> None:
        """Writes one answer, or the fault that a question ended in. Raises EvaluationError as reading does, OSError."""
        line = {**record, "made_by": self._made_by}
        self._refuse_others(line)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        if "error" not in line:
            self.answers[line["id"]] = line

    def _refuse_others(self, record: Mapping[str, Any]) -> None:
        changed = differences(record["made_by"], self._made_by)
        known = next(iter(self.answers.values()), None)
        if known and "error" not in record:
            changed += differences(_models(known), _models(record))
        if changed:
            raise EvaluationError(
                f"{self.path} holds answers that were made otherwise: {', '.join(changed[:4])}; name another file with"
                " --out, or go back to what it was"
            )


def _models(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"model": record["model"], "embedding model": record["index"]["embedding_model"]}


def _records(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    content = path.read_bytes()
    whole, _, rest = content.rpartition(b"\n")
    records = []
    for number, line in enumerate(whole.split(b"\n") if whole else [], start=1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict) or not {"id", "question", "made_by"} <= record.keys():
            raise EvaluationError(
                f"{path}, line {number}: not an answer of an evaluation; name another file with --out"
            )
        records.append(record)
    if rest and not rest.startswith(_BEGINNING):
        raise EvaluationError(f"{path}: not a file of answers of an evaluation; name another file with --out")
    if rest:
        with path.open("r+b") as file:
            file.truncate(len(content) - len(rest))
    return records
