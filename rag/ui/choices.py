"""The settings view: which model answers, how sure it must be, how much it reads, how creative it is, what is shown.

Components, wires and handlers of gradio's events around `rag.preferences`, the catalogue of models and `fetching`.
What is chosen is kept in the home and counts from the next question on. (No postponed annotations here: gradio
recognises parameters by their evaluated annotations.)
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import gradio as gr

from rag import effect, preferences
from rag.errors import FAULTS, in_words
from rag.models import Model, catalogue, find, installed
from rag.opening import Opening
from rag.settings import Settings
from rag.ui import render, wording
from rag.ui.fetching import Fetches
from rag.ui.lists import AS_SENT
from rag.ui.means import Means
from rag.ui.wording import Offer

_STATE_SECONDS = 20.0
COUNTS = "Kept. It counts from the next question on."


class Choices:
    """Each handler takes and returns values of components; none keeps state of its own."""

    def __init__(self, opening: Opening, means: Means) -> None:
        self._opening = opening
        self._means = means
        self._fetches = Fetches(means.fetch)

    def close(self) -> None:
        self._fetches.close()

    def build(self, header: gr.HTML) -> None:
        """The view's components and wires."""
        with gr.Column(elem_id="choices"):
            model = gr.Radio(choices=[], label="Which model answers", elem_id="models")
            offer = gr.HTML("", elem_id="offer", apply_default_css=False)
            with gr.Row(elem_id="offer-row"):
                use = gr.Button("Use this model", visible=False, scale=0, min_width=160, elem_id="use-model")
                bring = gr.Button("Fetch it", visible=False, scale=0, min_width=160, elem_id="fetch-model")
                stop = gr.Button("Cancel", variant="stop", scale=0, min_width=110, elem_id="stop-fetching")
            fetching = gr.HTML("", elem_id="fetching", apply_default_css=False)
            sureness = gr.Radio(choices=[], label="How sure must it be before it answers?", elem_id="sureness")
            sureness_effect = gr.HTML("", elem_id="sureness-effect", apply_default_css=False)
            reading = gr.Radio(choices=[], label="How much does it read for an answer?", elem_id="reading")
            reading_effect = gr.HTML("", elem_id="reading-effect", apply_default_css=False)
            creativity = gr.Radio(choices=[], label="How creative is it with its words?", elem_id="creativity")
            creativity_effect = gr.HTML("", elem_id="creativity-effect", apply_default_css=False)
            unsupported = gr.Radio(
                choices=wording.unsupported_choices(),
                label="Sentences that your documents do not support are",
                elem_id="unsupported",
            )
            unsupported_effect = gr.HTML("", elem_id="unsupported-effect", apply_default_css=False)
            note = gr.HTML("", elem_id="choices-note", apply_default_css=False)
        about = [offer, use, bring]
        queued: dict[str, Any] = {
            "concurrency_limit": None,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        model.input(self.look, [model], about, **AS_SENT)
        use.click(self.use, [model], [note, *about], **AS_SENT).then(self.settle, None, [header, note], **queued)
        # What is drawn while a model arrives is beside the choice, so that looking at another goes on meanwhile.
        bring.click(self.bring, [model], [fetching], **AS_SENT).then(self.follow, None, [fetching], **queued).then(
            self.models, None, [model], **AS_SENT
        ).then(self.look, [model], about, **AS_SENT)
        stop.click(self._fetches.stop, None, None, **AS_SENT)
        sureness.input(self.be_sure, [sureness], [sureness_effect, note], **AS_SENT)
        reading.input(self.read, [reading], [reading_effect, note], **AS_SENT)
        creativity.input(self.be_creative, [creativity], [creativity_effect, note], **AS_SENT)
        unsupported.input(self.show, [unsupported], [unsupported_effect, note], **AS_SENT)
        shown = [model, *about, sureness, sureness_effect, reading, reading_effect]
        shown += [creativity, creativity_effect, unsupported, unsupported_effect]
        self._arrivals: list[tuple[Any, Any, Any, dict[str, Any]]] = [
            (self.shown, None, [*shown, note], AS_SENT),
            (self.follow, None, [fetching], queued),
        ]

    def arrive(self, event: Any) -> None:  # noqa: ANN401  (gradio's dependency, whose type is not public)
        """What is drawn when a page is opened."""
        for call, inputs, outputs, options in self._arrivals:
            event.then(call, inputs, outputs, **options)

    def shown(self) -> list[Any]:
        """Everything as it is set now."""
        try:
            now = self._means.settings()
        except FAULTS as error:
            return [*[gr.skip()] * 12, render.source_fault_html(in_words(error))]
        return [
            self._models(now),
            *self._about(_named(now), now),
            gr.Radio(choices=wording.sureness_choices(now.threshold), value=now.threshold),
            _sureness(now),
            gr.Radio(
                choices=wording.reading_choices(now.passages, now.passage_tokens_read),
                value=wording.reading_value(now.passages, now.passage_tokens_read),
            ),
            wording.reading_html(now.passage_tokens_read),
            gr.Radio(choices=wording.creativity_choices(now.creativity), value=now.creativity),
            wording.creativity_html(now.creativity),
            gr.Radio(value=now.show_unsupported),
            wording.unsupported_html(now.show_unsupported),
            "",
        ]

    def look(self, name: str | None) -> list[Any]:
        """What is to be known of a model, and what can be done with it."""
        try:
            return self._about(_text(name), self._means.settings())
        except FAULTS as error:
            return [render.source_fault_html(in_words(error)), gr.skip(), gr.skip()]

    def models(self) -> Any:  # noqa: ANN401  (gradio's update)
        """The list, with what has been fetched; which of them the reader looks at stays as it is."""
        try:
            now = self._means.settings()
        except FAULTS:
            return gr.skip()
        return gr.Radio(choices=self._labels(now))

    def use(self, name: str | None) -> list[Any]:
        """Another model from the next question on; it is loaded meanwhile."""
        try:
            name = find(_text(name)).name  # no other file of this machine is looked at for a page
            before = self._means.settings()
            generator = self._means.generator(replace(before, model=name))
            now = self._choose(model=name)
        except FAULTS as error:
            return [render.source_fault_html(in_words(error)), gr.skip(), gr.skip(), gr.skip()]
        if _named(now) != name:
            words = (
                f"Kept for the next start. Until then {now.model} answers: Footnote was started with --model or "
                "FOOTNOTE_MODEL, and that comes first."
            )
        else:
            words = "Kept. The model is being loaded; you can ask already."
            self._opening.adopt(now, generator)
        return [wording.kept_html(words, self._place(now)), *self._about(name, now)]

    def settle(self) -> Iterator[list[Any]]:
        """The header while a model is loaded, and what went wrong with it if anything did."""
        while True:
            state, message = self._opening.state, self._opening.message
            documents = self._opening.opened.library.documents() if self._opening.opened else None
            fault = render.source_fault_html(message) if state == "fault" else gr.skip()
            yield [render.header(state, message, documents), fault]
            if state in ("ready", "fault"):
                return
            self._opening.wait_for_change(state, _STATE_SECONDS)

    def bring(self, name: str | None) -> str:
        """Begins to fetch a model."""
        try:
            self._fetches.start(find(_text(name)), self._means.settings())
        except FAULTS as error:
            return render.source_fault_html(in_words(error))
        return wording.fetching_html(self._fetches.fetching)

    def follow(self) -> Iterator[str]:
        """The model that is being fetched, until it is here."""
        for fetching in self._fetches.states():
            yield wording.fetching_html(fetching)

    def be_sure(self, threshold: float) -> list[Any]:
        """How sure it must be before it answers, and what that does."""
        return self._kept(_sureness, threshold=threshold)

    def read(self, reading: str) -> list[Any]:
        """How much is read for an answer, and what that costs."""
        value = next((value for value, _ in wording.READING if wording.reading_value(*value) == reading), None)
        if value is None:  # as it was set by hand, or nothing that the page offers
            return [gr.skip(), gr.skip()]
        passages, tokens = value
        return self._kept(
            lambda now: wording.reading_html(now.passage_tokens_read), passages=passages, passage_tokens_read=tokens
        )

    def be_creative(self, creativity: float) -> list[Any]:
        """How far from the likeliest words it may go, and what that costs."""
        return self._kept(lambda now: wording.creativity_html(now.creativity), creativity=creativity)

    def show(self, unsupported: bool) -> list[Any]:
        """Whether unsupported sentences are shown."""
        return self._kept(lambda now: wording.unsupported_html(now.show_unsupported), show_unsupported=unsupported)

    def _kept(self, effect: Callable[[Settings], str], **chosen: float | bool) -> list[Any]:
        try:
            now = self._choose(**chosen)
        except FAULTS as error:
            return [gr.skip(), render.source_fault_html(in_words(error))]
        self._opening.adopt(now)
        return [effect(now), wording.kept_html(COUNTS, self._place(now))]

    def _choose(self, **chosen: str | float | bool) -> Settings:
        preferences.choose(self._means.settings().home, **chosen)
        return self._means.settings()

    def _place(self, settings: Settings) -> str:
        return f"in {settings.home / preferences.FILE}"

    def _models(self, now: Settings) -> gr.Radio:
        return gr.Radio(choices=self._labels(now), value=_named(now))

    def _labels(self, now: Settings) -> list[tuple[str, str]]:
        labels = [(offer.label, offer.model.name) for offer in self._offers(now)]
        listed = any(name == _named(now) for _, name in labels)
        return labels if listed else [*labels, (f"Your own: {now.model}", now.model)]

    def _offers(self, now: Settings) -> list[Offer]:
        memory = self._means.memory_bytes()
        models = [model for model in catalogue() if model.kind == "answering"]
        offers = [Offer(model, installed(model, now.models), memory) for model in models]
        return sorted(offers, key=lambda offer: (not offer.here, not offer.fits))

    def _about(self, name: str, now: Settings) -> list[Any]:
        offer = next((offer for offer in self._offers(now) if offer.model.name == name), None)
        if offer is None:
            return [wording.own_model_html(name), gr.Button(visible=False), gr.Button(visible=False)]
        used = _named(now) == name
        return [
            wording.offer_html(offer, now),
            gr.Button(visible=offer.here and not used),
            gr.Button(_fetch_words(offer.model), visible=not offer.here),
        ]


def _text(sent: object) -> str:
    """What a page sent in place of a name, as far as it is one."""
    return sent if isinstance(sent, str) else ""


def _named(settings: Settings) -> str:
    """The model as the catalogue writes its name; a file of the reader's own as it is."""
    name = settings.model.casefold()
    return name if any(model.name == name for model in catalogue()) else settings.model


def _sureness(now: Settings) -> str:
    return wording.sureness_html(now.threshold, effect.measured(now.home, PurePath(_named(now)).name))


def _fetch_words(model: Model) -> str:
    return f"Fetch it ({wording.size(model.bytes)})"
