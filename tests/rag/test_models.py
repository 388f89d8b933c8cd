"""The catalogue's promises, how a model is named, and what a GGUF file must have to be taken."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import re
import struct
import time
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import pytest

from index.records import Progress
from rag import models
from rag.errors import ModelInvalid, ModelMissing
from rag.gguf import inspect
from rag.models import (
    Model,
    ModelFile,
    answering_model_path,
    catalogue,
    embedding_model_path,
    find,
    identity,
    installed,
    sha256_of,
    verify,
)
from rag.settings import Settings

UINT32, STRING, ARRAY, UINT64 = 4, 8, 9, 10
F32, Q4_K = 0, 12
BY_NAME = [pytest.param(model, id=model.name) for model in catalogue()]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", models=tmp_path / "models")


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


@dataclass
class Gguf:
    """A small GGUF file in the making, by the specification and not by the code under test."""

    version: int = 3
    template: str | None = "{{ messages }}"
    tensors: list[tuple[str, tuple[int, ...], int, int]] = field(
        default_factory=lambda: [("a", (8, 4), F32, 0), ("b", (256, 2), Q4_K, 128)]
    )
    data: int = 128 + 288
    keys: list[bytes] = field(default_factory=list)
    counts: tuple[int, int] | None = None

    def bytes(self) -> bytes:
        vocabulary = [text(word) for word in ("a", "bc", "", "déjà")]
        keys = [
            text("general.architecture") + struct.pack("<I", STRING) + text("llama"),
            text("llama.block_count") + struct.pack("<II", UINT32, 2),
            text("tokens") + struct.pack("<IIQ", ARRAY, STRING, len(vocabulary)) + b"".join(vocabulary),
            text("scores") + struct.pack("<IIQ", ARRAY, UINT64, 2) + bytes(16),
            *self.keys,
        ]
        if self.template is not None:
            keys.append(text("tokenizer.chat_template") + struct.pack("<I", STRING) + text(self.template))
        tensors, pairs = self.counts or (len(self.tensors), len(keys))
        head = b"GGUF" + struct.pack("<IQQ", self.version, tensors, pairs) + b"".join(keys)
        for name, shape, kind, offset in self.tensors:
            head += text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
            head += struct.pack("<IQ", kind, offset)
        return head + bytes(-len(head) % 32) + bytes(self.data)


def written(folder: Path, content: bytes, name: str = "model.gguf") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.unlink(missing_ok=True)  # some file systems wait for the disk when a file is truncated and written again
    path.write_bytes(content)
    return path


# --- the catalogue


@pytest.mark.parametrize("model", BY_NAME)
def test_each_model_states_what_it_must(model: Model) -> None:
    assert model.licence in ("Apache-2.0", "MIT")
    assert model.hub or model.wheels
    assert model.kind == "embedding" or len(model.files) == 1
    assert model.memory_gb < model.laptop_gb
    assert model.memory_gb * 1e9 > model.bytes
    for file in model.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.bytes > 0
        assert not PurePosixPath(file.path).is_absolute()
        assert ".." not in PurePosixPath(file.path).parts
    if model.hub:
        assert re.fullmatch("[0-9a-f]{40}", model.hub.revision), "a revision that can move pins nothing"
    if not model.tried:
        assert "could not be fetched and tried here" in model.note


@pytest.mark.parametrize("model", [case for case in BY_NAME if case.values[0].wheels])  # type: ignore[union-attr]
def test_wheels_hold_the_whole_model(model: Model) -> None:
    wheels = model.wheels
    assert wheels
    if wheels.part_bytes:
        assert (wheels.count - 1) * wheels.part_bytes < model.bytes <= wheels.count * wheels.part_bytes
        assert len({wheels.packages.format(part=part) for part in range(wheels.count)}) == wheels.count
        assert wheels.member.format(part=7).endswith("part07.bin")
    else:
        assert wheels.folder


def test_the_catalogue_serves_every_laptop_and_more_languages() -> None:
    stronger = [model for model in catalogue() if model.kind == "answering" and not model.tried]
    assert {model.laptop_gb for model in stronger} == {8, 16, 32}
    assert len(stronger) >= 4
    assert any(model.kind == "embedding" and len(model.languages) > 20 for model in catalogue())


def test_names_are_unique_and_the_defaults_exist(settings: Settings) -> None:
    names = [model.name for model in catalogue()]
    assert len(set(names)) == len(names)
    assert find(settings.model).kind == "answering"
    assert find(settings.embedding).kind == "embedding"


def test_an_unknown_name_is_told_all_names() -> None:
    with pytest.raises(ModelMissing) as error:
        find("gpt-5")
    assert "gpt-5" in str(error.value)
    for model in catalogue():
        assert model.name in str(error.value)


# --- naming a model


def test_a_model_that_was_not_fetched_comes_with_the_command(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match=f"`footnote models fetch {settings.model}`"):
        answering_model_path(settings)
    with pytest.raises(ModelMissing, match=f"`footnote models fetch {settings.embedding}`"):
        embedding_model_path(settings)


def test_an_incomplete_folder_is_not_installed(settings: Settings) -> None:
    model = find(settings.embedding)
    for path, file in zip(model.paths(settings.models), model.files, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as sparse:
            sparse.truncate(file.bytes)
    assert installed(model, settings.models)
    assert embedding_model_path(settings) == settings.models / model.name
    with model.paths(settings.models)[3].open("ab") as longer:
        longer.write(b"!")
    assert not installed(model, settings.models)
    with pytest.raises(ModelMissing, match="is incomplete: run `footnote models fetch"):
        embedding_model_path(settings)


def test_any_gguf_file_is_taken_by_its_path(settings: Settings, tmp_path: Path) -> None:
    path = written(tmp_path / "mine", Gguf().bytes())
    assert answering_model_path(replace(settings, model=str(path))) == path


@pytest.mark.parametrize("named", ["nowhere/model.gguf", "model.gguf", "/nowhere/at/all"])
def test_a_path_that_does_not_exist_is_named(settings: Settings, named: str) -> None:
    with pytest.raises(ModelMissing, match=r"model\.gguf does not exist|/nowhere/at/all does not exist"):
        answering_model_path(replace(settings, model=named))


def test_kinds_are_not_mixed_up(settings: Settings) -> None:
    with pytest.raises(ModelInvalid, match="is an embedding model"):
        answering_model_path(replace(settings, model=settings.embedding))
    with pytest.raises(ModelInvalid, match="is an answering model"):
        embedding_model_path(replace(settings, embedding=settings.model))


def test_what_is_no_model_at_all_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match=re.escape(str(tmp_path))):
        answering_model_path(replace(settings, model=str(tmp_path)))
    with pytest.raises(ModelInvalid, match=r"lacks config\.json, tokenizer\.json, model\.safetensors"):
        embedding_model_path(replace(settings, embedding=str(tmp_path)))
    file = written(tmp_path, b"words", "notes.txt")
    with pytest.raises(ModelInvalid, match="is a file"):
        embedding_model_path(replace(settings, embedding=str(file)))


# --- the header of a GGUF file


@pytest.mark.parametrize("version", [2, 3])
def test_a_good_file_says_what_it_is(tmp_path: Path, version: int) -> None:
    content = Gguf(version=version).bytes()
    header = inspect(written(tmp_path, content))
    assert header.architecture == "llama"
    assert header.chat_template == "{{ messages }}"
    assert header.tensors == 2
    assert header.bytes == len(content), "the size that the tensors need is the size of the file"


def test_every_beginning_of_a_good_file_is_refused(tmp_path: Path) -> None:
    content = Gguf().bytes()
    for length in range(len(content)):
        path = written(tmp_path, content[:length])
        with pytest.raises(ModelInvalid, match="not a GGUF file" if length < 4 else "is truncated"):
            inspect(path)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        pytest.param(Gguf(template=None), "has no chat template", id="no template"),
        pytest.param(Gguf(template="  "), "has no chat template", id="blank template"),
        pytest.param(Gguf(version=1), "its version is 1", id="version 1"),
        pytest.param(Gguf(version=3 << 24), "little-endian", id="big-endian"),
        pytest.param(Gguf(counts=(1 << 63, 6)), "it claims", id="tensors without end"),
        pytest.param(Gguf(counts=(2, 1 << 63)), "it claims", id="keys without end"),
        pytest.param(Gguf(keys=[struct.pack("<Q", 1 << 62)]), "it claims a text", id="key without end"),
        pytest.param(
            Gguf(keys=[text("x") + struct.pack("<IIQ", ARRAY, STRING, 1 << 60)]), "list of", id="strings without end"
        ),
        pytest.param(Gguf(keys=[text("x") + struct.pack("<IIQ", ARRAY, UINT64, 1 << 60)]), "truncated", id="array"),
        pytest.param(Gguf(keys=[text("x") + struct.pack("<IIQ", ARRAY, ARRAY, 1)]), "type 9", id="array of arrays"),
        pytest.param(Gguf(keys=[text("x") + struct.pack("<I", 77)]), "type 77", id="unknown type"),
        pytest.param(
            Gguf(keys=[text("general.alignment") + struct.pack("<II", UINT32, 0)]), "alignment", id="alignment of 0"
        ),
        pytest.param(Gguf(tensors=[("a", (1,) * 9, F32, 0)]), "9 dimensions", id="nine dimensions"),
        pytest.param(Gguf(tensors=[("a", (1 << 40, 1 << 40), F32, 0)]), "truncated", id="tensor without end"),
        pytest.param(Gguf(tensors=[("a", (1,), 999, 1 << 50)]), "truncated", id="new type beyond the end"),
    ],
)
def test_a_file_that_cannot_answer_is_named_with_its_fault(tmp_path: Path, file: Gguf, words: str) -> None:
    path = written(tmp_path, file.bytes())
    with pytest.raises(ModelInvalid, match=words) as error:
        inspect(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_tensor_type_newer_than_the_table_is_taken_on_trust(tmp_path: Path) -> None:
    path = written(tmp_path, Gguf(tensors=[("a", (1 << 20,), 999, 0)]).bytes())
    assert inspect(path).tensors == 1


def test_random_damage_never_does_more_than_refuse(tmp_path: Path) -> None:
    chance = random.Random(20260722)
    content = Gguf().bytes()
    refused = 0
    for _ in range(1_000):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged) - 416)] = chance.randrange(256)
        try:
            inspect(written(tmp_path, bytes(damaged)))
        except ModelInvalid:
            refused += 1
    assert refused > 250


def test_a_vocabulary_of_a_large_model_takes_milliseconds(tmp_path: Path) -> None:
    words = b"".join(text(f"word{number}") for number in range(300_000))
    path = written(tmp_path, Gguf(keys=[text("x") + struct.pack("<IIQ", ARRAY, STRING, 300_000) + words]).bytes())
    started = time.process_time()  # of this process alone, whatever else the machine does
    inspect(path)
    assert time.process_time() - started < 1.0  # 0.04 s


# --- hashes


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A catalogue of one model small enough to hash."""
    content = Gguf().bytes()
    file = ModelFile("tiny.gguf", len(content), hashlib.sha256(content).hexdigest())
    model = replace(find("smollm2-135m-instruct"), name="tiny", files=(file,))
    monkeypatch.setattr(models, "catalogue", lambda: (model,))
    return model


