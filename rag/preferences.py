"""What a reader has chosen for one home: a small JSON file in it, read when settings are built, written by the page.

Knows what can be chosen and within what limits. A file that makes no sense is told in one line and left as it is;
keys that this version does not know are kept.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.home import make_home, replace_file
from rag.errors import SettingsError

FILE = "settings.json"
MOST_PASSAGES = 12  # of the few that search finds
MOST_TOKENS_READ = 1100  # and half as many again, of a context of 2048 that question and answer share
_choosing = threading.Lock()  # one choice is read, changed and written at a time


@dataclass(frozen=True, slots=True)
class Preferences:
    """Each of the same meaning as in `Settings`; `watch`, which shapes no answer, is whether a page follows the disk.

    None where nothing was chosen and the default holds.
    """

    model: str | None = None
    threshold: float | None = None
    passages: int | None = None
    passage_tokens_read: int | None = None
    show_unsupported: bool | None = None
    creativity: float | None = None
    watch: bool | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Those of the settings that were chosen, by name."""
        return {name: getattr(self, name) for name in _SETTINGS if getattr(self, name) is not None}


_SETTINGS = ("model", "threshold", "passages", "passage_tokens_read", "show_unsupported", "creativity")
_NAMES = (*_SETTINGS, "watch")
_SHARES = ("threshold", "creativity")  # of these a page sends 0 and 1 as whole numbers


def load(home: Path) -> Preferences:
    """What was chosen for `home`. Raises SettingsError for a file that cannot be read or makes no sense."""
    path = home / FILE
    kept = _kept(path)
    for name in _NAMES:
        if kept.get(name) is not None and not _sensible(name, kept[name]):
            raise SettingsError(
                f"{path}: {name} cannot be {json.dumps(kept[name], ensure_ascii=False)}; {_LIMITS[name]}"
            )
    kept |= {name: float(kept[name]) for name in _SHARES if kept.get(name) is not None}
    return Preferences(**{name: kept.get(name) for name in _NAMES})


def choose(home: Path, **chosen: str | float | bool | None) -> Preferences:
    """Keeps what was chosen besides what was chosen before, and returns both; None goes back to the default.

    The file is replaced in one step. Raises SettingsError, also where the file there makes no sense: it is not
    overwritten then.
    """
    path = home / FILE
    with _choosing:
        load(home)
        kept = _kept(path) | chosen
        for name, value in chosen.items():
            if value is None:
                del kept[name]
            elif not _sensible(name, value):
                raise SettingsError(f"{name} cannot be {value}; {_LIMITS.get(name, 'there is no such setting')}")
        _write(path, kept)
        return load(home)


def _write(path: Path, kept: dict[str, Any]) -> None:
    content = f"{json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)}\n"
    try:
        make_home(path.parent)
        replace_file(path, content.encode())
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}") from error


def _kept(path: Path) -> dict[str, Any]:
    """Everything in the file; {} where there is none."""
    mend = "mend it, or move it away to go back to the defaults"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(_unreadable(path, error)) from error
    except json.JSONDecodeError as error:
        raise SettingsError(f"{path} is damaged in line {error.lineno} ({error.msg}): {mend}") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is damaged, it is no JSON text: {mend}") from error
    if not isinstance(kept, dict):
        raise SettingsError(f"{path} is damaged, it holds no settings by name: {mend}")
    return kept


def _unreadable(path: Path, error: OSError) -> str:
    file = next((one for one in path.parents if one.is_file()), None)
    if file is not None:
        return f"{file} is a file, and the home has to be a folder: move it away, or choose another with --home FOLDER"
    mend = "make it readable, or move it away to go back to the defaults"
    return f"{path} cannot be read ({error.strerror or error}): {mend}"


_LIMITS = {
    "model": "it is the name of a model or the path of a file",
    "threshold": "it is a number between 0 and 1",
    "passages": f"it is a whole number from 1 to {MOST_PASSAGES}",
    "passage_tokens_read": f"it is a whole number from 64 to {MOST_TOKENS_READ}",
    "show_unsupported": "it is true or false",
    "creativity": "it is a number between 0 and 1",
    "watch": "it is true or false",
}


def _sensible(name: str, value: object) -> bool:
    match name, value:
        case "show_unsupported" | "watch", bool():
            return True
        case _, bool():
            return False
        case "model", str() as named:
            return bool(named.strip()) and "\0" not in named
        case "threshold" | "creativity", int() | float() as share:
            return 0 <= share <= 1
        case "passages", int() as number:
            return 1 <= number <= MOST_PASSAGES
        case "passage_tokens_read", int() as number:
            return 64 <= number <= MOST_TOKENS_READ
    return False
