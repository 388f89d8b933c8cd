"""The dense index: in step with the store, and never opening a sidecar that the store does not vouch for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import dense
from index.dense import DenseIndex

DIMENSION = 16


class Source:
    """A state of a store, held in a dictionary. Counts the vectors it was asked for."""

    def __init__(self, dimension: int = DIMENSION) -> None:
        self.identity = "store"
        self.generation = 0
        self.dimension = dimension
        self.sidecar = ""
        self.rows: dict[int, NDArray[np.float32]] = {}
        self.asked = 0

    def passage_ids(self, after: int = 0) -> NDArray[np.int64]:
        return np.array(sorted(row for row in self.rows if row > after), np.int64)

    def passage_count(self, up_to: int | None = None) -> int:
        return sum(up_to is None or row <= up_to for row in self.rows)

    def held(self, ids: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
        rows = sorted(set(ids) & set(self.rows))
        return rows, self.vectors(rows)

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        self.asked += len(ids)
        return np.stack([self.rows[i] for i in ids]) if ids else np.empty((0, self.dimension), np.float32)

    def put(self, *ids: int, seed: int = 0) -> Source:
        for i in ids:
            vector = np.random.default_rng((seed, i)).normal(size=self.dimension).astype(np.float32)
            self.rows[i] = vector / np.linalg.norm(vector)
        self.generation += 1
        return self

    def drop(self, *ids: int) -> None:
        for i in ids:
            del self.rows[i]
        self.generation += 1


def query(seed: int = 99) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def brute_force(source: Source, vector: NDArray[np.float32], limit: int) -> list[int]:
    ids = sorted(source.rows)
    cosines = np.stack([source.rows[i] for i in ids]) @ vector
    return [ids[row] for row in np.argsort(-cosines, kind="stable")[:limit]]


def search(
    index: DenseIndex, vector: NDArray[np.float32], limit: int, source: Source, among: Sequence[int] | None = None
) -> list[tuple[int, float]]:
    """As the library searches by meaning."""
    return dense.ranked(vector, index.candidates(vector, limit, among), limit, source)


def ranked(index: DenseIndex, source: Source, vector: NDArray[np.float32], limit: int = 10) -> list[int]:
    return [row for row, _ in search(index, vector, limit, source)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "passages.faiss"


@pytest.mark.parametrize("seed", range(10))
def test_equals_brute_force(seed: int, path: Path) -> None:
    source = Source().put(*range(1, 500, 3), seed=seed)
    index = DenseIndex(path)
    index.catch_up(source)
    assert ranked(index, source, query(seed), 20) == brute_force(source, query(seed), 20)


def test_cosines_are_those_of_the_vectors(path: Path) -> None:
    source = Source().put(1, 2, 3)
    index = DenseIndex(path)
    index.catch_up(source)
    hits = search(index, query(), 3, source)
    assert len(hits) == 3
    for row, cosine in hits:
        assert cosine == pytest.approx(float(source.rows[row] @ query()), abs=1e-6)


def test_follows_additions_and_removals_without_reading_all_again(path: Path) -> None:
    source = Source().put(*range(1, 100))
    index = DenseIndex(path)
    index.catch_up(source)
    source.put(*range(200, 210))
    source.drop(*range(1, 50))
    source.asked = 0
    index.catch_up(source)
    assert source.asked == 10
    assert ranked(index, source, query(), 100) == brute_force(source, query(), 100)


def test_an_earlier_state_leaves_a_later_one(path: Path) -> None:
    early, late = Source().put(1), Source().put(1).put(2)
    index = DenseIndex(path)
    index.catch_up(late)
    index.catch_up(early)
    assert sorted(ranked(index, late, query())) == [1, 2]


def test_another_store_starts_afresh(path: Path) -> None:
    source, other = Source().put(1, 2).put(3), Source().put(1, seed=7)
    other.identity = "other"
    index = DenseIndex(path)
    index.catch_up(source)
    index.catch_up(other)
    [(row, cosine)] = search(index, other.rows[1], 5, other)
    assert (row, round(cosine, 5)) == (1, 1.0)


def test_equal_vectors_come_in_the_order_of_their_ids(path: Path) -> None:
    source = Source().put(1)
    source.rows = dict.fromkeys((9, 4, 7), source.rows[1])
    index = DenseIndex(path)
    index.catch_up(source)
    assert ranked(index, source, query()) == [4, 7, 9]


def test_an_empty_store_finds_nothing(path: Path) -> None:
    index = DenseIndex(path)
    assert search(index, query(), 5, Source()) == []
    index.catch_up(Source())
    assert search(index, query(), 5, Source()) == []


def test_a_search_leaves_the_threads_of_other_libraries_alone(path: Path) -> None:
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    index, source = DenseIndex(path), Source().put(1)
    index.catch_up(source)
    search(index, query(), 1, source)
    assert faiss.omp_get_max_threads() == 3
    faiss.omp_set_num_threads(before)


def test_a_query_of_another_dimension_is_refused_with_both_numbers(path: Path) -> None:
    index, source = DenseIndex(path), Source().put(1)
    index.catch_up(source)
    with pytest.raises(ValueError, match=r"\(5,\).* 16"):
        search(index, np.ones(5, np.float32), 1, source)


def test_a_written_sidecar_saves_reading_the_vectors(path: Path) -> None:
    source = Source().put(*range(1, 60))
    source.sidecar = DenseIndex(path).write(source)
    source.asked = 0
    index = DenseIndex(path)
    assert not index.catch_up(source)
    assert source.asked == 0
    assert ranked(index, source, query()) == brute_force(source, query(), 10)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_stale_sidecar_is_a_start(path: Path) -> None:
    source = Source().put(*range(1, 60))
    source.sidecar = DenseIndex(path).write(source)
    source.put(60)
    source.drop(1)
    source.asked = 0
    index = DenseIndex(path)
    assert index.catch_up(source)
    assert source.asked == 1
    assert ranked(index, source, query(), 60) == brute_force(source, query(), 60)


@pytest.mark.parametrize(
    "damage", ["missing", "truncated", "one-bit", "foreign", "empty", "folder", "unknown-to-the-store"]
)
def test_a_sidecar_that_is_not_vouched_for_is_rebuilt(damage: str, path: Path) -> None:
    source = Source().put(*range(1, 60))
    source.sidecar = DenseIndex(path).write(source)
    content = path.read_bytes()
    match damage:
        case "missing":
            path.unlink()
        case "truncated":
            path.write_bytes(content[:-10])
        case "one-bit":
            path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
        case "foreign":
            DenseIndex(path).write(Source().put(*range(1, 60), seed=5))
        case "empty":
            path.write_bytes(b"")
        case "folder":
            path.unlink()
            path.mkdir()
        case _:
            source.sidecar = ""
    source.asked = 0
    index = DenseIndex(path)
    index.catch_up(source)
    assert source.asked == 59
    assert ranked(index, source, query()) == brute_force(source, query(), 10)


def test_the_stamp_tells_generation_and_count(path: Path) -> None:
    stamp = json.loads(DenseIndex(path).write(Source().put(1, 2).put(3)))
    assert (stamp["generation"], stamp["count"]) == (2, 3)


def test_a_folder_that_cannot_be_written_leaves_no_crumbs(tmp_path: Path) -> None:
    target = tmp_path / "passages.faiss"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        DenseIndex(target).write(Source().put(1))
    assert list(tmp_path.iterdir()) == [target]


# The form for many passages, made small by a low limit.


def clustered(count: int, dimension: int = 384, clusters: int = 200) -> Source:
    """Vectors as embeddings lie: in clusters, and some directions longer than others."""
    chance = np.random.default_rng(1)
    lengths = np.arange(1, dimension + 1) ** -0.5
    centres = chance.normal(size=(clusters, dimension)) * lengths
    vectors = centres[chance.integers(clusters, size=count)] + 0.8 * chance.normal(size=(count, dimension)) * lengths
    vectors @= np.linalg.qr(chance.normal(size=(dimension, dimension)))[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    source = Source(dimension)
    source.rows = dict(enumerate(vectors.astype(np.float32), start=1))
    source.generation = 1
    return source


def near(source: Source, row: int) -> NDArray[np.float32]:
    noise = np.random.default_rng(row).normal(size=source.dimension).astype(np.float32)
    vector: NDArray[np.float32] = source.rows[row] + 0.7 * noise / np.linalg.norm(noise)
    return vector / np.linalg.norm(vector)


@pytest.mark.slow
def test_the_form_for_many_finds_what_exact_search_finds_at_a_twelfth_of_the_size(path: Path) -> None:
    source = clustered(20_000)
    index = DenseIndex(path, exact_up_to=1000)
    index.catch_up(source)
    matrix = np.stack(list(source.rows.values()))
    found = 0
    for row in range(1, 20_000, 400):
        best = set((np.argsort(-(matrix @ near(source, row)), kind="stable")[:10] + 1).tolist())
        found += len(best.intersection(ranked(index, source, near(source, row), 10)))
    assert found >= 0.98 * 500
    index.write(source)
    assert path.stat().st_size < matrix.nbytes / 12


@pytest.mark.slow
def test_cosines_are_exact_in_the_form_for_many(path: Path) -> None:
    source = clustered(2000)
    index = DenseIndex(path, exact_up_to=1000)
    index.catch_up(source)
    hits = search(index, near(source, 7), 20, source)
    assert [cosine for _, cosine in hits] == pytest.approx([float(source.rows[i] @ near(source, 7)) for i, _ in hits])
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


@pytest.mark.slow
def test_the_form_for_many_follows_additions_and_removals(path: Path) -> None:
    source = clustered(2000)
    added = {row: source.rows.pop(row) for row in range(1501, 2001)}
    index = DenseIndex(path, exact_up_to=1000)
    index.catch_up(source)
    source.rows |= added
    source.drop(*range(1, 300))
    source.asked = 0
    index.catch_up(source)
    assert source.asked == 500
    assert sorted(ranked(index, source, near(source, 1600), 2000)) == sorted(source.rows)


@pytest.mark.slow
def test_its_codes_do_not_depend_on_what_came_before(path: Path) -> None:
    early, late = clustered(2000), clustered(2000)
    late.put(*range(3000, 3300))
    grown, fresh = (DenseIndex(path.with_name(name), exact_up_to=1000) for name in ("grown", "fresh"))
    grown.catch_up(early)
    early.put(*range(3000, 3300))
    for index, source in ((grown, early), (fresh, late)):
        index.write(source)
    assert path.with_name("grown").read_bytes() == path.with_name("fresh").read_bytes()


@pytest.mark.slow
def test_the_form_follows_the_number_of_passages(path: Path) -> None:
    source = clustered(1500)
    index = DenseIndex(path, exact_up_to=1000)
    sizes = []
    for gone in ((), range(1, 601), range(601, 1101)):  # 1500, then 900, which is near the limit, then 400
        source.drop(*gone)
        index.write(source)
        sizes.append(path.stat().st_size / len(source.rows))
    assert [size < 384 for size in sizes] == [True, True, False]
    assert ranked(index, source, near(source, 1200), 20) == brute_force(source, near(source, 1200), 20)


@pytest.mark.slow
def test_a_written_sidecar_saves_making_the_codes(path: Path) -> None:
    source = clustered(2000)
    source.sidecar = DenseIndex(path, exact_up_to=1000).write(source)
    source.asked = 0
    index = DenseIndex(path, exact_up_to=1000)
    assert not index.catch_up(source)
    assert source.asked == 0
    assert len(ranked(index, source, near(source, 7), 10)) == 10
    assert source.asked <= 200


@pytest.mark.slow
def test_what_the_store_lacks_is_not_found_by_its_code(path: Path) -> None:
    source, earlier = clustered(2000), clustered(1999)
    index = DenseIndex(path, exact_up_to=1000)
    index.catch_up(source)
    assert 2000 not in ranked(index, earlier, source.rows[2000], 10)


@pytest.mark.slow
@pytest.mark.parametrize("exact_up_to", [1000, 5000], ids=["codes", "whole"])
def test_a_search_among_some_looks_at_these_only(exact_up_to: int, path: Path) -> None:
    source = clustered(2000)
    index = DenseIndex(path, exact_up_to)
    index.catch_up(source)
    among = list(range(1, 2000, 20))
    found = [row for row, _ in search(index, near(source, 7), 10, source, among)]
    assert found == [row for row in brute_force(source, near(source, 7), 2000) if row in among][:10]
