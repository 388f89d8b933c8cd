"""Prompt templates: plain text files in `prompts/`, each with a contract on its variables, checked when loaded.

A template's placeholders are `{name}`; any other brace stands for itself. The contract below says which file uses
which names; a file that lacks one, or uses another, is refused before any model is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import TemplateError

CONTRACT: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    "passage": frozenset({"title", "text"}),
    "question": frozenset({"question"}),
    "question_in": frozenset({"language", "question"}),
    "answerable": frozenset(),
    "checking": frozenset(),
    "stated": frozenset({"text", "statement"}),
    "gives": frozenset({"text", "question", "answer"}),
    "declined": frozenset(),
    "declined_part": frozenset({"question"}),
    "declined_de": frozenset(),
    "declined_part_de": frozenset({"question"}),
    "declined_ru": frozenset(),
    "declined_part_ru": frozenset({"question"}),
    "draft": frozenset({"title", "text", "sentence"}),
    "extract": frozenset({"sentence", "question"}),
}

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Templates:
    """The loaded templates by name. `sha256` identifies them together."""

    texts: Mapping[str, str]

    @property
    def sha256(self) -> str:
        joined = "\0".join(f"{name}\0{self.texts[name]}" for name in sorted(self.texts))
        return hashlib.sha256(joined.encode()).hexdigest()

    def render(self, name: str, **values: str) -> str:
        """Template `name` with its placeholders replaced; what is put in is never looked at for placeholders."""
        return _PLACEHOLDER.sub(lambda match: values[match.group(1)], self.texts[name])

    def said(self, name: str, language: str | None, **values: str) -> str:
        """The same in a language, such as "de", where there is a template for that; else in English."""
        translated = f"{name}_{language}"
        return self.render(translated if translated in self.texts else name, **values)


def checked(texts: Mapping[str, str]) -> Templates:
    """`texts` as templates, or a TemplateError that names the file and what it lacks or does not know."""
    for name, declared in CONTRACT.items():
        if name not in texts:
            raise TemplateError(f"prompts/{name}.txt is missing; reinstall Footnote")
        used = set(_PLACEHOLDER.findall(texts[name]))
        if used != declared:
            wrong = ", ".join(sorted(used ^ declared))
            raise TemplateError(f"prompts/{name}.txt: missing or unknown placeholder: {wrong}")
    unknown = sorted(texts.keys() - CONTRACT.keys())
    if unknown:
        raise TemplateError(f"prompts/{unknown[0]}.txt is used nowhere; remove it")
    return Templates(dict(texts))


def load() -> Templates:
    """The templates that came with this installation."""
    folder = Path(__file__).resolve().parent.parent / "prompts"  # not imported: a folder of that name is common
    return checked({file.stem: file.read_text(encoding="utf-8").strip() for file in folder.glob("*.txt")})
