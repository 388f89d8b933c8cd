"""Questions drafted from the user's own documents, for them to correct: the model words them, code finds the spans.

The model asks about a sentence drawn at random, then answers with words of that sentence; only where these stand in it
is there a draft, so every span is exact. The same documents, model and seed give the same drafts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index import lexical
from index.records import Document, DocumentSummary
from index.sentences import is_heading, sentence_spans
from rag.evaluation.scoring import contains
from rag.generator import Generator, Piece, never
from rag.prompt import Prompt, Turn
from rag.templates import Templates

SHORTEST, LONGEST = 30, 400  # characters of a sentence that is asked about
BEFORE, AFTER = 2, 1  # sentences shown around it
DOCUMENTS_A_DRAFT = 2  # some hold no sentence to ask about, and some drafts are no questions
QUESTION_TOKENS, ANSWER_TOKENS = 64, 32
FEWEST_WORDS, LONGEST_QUESTION, LONGEST_ANSWER = 4, 300, 100

_QUOTES = ' "“”„«»'


@dataclass(frozen=True, slots=True)
class Target:
    """The sentence [start, end) of a document, to be asked about; `surroundings` are it and its neighbours."""

    document: Document
    start: int
    end: int
    surroundings: str

    @property
    def id(self) -> str:
        return f"draft-{self.document.id[:8]}-{self.start}"

    @property
    def sentence(self) -> str:
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Draft:
    """A question about a sentence, and the span in the document of the words that answer it."""

    target: Target
    question: str
    answer_start: int
    answer_end: int


def drawn(documents: Sequence[DocumentSummary], count: int, seed: int) -> list[str]:
    """The ids of documents to draft `count` questions from: of a large library a part, drawn at random."""
    ids = sorted(document.id for document in documents)
    return sorted(random.Random(seed).sample(ids, min(len(ids), DOCUMENTS_A_DRAFT * count)))


def targets(documents: Iterable[Document], seed: int) -> list[Target]:
    """All sentences that can be asked about, in random order, the documents taking turns."""
    draw = random.Random(seed)
    piles = []
    for document in sorted(documents, key=lambda document: document.id):
        pile = list(_targets_in(document))
        draw.shuffle(pile)
        piles.append(pile)
    draw.shuffle(piles)
    longest = max(map(len, piles), default=0)
    return [pile[turn] for turn in range(longest) for pile in piles if turn < len(pile)]


def _targets_in(document: Document) -> Iterator[Target]:
    text = document.text
    language = lexical.guess_language(text)
    sentences = [span for span in sentence_spans(text, language) if not is_heading(text, span[0])]
    for number, (start, end) in enumerate(sentences):
        if SHORTEST <= end - start <= LONGEST:
            around = sentences[max(0, number - BEFORE) : number + AFTER + 1]
            yield Target(document, start, end, " ".join(_line(text[first:last]) for first, last in around))


def drafts(
    aims: Sequence[Target], generator: Generator, templates: Templates, cancelled: Callable[[], bool] = never
) -> Iterator[Draft]:
    """A draft for each target that the model finds a usable question and answer for, in order."""

    def say(name: str, tokens: int, **values: str) -> str:
        prompt = Prompt((Turn("user", (templates.render(name, **values),)),))
        written = "".join(
            event.text for event in generator.stream(prompt, tokens, cancelled) if isinstance(event, Piece)
        )
        return next((line.strip(_QUOTES) for line in written.splitlines() if line.strip(_QUOTES)), "")

    asked: set[str] = set()
    for target in aims:
        sentence = _line(target.sentence)
        question = say(
            "draft", QUESTION_TOKENS, title=target.document.title, text=target.surroundings, sentence=sentence
        )
        if not _is_question(question) or question.casefold() in asked:
            continue
        found = _place(say("extract", ANSWER_TOKENS, sentence=sentence, question=question), target)
        if found and not contains(question, [target.document.text[slice(*found)]]):
            asked.add(question.casefold())
            yield Draft(target, question, *found)


def _line(text: str) -> str:
    return " ".join(text.split())


def _is_question(words: str) -> bool:
    return words.endswith(("?", "？")) and len(words) <= LONGEST_QUESTION and len(words.split()) >= FEWEST_WORDS


def _place(answer: str, target: Target) -> tuple[int, int] | None:
    """Where in the document the answer's words stand, as whole words within the sentence; None where they do not."""
    words = answer.rstrip(".").split()
    if not words or len(answer) > LONGEST_ANSWER:
        return None
    wanted = r"\s+".join(map(re.escape, words))
    match = re.search(rf"(?<!\w){wanted}(?!\w)", target.sentence, re.IGNORECASE)
    return (target.start + match.start(), target.start + match.end()) if match else None


def draft_form(draft: Draft, name: str) -> dict[str, Any]:
    """The documented form of a question, with its sentence beside it for whoever corrects it.

    `name` is how the file calls the document.
    """
    target = draft.target
    return {
        "id": target.id,
        "question": draft.question,
        "answerable": True,
        "answers": [target.document.text[draft.answer_start : draft.answer_end]],
        "docs": [name],
        "doc": name,
        "start": target.start,
        "end": target.end,
        "answer_start": draft.answer_start,
        "sentence": target.sentence,
    }
