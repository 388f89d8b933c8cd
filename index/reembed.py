"""Another embedding model: every stored text is split and encoded anew, and then all documents change over at once.

What is encoded is kept beside the documents, a few at a time, so that an interrupted run goes on where it was. Until
the last one is done the library is searched as before, by whoever still uses the former model.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from index.encode import Encoder, Vectors
from index.errors import DocumentNotFound, StoreError
from index.prepare import passages_of, texts_to_encode
from index.records import Passage, Progress
from index.settings import IndexSettings
from index.store import Store
from index.update import GROUP_PASSAGES, Cancelled, Watch, encoded

Split = dict[str, tuple[Passage, ...]]


def reembed(settings: IndexSettings, store: Store, encoder: Encoder, watch: Watch, stopped: Cancelled) -> None:
    """Brings the library over to the encoder's model; ends early when stopped. Raises StoreError, EncoderError.

    Several processes may do so at once for one model, and share what each has encoded; for two models only one may.
    """
    with store.reading() as snapshot:
        if snapshot.embedding_model in ("", encoder.name):
            return
        total = snapshot.totals().documents
    with store.writing() as change:  # what another model began is of no use
        change.connection.execute("DELETE FROM encoded_anew WHERE model != ?", (encoder.name,))
    while not stopped():
        with store.reading() as snapshot:
            if snapshot.embedding_model == encoder.name:
                return  # another process was done first
            waiting = _waiting(snapshot.connection, encoder)
        watch(Progress(total - len(waiting), max(total, len(waiting)), "documents", "for another model"))
        if not waiting:
            if _change_over(store, encoder):
                return
            continue
        group, texts = _group(store, encoder, settings.passage_tokens, waiting)
        vectors = encoded(texts, encoder, watch, stopped)
        if vectors is None:
            return
        _keep(store, encoder, group, vectors)


def _waiting(connection: sqlite3.Connection, encoder: Encoder) -> list[str]:
    """The documents that are not encoded yet, those added first first. Raises StoreError as below."""
    _check_alone(connection, encoder)
    rows = connection.execute(
        "SELECT id FROM documents WHERE key NOT IN (SELECT document FROM encoded_anew) ORDER BY key"
    )
    return [document_id for (document_id,) in rows]


def _check_alone(connection: sqlite3.Connection, encoder: Encoder) -> None:
    """Raises StoreError where another process has begun to encode the documents for another model."""
    other = connection.execute("SELECT model FROM encoded_anew WHERE model != ?", (encoder.name,)).fetchone()
    if other:
        raise StoreError(f"another process encodes the documents for the embedding model {other[0]}: let it finish")


def _group(store: Store, encoder: Encoder, passage_tokens: int, waiting: Sequence[str]) -> tuple[Split, list[str]]:
    """Some of the documents with their passages for this model, and what the model is to see of these, in order."""
    group: Split = {}
    texts: list[str] = []
    with store.reading() as snapshot:
        for document_id in waiting:
            try:
                document, language = snapshot.document(document_id), snapshot.language_of(document_id)
            except DocumentNotFound:
                continue  # removed meanwhile
            group[document_id] = passages_of(document, language, encoder, passage_tokens)
            texts += texts_to_encode(document.title, group[document_id], encoder)
            if len(texts) >= GROUP_PASSAGES:
                break
    return group, texts


def _keep(store: Store, encoder: Encoder, group: Split, vectors: Vectors) -> None:
    first = 0
    with store.writing() as change:
        if change.embedding_model == encoder.name:
            return
        _check_alone(change.connection, encoder)
        for document_id, passages in group.items():
            rows = vectors[first : first + len(passages)]
            first += len(passages)
            spans = json.dumps([(passage.start, passage.end, passage.heading) for passage in passages])
            change.connection.execute(
                "INSERT OR REPLACE INTO encoded_anew SELECT key, ?, ?, ? FROM documents WHERE id = ?",
                (encoder.name, spans, rows.astype("<f4").tobytes(), document_id),
            )


def _change_over(store: Store, encoder: Encoder) -> bool:
    """Replaces passages and vectors of all documents in one transaction; False where one was added meanwhile."""
    with store.writing() as change:
        if _waiting(change.connection, encoder):
            return False
        rows = change.connection.execute("SELECT id, spans, vectors FROM encoded_anew JOIN documents ON key = document")
        for document_id, spans, blob in rows.fetchall():
            text = change.document(document_id).text
            passages = [
                Passage(document_id, start, end, text[start:end], heading) for start, end, heading in json.loads(spans)
            ]
            vectors = np.frombuffer(blob, "<f4").reshape(len(passages), encoder.dimension)
            change.replace_passages(document_id, passages, vectors)
        change.connection.execute("DELETE FROM encoded_anew")
        change.use_model(encoder.name, encoder.dimension)
        change.become_another()
    return True
