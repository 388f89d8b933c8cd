"""The embedding model: what is refused before loading, and (slow) what the real one gives."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from index.encode import MANY, SentenceTransformerEncoder, checked, quickest_numbers, shortest_first
from index.errors import EncoderError
from index.split import split
from tests.fakes import HashingEncoder
from tests.index.texts import NASTY, nasty_text


@pytest.fixture
def hollow(tmp_path: Path) -> Path:
    """A folder with the files of an embedding model, and weights that are none."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    modules = [{"path": "", "type": "Transformer"}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]
    for name, content in {
        "modules.json": modules,
        "config.json": {"hidden_size": 768, "max_position_embeddings": 512},
        "1_Pooling/config.json": {"word_embedding_dimension": 384},
        "tokenizer.json": json.loads(Tokenizer(WordLevel({"word": 0}, unk_token="word")).to_str()),
        "model.safetensors": "no weights",
    }.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_folder_that_does_not_exist_is_named_and_never_looked_up_elsewhere() -> None:
    with pytest.raises(EncoderError, match="no embedding model in sentence-transformers/all-MiniLM-L6-v2"):
        SentenceTransformerEncoder(Path("sentence-transformers/all-MiniLM-L6-v2"))


@pytest.mark.parametrize("name", ["modules.json", "config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(name: str, hollow: Path) -> None:
    (hollow / name).unlink()
    with pytest.raises(EncoderError, match=f"lacks {name}: fetch the embedding model again"):
        SentenceTransformerEncoder(hollow)


def test_the_dimension_is_that_of_the_last_stage_that_has_one(hollow: Path) -> None:
    assert SentenceTransformerEncoder(hollow).dimension == 384


def test_a_model_that_does_not_say_how_much_it_reads_is_named(hollow: Path) -> None:
    assert SentenceTransformerEncoder(hollow).max_tokens == 512
    (hollow / "config.json").write_text('{"hidden_size": 768}', encoding="utf-8")
    with pytest.raises(EncoderError, match="does not state how long a text it reads: fetch"):
        _ = SentenceTransformerEncoder(hollow).max_tokens


def test_a_broken_file_is_named(hollow: Path) -> None:
    (hollow / "modules.json").write_text("{", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"modules\.json cannot be read"):
        _ = SentenceTransformerEncoder(hollow).dimension


def test_the_name_changes_with_the_weights(hollow: Path) -> None:
    before = SentenceTransformerEncoder(hollow).name
    assert before == SentenceTransformerEncoder(hollow).name
    (hollow / "model.safetensors").write_text("others", encoding="utf-8")
    assert SentenceTransformerEncoder(hollow).name != before
    assert before.startswith("model@")


def test_no_text_needs_no_model(hollow: Path) -> None:
    assert SentenceTransformerEncoder(hollow).encode([]).shape == (0, 384)


class SlowModel:
    """Takes a moment for every batch and notes how many texts came in each."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.busy = threading.Event()

    def encode(self, texts: list[str], **_: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        self.batches.append(len(texts))
        self.busy.set()
        time.sleep(0.02)
        return np.full((len(texts), 384), 384**-0.5, np.float32)


@pytest.mark.slow
def test_a_question_does_not_wait_for_a_long_document(hollow: Path) -> None:
    encoder, model = SentenceTransformerEncoder(hollow), SlowModel()
    vars(encoder)["_model"] = model
    document = threading.Thread(target=encoder.encode, args=(["text"] * 1000,))
    document.start()
    model.busy.wait()
    encoder.encode(["question"])
    assert document.is_alive()
    document.join()
    assert model.batches.index(1) <= 3


def test_texts_stand_by_their_tokens_not_by_their_characters() -> None:
    texts = ["four words in all", "a b c d e f", "incomprehensibilities", "a b", "two words"]
    assert shortest_first(texts, HashingEncoder()) == [2, 3, 4, 0, 1]
    assert shortest_first(["one"], HashingEncoder()) == [0]
    assert shortest_first([], HashingEncoder()) == []


def test_a_wrong_shape_is_named_with_both_numbers() -> None:
    with pytest.raises(EncoderError, match=r"\(2, 3\).*\(2, 4\)"):
        checked(np.ones((2, 3), np.float32), 2, 4)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_without_numbers_are_counted(value: float) -> None:
    vectors = np.ones((3, 4), np.float32)
    vectors[1, 2] = value
    with pytest.raises(EncoderError, match="1 of 3"):
        checked(vectors, 3, 4)


@pytest.fixture(scope="session")
def encoder(embedding_model: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(embedding_model)


@pytest.mark.slow
def test_vectors_are_normalised_stable_and_know_meaning(encoder: SentenceTransformerEncoder) -> None:
    texts = ["The mission was closed.", "They shut the office down.", "Bread is baked from flour."]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert np.allclose(encoder.encode(texts[:1])[0], vectors[0], atol=1e-5)


@pytest.mark.slow
def test_a_row_belongs_to_its_text_whatever_the_lengths(encoder: SentenceTransformerEncoder) -> None:
    texts = [f"Sentence {i} " + "and more words " * (i * 7 % 40) for i in range(80)]
    vectors = encoder.encode(texts)
    for row in (0, 41, 79):
        assert encoder.encode([texts[row]])[0] @ vectors[row] > 0.9999


@pytest.mark.slow
def test_the_quickest_numbers_are_hardly_others(encoder: SentenceTransformerEncoder) -> None:
    texts = [nasty_text(seed)[:200] for seed in range(MANY + 1)]
    few = np.concatenate([encoder.encode(texts[: MANY // 2]), encoder.encode(texts[MANY // 2 :])])
    assert (encoder.encode(texts) * few).sum(axis=1).min() > 0.9999
    with quickest_numbers():
        assert (encoder.encode(texts[: MANY // 2]) * few[: MANY // 2]).sum(axis=1).min() > 0.9999


@pytest.mark.slow
def test_counts_are_those_of_the_models_own_tokenizer(encoder: SentenceTransformerEncoder) -> None:
    tokenizer = encoder._model.tokenizer
    texts = [nasty_text(seed) for seed in range(20)]
    expected = [len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    assert encoder.count_tokens(texts) == expected
    assert encoder.max_tokens == encoder._model.max_seq_length - 2


@pytest.mark.slow
def test_tokens_begin_where_their_words_do(encoder: SentenceTransformerEncoder) -> None:
    texts = ["Who opened it?", "  Über Straßen\nund Plätze: 1.5", "", "word " * 400]
    short, foreign, empty, cut = encoder.encode_tokens(texts)
    for vectors, starts in (short, foreign, empty, cut):
        assert len(vectors) == len(starts)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert starts[0] == starts[-1] == -1
        assert (np.diff(starts[1:-1]) >= 0).all()
    assert short.starts.tolist() == [-1, 0, 4, 11, 13, -1]
    assert {texts[1][start] for start in foreign.starts[1:-1]} >= set("ÜSuP:1.5")
    assert len(empty.starts) == 2
    assert len(cut.starts) == encoder.max_tokens + 2


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NASTY, *range(10)])
def test_no_passage_exceeds_the_budget(name: str | int, encoder: SentenceTransformerEncoder) -> None:
    text = NASTY[name] if isinstance(name, str) else nasty_text(name)
    passages = [text[start:end] for start, end, _ in split(text, [], encoder.count_tokens, 112)]
    assert max(encoder.count_tokens(passages)) <= 112
    assert "".join("".join(passage.split()) for passage in passages) == "".join(text.split())


@pytest.mark.slow
def test_damaged_weights_are_named(embedding_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(embedding_model, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: 1 << 20])
    with pytest.raises(EncoderError, match="cannot be loaded"):
        SentenceTransformerEncoder(folder).encode(["a text"])
