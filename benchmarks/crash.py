"""What `kill -9` and full disks leave behind: `python -m benchmarks.crash --kills 200 --full 20`.

Changes a folder at random, lets a process add, sync or remove with the hashing encoder of the tests, and kills it at a
random instant. Whatever that instant was, the store must be a state between two commits: sound for SQLite, every
document whole (spans, vectors, words), every path with a content that it had before or has now, and searchable without
any step by hand. The next run goes on with what the last one left, and in the end one sync must give exactly the disk.

The same with a home on a small disk (tmpfs, so this part needs Linux and root) that has a random number of bytes left:
the process must say that the disk is full, and the store be such a state while it still is, and afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np

from benchmarks.report import Measure, fault, report
from index.errors import LibraryError, StoreError
from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder

KILLS = 200
FULL_DISKS = 20
DISK_BYTES = 32 << 20
MOST_LEFT = 800_000  # bytes; what a run writes before it is done is seldom more
FULL = 28  # exit code: the number of ENOSPC
FILES = 60
PASSAGE_TOKENS = 16  # so that a few files fill a transaction
LONGEST_RUN_S = 60.0
OPERATIONS = ("sync", "sync", "add", "remove")


@dataclass(slots=True)
class Course:
    """What happened so far; of the faults found, the first."""

    killed: int = 0
    full: int = 0
    finished: int = 0
    broken: int = 0
    first_fault: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crash", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help="default: %(default)s")
    parser.add_argument("--full", type=int, default=FULL_DISKS, metavar="N", help="full disks; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of files, operations and instants")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    filled = None
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
            course = killed_again_and_again(Path(place), options.kills, options.seed)
        if options.full and os.name == "posix" and os.geteuid() == 0:
            with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
                filled = filled_again_and_again(Path(place), options.full, options.seed)
    except (LibraryError, OSError, subprocess.CalledProcessError) as error:
        return fault(error)
    for faulty in (course, filled):
        if faulty and faulty.first_fault:
            print(faulty.first_fault, file=sys.stderr)
    return report("crash", measures(course, filled), options.json, {"seed": options.seed})


def measures(course: Course, filled: Course | None) -> list[Measure]:
    """The lines of the table. `filled` is None where nobody could mount a small disk."""
    over = f"{course.killed} kills, {course.finished} runs that ended before"
    full = (
        f"{filled.full} full disks, {filled.finished} that sufficed" if filled else "needs root, to mount a small disk"
    )
    return [
        Measure("broken", "states that no commit left: kills", course.broken, "times", over),
        Measure("full_broken", "the same: full disks", filled.broken if filled else None, "times", full),
    ]


def killed_again_and_again(place: Path, kills: int, seed: int) -> Course:
    """Runs until so many processes were killed, then brings the store in step with the disk."""
    chance, course = random.Random(seed), Course()
    settings, folder = IndexSettings(place / "home", passage_tokens=PASSAGE_TOKENS), place / "documents"
    folder.mkdir()
    possible: dict[str, set[str]] = {}  # by path, the ids of the contents that it had since it was last in step
    processes = _processes()
    longest = 1.0  # seconds until the latest kill; settles where some runs in five end before
    while course.killed < kills:
        change_folder(folder, chance)
        note_contents(folder, possible)
        ours, theirs = processes.Pipe()
        process = processes.Process(
            target=work, args=(settings, folder, chance.choice(OPERATIONS), chance.random(), theirs)
        )
        process.start()
        ours.recv()
        process.join(chance.uniform(0, longest))
        if process.exitcode is None:
            process.kill()
            course.killed += 1
            longest *= 1.05
        else:
            course.finished += 1
            longest *= 0.8
        process.join(LONGEST_RUN_S)
        check(settings, possible, course)
    in_step(settings, folder, course)
    return course


def filled_again_and_again(place: Path, times: int, seed: int) -> Course:
    """Runs until the disk of the home was full so many times. Raises CalledProcessError where it cannot be mounted."""
    chance, course = random.Random(seed), Course()
    folder, processes = place / "documents", _processes()
    folder.mkdir()
    possible: dict[str, set[str]] = {}
    with small_disk(place / "disk") as disk:
        settings, ballast = IndexSettings(disk / "home", passage_tokens=PASSAGE_TOKENS), disk / "ballast"
        while course.full < times:
            change_folder(folder, chance)
            note_contents(folder, possible)
            left = chance.randrange(MOST_LEFT)
            ballast.write_bytes(bytes(max(shutil.disk_usage(disk).free - left, 0)))
            process = processes.Process(
                target=work_until_full, args=(settings, folder, chance.choice(OPERATIONS), chance.random())
            )
            process.start()
            process.join(LONGEST_RUN_S)
            check(settings, possible, course, full=True)
            ballast.unlink()
            check(settings, possible, course)
            if process.exitcode == FULL:
                course.full += 1
            elif process.exitcode == 0:
                course.finished += 1
            else:
                course.broken += 1
                course.first_fault = course.first_fault or f"with {left} bytes left it ended with {process.exitcode}"
        in_step(settings, folder, course)
    return course


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """An empty disk of DISK_BYTES, mounted at `place`."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def work_until_full(settings: IndexSettings, folder: Path, operation: str, share: float) -> None:
    """What the process does whose disk may be full; leaves with FULL where Footnote said so."""
    ours, theirs = multiprocessing.Pipe()
    try:
        work(settings, folder, operation, share, theirs)
    except StoreError as error:
        if "is full" in str(error):
            sys.exit(FULL)
        raise
    finally:
        ours.close()


