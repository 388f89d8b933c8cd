"""The library from outside: what adding, changing and removing files does to what can be found."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from index.errors import DocumentNotFound, EncoderError
from index.library import Library
from index.records import FileReason, Hit, Ledger, Progress
from index.settings import IndexSettings
from index.tally import STOPPED
from tests.fakes import HashingEncoder
from tests.index.conftest import DOCUMENTS, OpenLibrary, write
from tests.index.texts import nasty_text


def counts(ledger: Ledger) -> dict[str, int]:
    """The columns of the ledger that are not zero."""
    columns = {
        **{name: getattr(ledger, name) for name in ("added", "updated", "unchanged", "removed")},
        **{name: len(getattr(ledger, name)) for name in ("refused", "skipped")},
    }
    return {name: count for name, count in columns.items() if count}


def names(hits: list[Hit]) -> list[str]:
    return [Path(hit.path).name for hit in hits]


def found(library: Library, query: str = "mission", k: int = 50) -> list[tuple[str, int, int, float, float, float]]:
    """What a search gives, without row ids and times."""
    return [
        (hit.passage.id, hit.passage.start, hit.passage.end, hit.score, round(hit.cosine, 5), hit.bm25)
        for hit in library.search(query, k)
    ]


def test_an_empty_library_has_nothing_and_writes_nothing(library: Library, home: Path) -> None:
    assert library.documents() == []
    assert library.search("anything") == []
    assert library.generation == 0
    assert library.embedding_model == "hashing"
    with pytest.raises(DocumentNotFound, match="no document 'abc'"):
        library.document("abc")
    with pytest.raises(DocumentNotFound):
        library.document("~nobody\udcff")
    with pytest.raises(DocumentNotFound, match="is empty"):
        library.remove([" "])
    assert not home.exists()


def test_adds_a_folder(library: Library, folder: Path) -> None:
    ledger = library.add([folder])
    assert counts(ledger) == {"added": 3}
    assert ledger.documents == 3
    assert ledger.passages == sum(document.passages for document in library.documents())
    assert ledger.characters == ledger.indexed_characters == sum(map(len, DOCUMENTS.values()))
    assert [Path(document.path).name for document in library.documents()] == [
        "closing.md",
        "council.txt",
        "opening.txt",
    ]
    assert library.generation == 1


def test_a_search_can_be_limited_to_some_documents(library: Library, folder: Path) -> None:
    library.add([folder])
    every = {Path(document.path).name: document.id for document in library.documents()}
    query = "Who met in Reykjavik?"
    assert names(library.search(query, 50)) != names(library.search(query, 50, [every["opening.txt"]]))
    for chosen in ({"opening.txt"}, {"closing.md", "opening.txt"}, set(every)):
        limited = library.search(query, 50, [every[name] for name in chosen])
        assert set(names(limited)) == chosen
        whole = [hit for hit in library.search(query, 50) if Path(hit.path).name in chosen]
        assert [(hit.passage.id, hit.cosine, hit.bm25) for hit in limited] == [
            (hit.passage.id, hit.cosine, hit.bm25) for hit in whole
        ], "what is known of a passage does not depend on where else was looked"
    assert library.search(query, 50, []) == []
    assert library.search(query, 50, ["0" * 64]) == []


def test_what_stands_beside_the_best_comes_as_well(open_library: OpenLibrary, tmp_path: Path) -> None:
    """In the order of the fused score, each with its own signals, and only from the same document."""
    sentences = [f"Paragraph {number} tells of subject{number} and nothing else at all." for number in range(9)]
    papers = {"a.txt": "\n\n".join(sentences), "b.txt": "Another paper that tells of a garden."}
    library = open_library(passage_tokens=12)
    library.add([write(tmp_path / "papers", papers)])
    alone, *others = library.search("subject4", 1, around=1)
    assert [hit.passage for hit in library.search("subject4", 1)] == [alone.passage]
    assert {hit.passage.text for hit in others} == {sentences[3], sentences[5]}
    everything = {hit.passage.id: (hit.cosine, hit.bm25) for hit in library.search("subject4", 50)}
    assert all((hit.cosine, hit.bm25) == pytest.approx(everything[hit.passage.id]) for hit in others)
    assert [hit.rank for hit in others] == [2, 3]
    first = library.search("subject0", 1, around=1)
    assert [hit.passage.text for hit in first] == sentences[:2]
    assert len(library.search("subject4", 50, around=5)) == len(everything)


def test_finds_by_words_and_by_meaning(library: Library, folder: Path) -> None:
    library.add([folder])
    hits = library.search("Who met in Reykjavik?", 2)
    assert names(hits)[0] == "council.txt"
    assert [hit.rank for hit in hits] == [1, 2]
    assert 1 >= hits[0].score > hits[1].score > 0
    assert hits[0].bm25 > 0
    assert hits[0].title == "council"
    assert hits[0].page is None


@pytest.mark.parametrize(
    "query", ["", " \n", "?!", "\x00", "' OR 1=1 --", '"', "x" * 100_000, "word " * 20_000, "Привет, 世界", "\ud800"]
)
def test_any_query_is_answered(query: str, library: Library, folder: Path) -> None:
    """By every passage there is, near or not; an empty one by none."""
    library.add([folder])
    assert (passages := len(found(library))) > 2
    assert len(library.search(query)) == (passages if query.strip() else 0)


def test_spans_are_the_text(library: Library, tmp_path: Path) -> None:
    texts = {f"{seed}.txt": nasty_text(seed) + " end." for seed in range(30)}
    ledger = library.add([write(tmp_path / "nasty", texts)])
    assert counts(ledger) == {"added": 30}
    assert ledger.indexed_characters == ledger.characters
    for hit in library.search("word", 500):
        text = library.document(hit.passage.document_id).text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_raw_signals_belong_to_the_hit(library: Library, folder: Path) -> None:
    library.add([folder])
    encoder = HashingEncoder()
    query = encoder.encode(["blue ribbon"])[0]
    for hit in library.search("blue ribbon", 50):
        heading = hit.passage.heading if hit.passage.heading != hit.title else ""
        seen = "\n".join(part for part in (hit.title, heading, hit.passage.text) if part)
        assert hit.cosine == pytest.approx(float(encoder.encode([seen])[0] @ query), abs=1e-6)
        assert (hit.bm25 > 0) == ("ribbon" in hit.passage.text)


def test_adding_twice_changes_nothing(library: Library, folder: Path) -> None:
    library.add([folder])
    before = found(library), library.generation, library.documents()
    assert counts(library.add([folder])) == {"unchanged": 3}
    assert (found(library), library.generation, library.documents()) == before


def test_reopening_finds_the_same(open_library: OpenLibrary, folder: Path) -> None:
    first = open_library()
    first.add([folder])
    before = found(first), first.documents(), first.generation
    first.close()
    second = open_library()
    assert (found(second), second.documents(), second.generation) == before
    assert second.document(str(folder / "opening.txt")).text == DOCUMENTS["opening.txt"]


def test_the_order_of_adding_changes_no_score(open_library: OpenLibrary, folder: Path, tmp_path: Path) -> None:
    library = open_library()
    for name in sorted(DOCUMENTS, reverse=True):
        library.add([folder / name])
    other = Library(IndexSettings(tmp_path / "other"), HashingEncoder())
    other.add([folder])
    assert sorted(found(library)) == sorted(found(other))
    other.close()


def test_one_content_under_two_paths_is_one_document(library: Library, folder: Path) -> None:
    write(folder, {"copy.txt": DOCUMENTS["opening.txt"]})
    assert counts(library.add([folder])) == {"added": 3, "unchanged": 1}
    assert len(library.documents()) == 3
    by_copy, by_original = library.document(str(folder / "copy.txt")), library.document(str(folder / "opening.txt"))
    assert by_copy == by_original
    assert Path(by_copy.path).name == "copy.txt"


def test_a_changed_file_is_updated(library: Library, folder: Path) -> None:
    library.add([folder])
    old = library.document(str(folder / "opening.txt"))
    write(folder, {"opening.txt": "The office opened. Helicopters landed."})
    assert counts(library.add([folder])) == {"updated": 1, "unchanged": 2}
    assert names(library.search("helicopters", 1)) == ["opening.txt"]
    assert "ribbon" not in " ".join(hit.passage.text for hit in library.search("blue ribbon", 50))
    with pytest.raises(DocumentNotFound):
        library.document(old.id)
    assert len(library.documents()) == 3


def test_a_changed_file_keeps_its_old_content_where_another_path_holds_it(library: Library, folder: Path) -> None:
    write(folder, {"copy.txt": DOCUMENTS["opening.txt"]})
    library.add([folder])
    old = library.document(str(folder / "copy.txt"))
    write(folder, {"copy.txt": "Something else."})
    assert counts(library.add([folder])) == {"updated": 1, "unchanged": 3}
    assert Path(library.document(old.id).path).name == "opening.txt"


def test_a_file_that_becomes_the_copy_of_another_is_updated(library: Library, folder: Path) -> None:
    library.add([folder])
    write(folder, {"opening.txt": DOCUMENTS["closing.md"]})
    assert counts(library.add([folder])) == {"updated": 1, "unchanged": 2}
    assert len(library.documents()) == 2


def test_what_cannot_be_read_is_refused_and_the_rest_goes_on(library: Library, folder: Path) -> None:
    write(folder, {"blank.txt": " \n ", "empty.md": ""})
    ledger = library.add([folder, folder / "missing.txt"])
    assert counts(ledger) == {"added": 3, "refused": 3}
    assert {Path(entry.path).name for entry in ledger.refused} == {"blank.txt", "empty.md", "missing.txt"}
    assert all(entry.reason for entry in ledger.refused)


@pytest.mark.parametrize("form", ["id", "prefix", "path"])
def test_removes_by_any_reference(form: str, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add([folder])
    document = library.document(str(folder / "opening.txt"))
    monkeypatch.chdir(folder)
    reference = {"id": document.id, "prefix": document.id[:8], "path": "opening.txt"}[form]
    ledger = library.remove([reference, reference])
    assert (counts(ledger), ledger.documents) == ({"removed": 1}, 2)
    assert "opening.txt" not in names(library.search("mission Moscow ribbon", 50))
    assert counts(library.add([folder])) == {"added": 1, "unchanged": 2}


def test_removes_all_or_nothing(library: Library, folder: Path) -> None:
    library.add([folder])
    with pytest.raises(DocumentNotFound, match="no document 'nonsense'"):
        library.remove([str(folder / "opening.txt"), "nonsense"])
    assert len(library.documents()) == 3


def test_an_ambiguous_prefix_is_named_as_such(library: Library, tmp_path: Path) -> None:
    library.add([write(tmp_path / "many", {f"{i}.txt": f"Text {i}." for i in range(400)})])
    ids = [document.id for document in library.documents()]
    prefix = next(i[:4] for i in ids if sum(other.startswith(i[:4]) for other in ids) > 1)
    with pytest.raises(DocumentNotFound, match="several"):
        library.document(prefix)


def test_cancelling_keeps_what_is_done_and_names_the_rest(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library(passage_tokens=80)  # so that a group is full before the stop
    many = write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 150 for i in range(60)})
    reached: list[int] = []
    ledger = library.add([many], lambda p: reached.append(p.done), lambda: len(reached) > 40)
    assert ledger.added == len(library.documents()) > 0
    assert ledger.added + len(ledger.skipped) == 60
    assert {entry.reason for entry in ledger.skipped} == {STOPPED}
    assert library.add([many]).added == 60 - ledger.added


def test_an_interruption_keeps_what_is_done(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library(passage_tokens=80)  # so that a group is full before the interruption
    many = write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 150 for i in range(60)})

    def interrupt(progress: Progress) -> None:
        if progress.unit == "files" and progress.done == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add([many], interrupt)
    kept = len(library.documents())
    assert 0 < kept < 60
    assert len({hit.passage.document_id for hit in library.search("sentence", 5000)}) == kept
    assert library.add([many]).unchanged == kept


def test_progress_counts_files_and_passages(library: Library, folder: Path) -> None:
    seen: list[Progress] = []
    library.add([folder], seen.append)
    files = [progress for progress in seen if progress.unit == "files"]
    assert [progress.done for progress in files] == [0, 1, 2, 3]
    assert {progress.total for progress in files} == {3}
    assert {progress.unit for progress in seen} == {"files", "passages"}


def test_two_libraries_on_one_home_see_each_other(open_library: OpenLibrary, folder: Path) -> None:
    one, other = open_library(), open_library()
    one.add([folder / "opening.txt"])
    assert names(other.search("ribbon", 1)) == ["opening.txt"]
    other.add([folder])
    assert one.generation == 2
    assert names(one.search("Reykjavik", 1)) == ["council.txt"]
    one.remove([str(folder / "deep" / "council.txt")])
    assert "council.txt" not in names(other.search("Reykjavik", 50))


def test_threads_add_and_search_at_once(open_library: OpenLibrary, tmp_path: Path) -> None:
    library, other = open_library(), open_library()
    folders = [
        write(tmp_path / str(i), {f"{j}.txt": f"Folder {i} text {j} word." for j in range(15)}) for i in range(4)
    ]
    library.add([folders[0]])
    errors: list[BaseException] = []

    def run(work: object, *arguments: object) -> None:
        try:
            work(*arguments)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  (a thread's error must reach the test)
            errors.append(error)

    def search() -> None:
        for _ in range(30):
            for hit in library.search("word", 50):
                assert hit.passage.text in library.document(hit.passage.document_id).text

    threads = [
        threading.Thread(target=run, args=(one.add, [path]))
        for one, path in zip((library, other, library), folders[1:], strict=True)
    ]
    threads += [threading.Thread(target=run, args=(search,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(library.documents()) == 60
    assert len(found(library, "word", 100)) == len(found(other, "word", 100)) >= 50


def test_an_encoder_that_fails_leaves_the_library_as_it_was(open_library: OpenLibrary, folder: Path) -> None:
    class Failing(HashingEncoder):
        def encode(self, texts: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
            raise EncoderError("the embedding model is gone")

    library = open_library(Failing())
    with pytest.raises(EncoderError, match="gone"):
        library.add([folder])
    assert library.documents() == []
    assert counts(open_library().add([folder])) == {"added": 3}


@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_the_sidecar_mends_itself(damage: str, open_library: OpenLibrary, folder: Path, home: Path) -> None:
    library = open_library()
    library.add([folder])
    before = found(library)
    library.close()
    sidecar = home / "passages.faiss"
    if damage == "missing":
        sidecar.unlink()
    else:
        sidecar.write_bytes(b"garbage")
    assert found(open_library()) == before


def test_nothing_is_encoded_twice(open_library: OpenLibrary, folder: Path) -> None:
    encoder = HashingEncoder()
    write(folder, {"copy.txt": DOCUMENTS["opening.txt"]})
    library = open_library(encoder)
    ledger = library.add([folder])
    library.add([folder])
    assert encoder.encoded == ledger.passages


def test_no_text_is_longer_than_the_model_reads(open_library: OpenLibrary, tmp_path: Path) -> None:
    class Watching(HashingEncoder):
        longest = 0

        def encode(self, texts: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:  # type: ignore[override]
            self.longest = max([self.longest, *self.count_tokens(texts)])
            return super().encode(texts)

    encoder = Watching(max_tokens=60)
    texts = {f"{'long title ' * 12}{i}.md": f"# {'heading ' * i}\n\n{nasty_text(i)}" for i in range(12)}
    open_library(encoder, passage_tokens=200).add([write(tmp_path / "long", texts)])
    assert 30 < encoder.longest <= 60


MAIL = (
    "Subject: The plan\nFrom: Ann Bell <ann@example.org>\nDate: Mon, 18 Oct 2021 09:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nThe plan is attached.\n'
    '--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="plan.pdf"\n\nx\n--b--\n'
)


def test_what_a_reader_notes_is_told_and_kept(library: Library, tmp_path: Path) -> None:
    ledger = library.add([write(tmp_path / "post", {"plan.eml": MAIL})])
    path = str(tmp_path / "post" / "plan.eml")
    assert ledger.notes == (FileReason(path, "attachments not read: plan.pdf"),)
    assert library.documents()[0].notes == library.document(path).notes == ("attachments not read: plan.pdf",)
    assert library.sync().notes == (), "once is enough"


def test_title_author_and_date_are_kept_as_stated(library: Library, folder: Path) -> None:
    library.add([write(folder, {"plan.eml": MAIL})])
    kept = {Path(one.path).name: (one.title, one.author, one.date) for one in library.documents()}
    assert kept["plan.eml"] == ("The plan", "Ann Bell <ann@example.org>", "2021-10-18")
    assert kept["opening.txt"] == ("Opening", None, None)


def test_a_file_of_questions_is_skipped_not_refused(library: Library, folder: Path) -> None:
    write(folder, {"questions.jsonl": '{"question": "Who cut the ribbon?", "answers": ["officers"]}\n'})
    skipped = (FileReason(str(folder / "questions.jsonl"), "a file of questions, not of documents"),)
    for ledger in (library.add([folder]), library.sync(), library.add([folder / "questions.jsonl"])):
        assert (ledger.skipped, ledger.refused) == (skipped, ())
    assert len(library.documents()) == 3