def test_the_hash_is_that_of_the_bytes_and_is_told_on_the_way(tmp_path: Path) -> None:
    content = random.Random(1).randbytes(3_000_000)
    steps: list[Progress] = []
    assert sha256_of(written(tmp_path, content), steps.append) == hashlib.sha256(content).hexdigest()
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    assert steps[-1].done == steps[-1].total == len(content)


def test_a_file_is_hashed_once_for_each_state_of_it(settings: Settings) -> None:
    path = written(settings.models, b"first")
    first = identity(path, settings)
    assert first.name == "model.gguf"
    assert first.sha256 == hashlib.sha256(b"first").hexdigest()
    status = path.stat()
    path.write_bytes(b"other")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert identity(path, settings) == first, "same size and time: not read again"
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert identity(path, settings).sha256 == hashlib.sha256(b"other").hexdigest()


@pytest.mark.parametrize("notes", [b"", b"[1, 2]", b"{", b'{"PATH": 3}', b"\xff\xfe"], ids=repr)
def test_damaged_notes_cost_only_time(settings: Settings, notes: bytes) -> None:
    path = written(settings.models, b"bytes")
    written(settings.models, notes.replace(b"PATH", str(path).encode()), models.HASHES)
    assert identity(path, settings).sha256 == hashlib.sha256(b"bytes").hexdigest()


