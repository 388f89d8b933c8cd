"""The configuration of answering: one frozen value, built once at an edge from options, the environment and the home.

Nothing below the edges reads an environment variable.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from index.settings import IndexSettings
from rag import preferences
from rag.errors import SettingsError

APPLICATION = "footnote"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes an answer.

    `model` and `embedding` are names of the catalogue, or paths (a GGUF file, a folder). Of the `candidates` that
    search finds a second look chooses those to read: `passages` of them at most, `passage_tokens_read` tokens
    together, half as many again for a question of several parts, and twice as many where the answer is not sure; each
    token read costs about 20 ms on two cores.
    `threshold` is the confidence below which Footnote says that the documents do not say, `hopeless` the probability,
    judged before anything is written, below which writing is not even tried. Where not `show_unsupported`, sentences
    that the passages do not support are left out.
    `creativity` of 0 means that the likeliest token is always written; above, up to 1, it is the temperature at which
    tokens are drawn.
    `threads` of 0 means the machine's physical cores.
    """

    home: Path
    models: Path
    model: str = "qwen2.5-coder-1.5b-instruct"
    embedding: str = "all-minilm-l6-v2"
    candidates: int = 14
    passages: int = 6
    passage_tokens_read: int = 350
    answer_tokens: int = 192
    context_tokens: int = 2048
    threads: int = 0
    threshold: float = 0.2
    hopeless: float = 0.05
    show_unsupported: bool = True
    creativity: float = 0.0

    @property
    def index(self) -> IndexSettings:
        return IndexSettings(home=self.home)

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        home: Path | None = None,
        model: str | None = None,
    ) -> Settings:
        """Options first, then FOOTNOTE_HOME, FOOTNOTE_MODELS, FOOTNOTE_MODEL and FOOTNOTE_EMBEDDING, then what was
        chosen for the home, then the platform's folders and the defaults above.

        Raises SettingsError where a folder cannot be meant, or what was chosen for the home cannot be read.
        """
        variables = os.environ if environment is None else environment
        default_home = Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))
        default_models = Path(platformdirs.user_cache_dir(APPLICATION, appauthor=False)) / "models"
        chosen_home = home or Path(variables.get("FOOTNOTE_HOME") or default_home)
        settings = cls(
            home=_folder(chosen_home),
            models=_folder(Path(variables.get("FOOTNOTE_MODELS") or default_models)),
        )
        settings = replace(settings, **preferences.load(settings.home).chosen)
        chosen_model = model or variables.get("FOOTNOTE_MODEL")
        if chosen_model:
            settings = replace(settings, model=chosen_model)
        if variables.get("FOOTNOTE_EMBEDDING"):
            settings = replace(settings, embedding=variables["FOOTNOTE_EMBEDDING"])
        return settings


def _folder(named: Path) -> Path:
    """The folder as a whole path. Raises SettingsError for that of a person who is not known here."""
    try:
        return named.expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(f"{named} cannot be found: nobody here has a folder {named.parts[0]}") from error
