"""The settings in words: what each choice means and what it does, as text and HTML.

Pure, like `render`. Says nothing that is not so by the definition of a setting or by the catalogue of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rag.effect import Effect
from rag.escaped import plain
from rag.models import Model
from rag.settings import Settings
from rag.ui.fetching import Fetching
from rag.ui.render import duration

SECONDS_A_TOKEN = 0.02  # of reading, on two cores
WORDS_A_TOKEN = 0.75
FITS = 0.85  # of the memory that a laptop is sold with, what its system sees

# (value, words)
SURENESS = (
    (0.2, "A little (as it comes)"),
    (0.3, "Somewhat"),
    (0.5, "More likely right than wrong"),
    (0.8, "Nearly certain"),
)
READING = (
    ((3, 180), "Little: about 2 passages of ordinary length"),
    ((6, 350), "Enough for most questions: about 3 passages (as it comes)"),
    ((9, 540), "Much: about 5 passages"),
)
CREATIVITY = (
    (0.0, "Not at all: always the likeliest word (as it comes)"),
    (0.4, "A little"),
    (0.8, "More"),
)
UNSUPPORTED = ((True, "Shown, each with its sign and reason (as it comes)"), (False, "Left out, and counted"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that could answer: whether it is on this machine, and whether the machine has the memory for it."""

    model: Model
    here: bool
    memory_bytes: int

    @property
    def fits(self) -> bool:
        return self.memory_bytes >= FITS * self.model.laptop_gb * 1e9

    @property
    def label(self) -> str:
        """One line of the list."""
        if self.here:
            state = "on this machine"
        elif self.fits:
            state = f"to be fetched, {size(self.model.bytes)}"
        else:
            state = f"too large for this machine, wants {self.model.laptop_gb} GB of memory"
        return f"{self.model.title} \N{EM DASH} {state}"


def size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def sureness_choices(now: float) -> list[tuple[str, float]]:
    """Words and values; a value that was set by hand is one of them."""
    return _share_choices(SURENESS, now)


def creativity_choices(now: float) -> list[tuple[str, float]]:
    """As those of sureness."""
    return _share_choices(CREATIVITY, now)


def reading_choices(passages: int, tokens: int) -> list[tuple[str, str]]:
    """Words, and values as `reading_value` writes them."""
    choices = [(words, reading_value(*value)) for value, words in READING]
    now = reading_value(passages, tokens)
    by_hand = (f"As set by hand: {passages} passages, {tokens:,} tokens", now)
    return choices if any(value == now for _, value in choices) else [*choices, by_hand]


def reading_value(passages: int, tokens: int) -> str:
    return f"{passages} {tokens}"


def unsupported_choices() -> list[tuple[str, bool]]:
    return [(words, value) for value, words in UNSUPPORTED]


def sureness_html(threshold: float, measured: Effect | None = None) -> str:
    """What a threshold does, by what confidence means, and by what was measured."""
    of_hundred = round(100 * threshold)
    meaning = _effect(
        f"An answer is shown when the chance that it is right and supported is put at {of_hundred}% or more; with "
        "less, you read that your documents do not say, and the nearest passages. "
        "The surer it must be, the fewer wrong answers you see, and the more often it stays silent although the "
        "answer is there."
    )
    return meaning + (_measured(threshold, measured) if measured else "")