def _processes() -> ForkServerContext:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["index.library", "tests.fakes"])
    return processes


def work(settings: IndexSettings, folder: Path, operation: str, share: float, started: Connection) -> None:
    """What the process does that is to be killed."""
    with closing(Library(settings, HashingEncoder())) as library:
        started.send(operation)
        if operation == "remove" and (documents := library.documents()):
            library.remove([document.id for document in documents[: 1 + int(share * len(documents) / 2)]])
        library.add([folder]) if operation != "sync" else library.sync()


def change_folder(folder: Path, chance: random.Random) -> None:
    """Writes, changes, moves and deletes a few files."""
    names = [f"{number:02}.txt" for number in range(FILES)]
    for name in chance.sample(names, chance.randint(1, FILES // 2)):
        path = folder / name
        what = chance.choice(("write", "write", "move", "delete"))
        if what == "write" or not path.exists():
            sentences = [f"Sentence {chance.randrange(10**6)} of {name} is here." for _ in range(chance.randint(1, 40))]
            path.write_text(" ".join(sentences), encoding="utf-8")
        elif what == "move":
            path.replace(folder / chance.choice(names))
        else:
            path.unlink()


def note_contents(folder: Path, possible: dict[str, set[str]]) -> None:
    for path in folder.iterdir():
        possible.setdefault(str(path), set()).add(hashlib.sha256(path.read_bytes()).hexdigest())


def check(settings: IndexSettings, possible: dict[str, set[str]], course: Course, full: bool = False) -> None:
    """Counts the store as broken where it is no state that a commit can have left."""
    try:
        faults = faults_of(settings, possible) + ([] if full else faults_inside(settings))
    except LibraryError as error:
        faults = [str(error)]
    if faults:
        course.broken += 1
        course.first_fault = course.first_fault or f"after {course.killed or course.full} times: {faults[0]}"


def faults_of(settings: IndexSettings, possible: dict[str, set[str]]) -> list[str]:
    """What is wrong with the store, in words. Raises LibraryError where it cannot even be read."""
    if not settings.store_path.exists():
        return []
    faults = []
    encoder = HashingEncoder()
    with closing(Library(settings, encoder)) as library:
        documents = library.documents()
        found = library.search("sentence", 10**6)
        for document in documents:
            stored = library.document(document.id)
            if not document.paths or any(document.id not in possible.get(path, ()) for path in document.paths):
                faults.append(f"{document.paths} hold a content that was never there")
            own = [hit for hit in found if hit.passage.document_id == document.id]
            if len(own) != document.passages:
                faults.append(f"{len(own)} of {document.passages} passages of {document.path} are found")
            if any(stored.text[hit.passage.start : hit.passage.end] != hit.passage.text for hit in own):
                faults.append(f"a passage of {document.path} is not its text")
            texts = [f"{document.title}\n{hit.passage.text}" for hit in own]
            cosines = encoder.encode([*texts, "sentence"])
            if not np.allclose(cosines[:-1] @ cosines[-1], [hit.cosine for hit in own], atol=1e-5):
                faults.append(f"a vector of {document.path} is not that of its passage")
        if len({hit.passage.document_id for hit in found}) != len(documents):
            faults.append("a document is found that is not there")
    return faults


def faults_inside(settings: IndexSettings) -> list[str]:
    """What SQLite finds wrong. It wants a little room on the disk."""
    if not settings.store_path.exists():
        return []
    faults = []
    with closing(sqlite3.connect(settings.store_path)) as connection:
        faults += [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"a row of {row[0]} hangs in the air" for row in connection.execute("PRAGMA foreign_key_check")]
    return faults


def in_step(settings: IndexSettings, folder: Path, course: Course) -> None:
    """One sync, after which the store must hold what the disk holds, no more and no less."""
    wanted = {str(path): path.read_text(encoding="utf-8") for path in folder.iterdir()}
    with closing(Library(settings, HashingEncoder())) as library:
        library.add([folder])  # also what was taken out by hand
        held = {path: library.document(one.id).text for one in library.documents() for path in one.paths}
    if held != wanted:
        course.broken += 1
        course.first_fault = course.first_fault or f"in the end {len(held)} paths instead of {len(wanted)}"


if __name__ == "__main__":
    sys.exit(main())
