"""The adapter through which the default model answers: `python -m benchmarks.answering LESSONS... --out FILE`.

A lesson is a line with `title`, `passage`, `question`, `answer` (a sentence) and `key`, the very words that are asked
for, as passage and answer have them. Low-rank matrices beside the middle layers, through which the question
and the answer go and the passages do not, are taught the fact by its cross-entropy; for all other words of the answer
they are held to what the model without them expects, by the divergence from it, so that how it writes stays its own. A
passage stands alone or beside another one. One in ten, by its hash, is kept apart: how sure the facts of its questions
are, in nats, and how many are told whole, is printed before, now and then, and afterwards. Takes some 13 GB of memory,
and 100 minutes of two cores for 3,000 lessons.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks.lowrank import Pack, Read, Reader, opened, stepped, told
from benchmarks.report import fault
from rag import models, prompt, templates
from rag.errors import FootnoteError
from rag.settings import Settings
from rag.templates import Templates

LOWEST, END, LAYERS = 8, 24, 28  # the layers with an adapter, and all; measured in LOG.md, as are the others
RATE, WARM_UP = 2e-4, 10
TOGETHER = 5  # packs between two steps
AS_BEFORE = 0.5  # what the divergence counts, in nats a token, beside the cross-entropy
TEXT, OF_ONE_TEXT = 380, 5  # tokens of the passages and lessons in a pack, at most
BESIDE = 0.65  # of the passages stand beside another one
HELD_OUT = 10  # one passage in so many
TOLD = 20  # steps between two looks at what is kept apart

Lesson = dict[str, str]
T = TypeVar("T")


@dataclass
class Taught:
    """A pack of lessons: where a word is expected, which one, and whether it is of the very fact."""

    pack: Pack
    where: Tensor
    expected: Tensor
    of_the_fact: Tensor


def taught(
    lessons: Sequence[Lesson],
    other: Lesson | None,
    tokenizer: Any,  # noqa: ANN401  (transformers has no types)
    prompts: Templates,
) -> Taught:
    """Lessons on one passage, which stands beside that of another lesson where both have room."""
    encode = tokenizer.encode
    own = f"{lessons[0]['title']}: {lessons[0]['passage']}\n\n"
    read = encode(own, add_special_tokens=False)
    if other is not None and other["passage"] != lessons[0]["passage"]:
        parts = [own, f"{other['title']}: {other['passage']}\n\n"]
        random.shuffle(parts)
        both = encode("".join(parts), add_special_tokens=False)
        read = both if len(both) <= TEXT else read
    beginning = f"<|im_start|>system\n{prompts.render('system')}<|im_end|>\n<|im_start|>user\n"
    pack, where, expected, of_the_fact = Pack(), list[int](), list[int](), list[bool]()
    pack.extend([*encode(beginning, add_special_tokens=False), *read], 0, text=0)
    end = encode("<|im_end|>", add_special_tokens=False)
    for number, lesson in enumerate(lessons):
        asked = prompt.question_text(lesson["question"], prompts)
        head = encode(f"{asked}<|im_end|>\n<|im_start|>assistant\n", add_special_tokens=False)
        answer = tokenizer(lesson["answer"], add_special_tokens=False, return_offsets_mapping=True)
        words = [*answer["input_ids"], *end]
        start = max(lesson["answer"].find(lesson["key"]), 0)
        stop = start + (len(lesson["key"]) if lesson["key"] in lesson["answer"] else len("Yes"))
        of_the_fact += [until > start and since < stop for since, until in answer["offset_mapping"]] + [False]
        place = len(pack.tokens) + len(head) - 1
        where += range(place, place + len(words))
        expected += words
        pack.extend([*head, *words[:-1]], pack.tail.count(-1), text=0, tail=number)
    return Taught(pack, torch.tensor(where), torch.tensor(expected), torch.tensor(of_the_fact))


def fit(reader: Reader, lessons: Sequence[Sequence[Lesson]], kept_apart: Sequence[Taught], prompts: Templates) -> None:
    """Fits the adapter to lessons by passage, and tells how it does on what was kept apart."""
    matrices = reader.adapt(END)
    apart = [(one, reader.read(one.pack)) for one in told("reading", kept_apart)]
    every = [lesson for some in lessons for lesson in some]
    steps, schedule = stepped(matrices, RATE, math.ceil(len(lessons) / TOGETHER), WARM_UP)
    print(f"at first: {_sureness(reader, apart)}", flush=True)
    order = random.sample(list(lessons), len(lessons))
    for number, together in enumerate(told("fitting", _in_parts(order, TOGETHER)), 1):
        for some in together:
            other = random.choice(every) if random.random() < BESIDE else None
            torch.autograd.backward(_loss(reader, taught(some, other, reader.tokenizer, prompts)) / len(together))
        nn.utils.clip_grad_norm_(matrices, 1.0)
        steps.step()
        steps.zero_grad()
        schedule.step()
        if number % TOLD == 0:
            print(f"after {number} steps: {_sureness(reader, apart)}", flush=True)
    print(f"at the end: {_sureness(reader, apart)}")


def _loss(reader: Reader, one: Taught) -> Tensor:
    read = reader.read(one.pack)
    with torch.no_grad(), reader.as_it_was():
        before = _expecting(reader, one, read).log_softmax(-1)
    now = _expecting(reader, one, read)
    fact = cross_entropy(now[one.of_the_fact], one.expected[one.of_the_fact])
    kept, was = now.log_softmax(-1)[~one.of_the_fact], before[~one.of_the_fact]
    divergence: Tensor = (was.exp() * (was - kept)).sum(-1).mean()
    return fact + AS_BEFORE * divergence


def _expecting(reader: Reader, one: Taught, read: Read) -> Tensor:
    """Logits where words of the answers are expected, shape (words, vocabulary)."""
    return reader.logits(reader.behind(read)[one.where - read.start])


def _sureness(reader: Reader, apart: Sequence[tuple[Taught, Read]]) -> str:
    """What the facts kept apart cost, and how many are told whole where the words before are given."""
    cost, whole = 0.0, list[bool]()
    for one, read in apart:
        with torch.no_grad():
            found = _expecting(reader, one, read)[one.of_the_fact]
        expected = one.expected[one.of_the_fact]
        cost += float(cross_entropy(found, expected, reduction="sum"))
        lesson = torch.tensor(one.pack.tail)[one.where][one.of_the_fact]
        right = found.argmax(-1) == expected
        whole += [bool(right[lesson == number].all()) for number in set(lesson.tolist())]
    return f"{cost / len(whole):.3f} nats a fact, {sum(whole)} of {len(whole)} whole"


def _by_passage(lessons: Sequence[Lesson]) -> list[Sequence[Lesson]]:
    found = defaultdict(list)
    for lesson in lessons:
        found[lesson["title"], lesson["passage"]].append(lesson)
    return [some for every in found.values() for some in _in_parts(every, OF_ONE_TEXT)]


def _in_parts(things: Sequence[T], size: int) -> list[Sequence[T]]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def _is_apart(lesson: Lesson) -> bool:
    return int(hashlib.sha256(lesson["passage"].encode()).hexdigest(), 16) % HELD_OUT == 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answering",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("lessons", type=Path, nargs="+", help="one lesson a line")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the adapter is put")
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    random.seed(0)
    try:
        lessons = [json.loads(line) for path in options.lessons for line in path.read_text("utf-8").splitlines()]
        reader = opened(models.answering_model_path(Settings.from_environment()), LOWEST, LAYERS)
        prompts = templates.load()
        apart = [
            taught(some, None, reader.tokenizer, prompts) for some in _by_passage(list(filter(_is_apart, lessons)))
        ]
        fit(reader, _by_passage([one for one in lessons if not _is_apart(one)]), apart, prompts)
        reader.write(options.out)
    except (FootnoteError, OSError) as error:
        return fault(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