def test_hashes_are_noted_in_the_home_where_the_models_cannot_be_written(tmp_path: Path) -> None:
    path = written(tmp_path, b"bytes")
    settings = Settings(home=tmp_path / "home", models=path / "below a file")
    identity(path, settings)
    assert (settings.home / models.HASHES).is_file()
    unwritable = replace(settings, home=path / "also below a file")
    assert identity(path, unwritable).sha256 == hashlib.sha256(b"bytes").hexdigest()


def test_a_hash_that_cannot_be_noted_leaves_nothing_behind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = written(settings.models, b"bytes")
    monkeypatch.setattr(os, "fsync", full)
    models.remember(path, "abc", settings)
    models.remember(path.with_name("gone.gguf"), "abc", settings)
    assert [entry for folder in (settings.models, settings.home) for entry in folder.iterdir()] == [path]


def test_a_model_of_the_catalogue_is_known_by_its_bytes_wherever_it_lies(
    settings: Settings, tmp_path: Path, tiny: Model
) -> None:
    path = written(tmp_path, Gguf().bytes(), "renamed.gguf")
    assert identity(path, settings).name == "tiny"


def test_verify_says_what_is_right_wrong_short_and_missing(settings: Settings, tiny: Model) -> None:
    assert verify(settings) == [], "nothing here and nothing asked for"
    chosen = replace(settings, model="tiny")
    ((_, ok, message),) = verify(chosen)
    assert (ok, message) == (False, "not fetched: run `footnote models fetch tiny`")

    path = written(settings.models, Gguf().bytes(), "tiny.gguf")
    steps: list[Progress] = []
    ((model, ok, _),) = verify(settings, steps.append)
    assert (model, ok) == (tiny, True)
    assert steps

    content = bytearray(Gguf().bytes())
    content[-1] ^= 1
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    ((_, ok, message),) = verify(settings)
    assert not ok, "verifying reads the bytes, whatever was noted"
    assert hashlib.sha256(content).hexdigest() in message
    assert tiny.sha256 in message

    path.write_bytes(content[:100])
    ((_, ok, message),) = verify(settings)
    assert not ok
    assert f"has 100 bytes instead of {tiny.bytes:,}: run `footnote models fetch tiny`" in message
