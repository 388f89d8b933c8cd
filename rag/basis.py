"""What one answer is made by: the model with what it is used by, and the state of the index; fixed before it begins.

From it follow the answer's id and what is kept for giving it again. Whatever is chosen or added while the answer is
being made counts for the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from index.records import Hit
from rag import itself
from rag.records import Circumstances, IndexIdentity
from rag.writer import Writer


@dataclass(frozen=True, slots=True)
class Basis:
    """The writer of one answer and the index it reads from, as both were when the question came."""

    writer: Writer
    index: IndexIdentity

    def answer_id(self, question: str, hits: Sequence[Hit]) -> str:
        """The same question to the same model over the same passages of the same index, with the same settings and the
        same Footnote, is the same answer; where tokens are drawn, by the same seed. 16 hexadecimal digits."""
        writer = self.writer
        made_from = (
            question,
            *(hit.passage.id for hit in hits),
            writer.generator.identity.sha256,
            str(self.index.generation),
            self.index.embedding_model,
            writer.templates.sha256,
            itself.fingerprint(),
            repr(writer.settings),
            *([str(writer.seed)] if writer.seed else []),
        )
        return hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16]

    def circumstances(self, documents: Collection[str] | None) -> Circumstances:
        """What the answer depends on besides its question; `documents` are the ids of those it is limited to, None
        means all."""
        writer = self.writer
        settings = asdict(writer.settings)
        return Circumstances(
            version=version("footnote"),
            model=writer.generator.identity.name,
            model_sha256=writer.generator.identity.sha256,
            prompts_sha256=writer.templates.sha256,
            embedding_model=self.index.embedding_model,
            generation=self.index.generation,
            seed=writer.seed,
            settings={name: settings[name] for name in settings if name not in ("home", "models")},
            documents=tuple(documents or ()),
            itself_sha256=itself.fingerprint(),
            engine=version("llama-cpp-python"),
        )
