"""Many people asking at once: `python -m benchmarks.crowd --people 20 --minutes 5`.

Serves the page as a process of its own, by default with the scripted assistant of the tests, whose answers repeat their
question; with `--real` with the tiny model. Each person asks one question after another, through the page, the HTTP
interface or gradio's endpoint, and leaves every third in the midst. Nobody who stays may be lost or be given another's
answer, whoever waits must be told a place that only falls, and the server's memory must stay as it was.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
import psutil

from benchmarks.page import HOST
from benchmarks.process import FOOTNOTE, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.report import Measure, fault, report
from benchmarks.visitors import Heard, Lost, Way, named, page, streamed, whole

PEOPLE = 20
MINUTES = 5.0
TINY = "smollm2-135m-instruct"
PAGE_SECONDS = 120.0
STEP_SECONDS = 0.004  # of the scripted assistant; some sixty make an answer
LEAVING = 1 / 3
LONGEST_STAY_SECONDS = 6.0  # of those who leave
SAMPLE_SECONDS = 1.0
LONG_WAIT_SECONDS = 3.0  # who waited longer had somebody before them and must have been told
WAYS: tuple[Way, ...] = (page, streamed, whole, named)
SURELY_ANSWERED_SECONDS = 300.0

_NAME = re.compile(r"\bcase \d+-\d+\b")


@dataclass(slots=True)
class Course:
    """What happened. `resident` are bytes of the server, one sample a second."""

    answered: int = 0
    left: int = 0
    lost: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)
    waited_long: int = 0
    told: int = 0
    rose: int = 0
    waits: list[float] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)
    freed_seconds: float | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crowd", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=MINUTES, metavar="N", help="default: %(default)s")
    parser.add_argument("--real", action="store_true", help="with the tiny model on the sample dossier")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of who asks how and who leaves when")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            port = free_port()
            with serving(_command(port, Path(home), options.real), port, PAGE_SECONDS) as served:
                address = f"http://{HOST}:{port}"
                course = asyncio.run(crowded(address, served.pid, options.people, options.minutes * 60, options.seed))
    except (ProcessFault, Lost, httpx.HTTPError, psutil.Error, OSError) as error:
        return fault(error)
    for line in (*course.lost[:5], *course.mixed_up[:5]):
        print(line, file=sys.stderr)
    notes = {"people": options.people, "minutes": options.minutes, "real": options.real, "seed": options.seed}
    return report("crowd", measures(course), options.json, notes)


def measures(course: Course) -> list[Measure]:
    """The lines of the table."""
    over = f"{course.answered} answered, {course.left} left midway"
    long = f"{course.waited_long} who waited over {LONG_WAIT_SECONDS:.0f} s"
    told = course.told / course.waited_long if course.waited_long else None
    waits = sorted(course.waits)
    return [
        Measure("lost", "lost", len(course.lost), "times", over),
        Measure("mixed_up", "given another's answer", len(course.mixed_up), "times", over),
        Measure("told", "told their place while they waited", told, "%", long),
        Measure("rose", "places that rose", course.rose, "times", over),
        Measure("grown_mb", "memory grown", grown_mb(course.resident), "MB", "from the second fifth to the last"),
        Measure("resident_mb", "resident at the end", course.resident[-1] / 1e6 if course.resident else None, "MB"),
        Measure("freed_s", "a question afterwards, answered after", course.freed_seconds, "s"),
        Measure("wait_s", "an answer took", median(waits) if waits else None, "s", "median of those who stayed"),
    ]


def grown_mb(resident: Sequence[int]) -> float | None:
    """How much more memory the last fifth of the samples shows than the second; None of too few."""
    fifth = len(resident) // 5
    return (median(resident[-fifth:]) - median(resident[fifth : 2 * fifth])) / 1e6 if fifth else None


async def crowded(address: str, pid: int, people: int, seconds: float, seed: int) -> Course:
    """Lets all of them ask until the time is up and those who still wait have their answer."""
    course = Course()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=SURELY_ANSWERED_SECONDS, limits=limits) as client:
        await _until_ready(client)
        end = time.monotonic() + seconds
        watching = asyncio.create_task(_watch(pid, course))
        persons = (_person(client, number, random.Random(f"{seed} {number}"), end, course) for number in range(people))
        await asyncio.gather(*persons)
        watching.cancel()
        begun = time.monotonic()
        await whole(client, "why did Russia close case 0-0?", Heard())
        course.freed_seconds = time.monotonic() - begun
    return course


async def _person(client: httpx.AsyncClient, number: int, chance: random.Random, end: float, course: Course) -> None:
    asked = 0
    while time.monotonic() < end:
        asked += 1
        name = f"case {number}-{asked}"
        way = chance.choice(WAYS)
        stay = chance.uniform(0, LONGEST_STAY_SECONDS) if chance.random() < LEAVING else None
        heard, begun = Heard(), time.monotonic()
        try:
            async with asyncio.timeout(stay):
                await way(client, f"why did Russia close {name}?", heard)
        except TimeoutError:
            course.left += 1
            continue
        except (Lost, httpx.HTTPError, ValueError, KeyError) as error:
            course.lost.append(f"{name} by {way.__name__}: {error!r}")
            continue
        _note(course, name, way, heard, time.monotonic() - begun)


def _note(course: Course, name: str, way: Way, heard: Heard, seconds: float) -> None:
    course.answered += 1
    course.waits.append(seconds)
    named_in = set(_NAME.findall(heard.question)) | set(_NAME.findall(heard.text))
    if named_in != {name}:
        course.mixed_up.append(f"{name} by {way.__name__} was told of {sorted(named_in)}")
    if seconds > LONG_WAIT_SECONDS and way is not whole:
        course.waited_long += 1
        course.told += bool(heard.places)
    course.rose += any(later > earlier for earlier, later in zip(heard.places, heard.places[1:], strict=False))


async def _watch(pid: int, course: Course) -> None:
    process = psutil.Process(pid)
    while True:
        course.resident.append(process.memory_info().rss)
        await asyncio.sleep(SAMPLE_SECONDS)


async def _until_ready(client: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        try:
            return await whole(client, "why did Russia close case 0-0?", Heard())
        except Lost:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.2)


def _command(port: int, home: Path, real: bool) -> list[str]:
    if not real:
        return [sys.executable, "-m", "tests.rag.ui.fake_page", str(port), str(home), str(STEP_SECONDS)]
    add_documents(SEEDS, home)
    return [*FOOTNOTE, "serve", "--port", str(port), "--home", str(home), "--model", TINY]


if __name__ == "__main__":
    sys.exit(main())