def _measured(threshold: float, measured: Effect) -> str:
    """A table of what each choice did, that of now marked."""
    now = measured.at(threshold)
    rows = []
    for row in sorted({measured.at(value) for value, _ in SURENESS} | {now}, key=lambda row: row.threshold):
        shares = (row.right, row.wrong, row.silent, row.declined)
        cells = "".join(f"<td>{share:.0%}</td>" for share in shares)
        mark = ' class="fn-now" aria-current="true"' if row == now else ""
        rows.append(f'<tr{mark}><th scope="row">{row.threshold:.0%}</th>{cells}</tr>')
    count = measured.answerable
    asked, told = f"your {count} questions in {measured.file}", "the last that you measured"
    if not measured.file:
        asked, told = f"{count} questions on the sample dossier", "measure your own with “footnote evaluate”"
    return (
        f'<table class="fn-measured"><caption>Measured on {plain(asked)} that the documents '
        f"answer, and {measured.others} that they do not: {told}.</caption>"
        '<thead><tr><th scope="col">at</th><th scope="col">right</th><th scope="col">wrong</th>'
        '<th scope="col">silent, though they answer</th><th scope="col">silent, as they do not</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def reading_html(tokens: int) -> str:
    """What more passages cost, and bring."""
    return _effect(
        f"About {round(tokens * WORDS_A_TOKEN, -1):.0f} words are read for an answer. What it has not read before "
        f"takes up to {round(tokens * SECONDS_A_TOKEN)} s on two cores before the first word comes. More passages help "
        "where an answer is put together from several places; for most questions they only cost time."
    )


def creativity_html(creativity: float) -> str:
    """What drawing words does, and what it costs."""
    if not creativity:
        return _effect(
            "The same question to the same documents gets the same answer. With more, answers differ when you ask "
            "again; they are checked all the same, and more of them may be wrong."
        )
    return _effect(
        "Words are drawn among the likelier ones: answers differ when you ask again. They are checked all the same, "
        "and more of them may be wrong."
    )


def unsupported_html(shown: bool) -> str:
    if shown:
        return _effect("You see everything the model wrote, and at each sentence whether your documents support it.")
    return _effect(
        "They can be read while the answer is written; in the finished answer they are gone, and it says how many."
    )


def offer_html(offer: Offer, settings: Settings) -> str:
    """What is to be known of a model before it is used or fetched."""
    model = offer.model
    facts = [
        model.note,
        f"{size(model.bytes)} on disk, takes about {model.memory_gb:g} GB of memory while it answers",
        f"for laptops with {model.laptop_gb} GB of memory or more; this one has {offer.memory_bytes / 1e9:.0f} GB",
        f"licence {model.licence}",
        "answers were tried with it where Footnote is made" if model.tried else "not tried where Footnote is made",
    ]
    items = "".join(f"<li>{plain(fact)}</li>" for fact in facts if fact)
    used = "<p><strong>It answers your questions now.</strong></p>" if settings.model.casefold() == model.name else ""
    warning = ""
    if not offer.fits:
        warning = '<p class="fn-fault">This machine has too little memory for it: it would be very slow, or fail.</p>'
    return f'<div class="fn-offer">{used}<ul>{items}</ul>{warning}</div>'


def own_model_html(name: str) -> str:
    """A model file of the reader's own, or a name that the catalogue does not have."""
    return f'<div class="fn-offer"><p>Answers come from {plain(PurePath(name).name)}, a file of your own.</p></div>'


def fetching_html(fetching: Fetching | None) -> str:
    """Progress with rate and time left; afterwards what came of it."""
    if fetching is None:
        return ""
    title = plain(fetching.model.title)
    match fetching.stage:
        case "fault":
            return f'<p class="fn-fault" role="alert" data-stage="fault">{plain(fetching.message)}</p>'
        case "stopped":
            words = f"Stopped. What has arrived of {title} is kept: fetching it again goes on there."
        case "done":
            words = f"{title} is here, and is what it should be."
        case _:
            return _progress(fetching)
    return f'<p class="fn-note" data-stage="{fetching.stage}">{words}</p>'


def kept_html(words: str, place: str) -> str:
    return f'<p class="fn-note" role="status" title="{plain(place)}">{plain(words)}</p>'


def _share_choices(offered: Sequence[tuple[float, str]], now: float) -> list[tuple[str, float]]:
    choices = [(words, value) for value, words in offered]
    return choices if any(value == now for _, value in choices) else [*choices, (f"As set by hand: {now:.0%}", now)]


def _effect(words: str) -> str:
    return f'<p class="fn-effect fn-note">{plain(words)}</p>'


def _progress(fetching: Fetching) -> str:
    progress = fetching.progress
    words = f"Fetching {plain(fetching.model.title)}"
    if progress.total:
        words += f": {size(progress.done)} of {size(progress.total)}"
    if progress.note:
        words += f", {plain(progress.note)}"
    if fetching.seconds_left is not None:
        words += f" \N{MIDDLE DOT} {fetching.rate / 1e6:.1f} MB a second, about {duration(fetching.seconds_left)} left"
    bar = f'<progress max="{max(progress.total, 1)}" value="{progress.done}" aria-label="How far"></progress>'
    return f'<div class="fn-stage" data-stage="fetching"><p>{words}</p>{bar}</div>'
