"""The documents view: adding by upload, folder or path, following the disk, the list, a look at one, and taking it out.

Components, wires and handlers of gradio's events around `intake`, `following` and the library. (No postponed
annotations here: gradio recognises `gr.Request` parameters by their evaluated annotations.)
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from index.collect import absolute
from index.errors import DocumentNotFound
from index.readers import FORMATS
from index.records import DocumentSummary
from index.watch import followed
from rag.errors import FAULTS, in_words
from rag.opening import Opening
from rag.ui import lists, papers
from rag.ui.following import Following
from rag.ui.intake import Intake
from rag.ui.render import header as header_html
from rag.ui.render import source_fault_html

LISTED = 200
_NEWS_SECONDS = 3600.0  # after the view was opened; a page that waits for news holds a connection, and no thread
_LOOK_SECONDS = 0.5
_AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_FOLLOWED: dict[str, Any] = {"concurrency_limit": None, "show_progress": "hidden", "api_visibility": "private"}


class Documents:
    """Each handler takes and returns values of components; none keeps state of its own."""

    def __init__(self, opening: Opening, intake: Intake, following: Following) -> None:
        self._opening = opening
        self._intake = intake
        self._following = following

    def build(self, tab: gr.Tab, limit: gr.Dropdown, held: gr.Textbox, told: gr.Textbox, header: gr.HTML) -> None:
        """The view's components and wires.

        `limit` is the box in which a question is limited to some documents, `held` the bell that rings when others are
        held, `told` the one for what following tells, `header` the line that counts documents; all are on the page from
        the beginning, where this view is built when it is first looked at, under its `tab`.
        """
        with gr.Row(elem_id="papers", equal_height=False):
            with gr.Column(scale=2, min_width=320):
                files = gr.File(
                    file_count="multiple",
                    file_types=sorted(FORMATS),
                    label="Add files",
                    height=150,
                    elem_id="upload",
                )
                folder = gr.UploadButton("Choose a folder to add", file_count="directory", size="md", elem_id="folder")
                with gr.Row(elem_id="by-path"):
                    path = gr.Textbox(
                        label="Or the path of a file or folder on this machine",
                        placeholder="/home/you/Documents/reports",
                        max_lines=1,
                        scale=4,
                        container=False,
                        elem_id="path",
                    )
                    add = gr.Button("Add", variant="primary", scale=1, min_width=80, elem_id="add")
                adding = gr.HTML("", elem_id="adding", apply_default_css=False)
                stop = gr.Button("Stop adding", size="sm", visible=False, elem_id="stop-adding")
                watching = gr.Checkbox(
                    label="Keep in step with the folders on disk", container=False, elem_id="watching"
                )
                watched = gr.HTML("", elem_id="watched", apply_default_css=False)
                search = gr.Textbox(
                    show_label=False,
                    label="Search documents",
                    placeholder="Search titles and paths",
                    max_lines=1,
                    container=False,
                    elem_id="search-papers",
                )
                listed = gr.Radio(
                    choices=[], label="Documents", show_label=False, container=False, elem_id="papers-listed"
                )
                note = gr.HTML("", elem_id="papers-note", apply_default_css=False)
            with gr.Column(scale=3, min_width=320, elem_id="paper"):
                preview = gr.HTML(papers.preview_html(None), elem_id="preview", apply_default_css=False)
                with gr.Row(visible=False) as taking_out:
                    remove = gr.Button("Take out of the library", size="sm", elem_id="remove")
                    sure = gr.Button("Take it out", variant="stop", size="sm", visible=False, elem_id="remove-sure")
                    keep = gr.Button("Keep it", size="sm", visible=False, elem_id="remove-keep")
        for trigger, start, given in (
            (files.upload, self.upload, files),
            (folder.upload, self.upload, folder),
            (add.click, self.by_path, path),
            (path.submit, self.by_path, path),
        ):
            trigger(start, [given], [given, adding], **_AT_ONCE).then(
                self.follow, None, [adding, stop], **_FOLLOWED
            ).then(lists.rung, None, held, **_AT_ONCE)
        stop.click(self._intake.stop, None, None, **_AT_ONCE)
        others = [held.change, told.change, tab.select]  # something may have changed on disk before the view is seen
        lists.draw([search.change, *others], self.found, [search, listed], [listed, note])
        lists.draw(others, self.limits, [limit], [limit])
        lists.draw(others, self.counted, [], [header])
        lists.draw(others, self.watched, [watching], [watching, watched])
        tab.select(self.news, None, [told], **_FOLLOWED)
        watching.input(self.watch, [watching], [adding], trigger_mode="always_last", **_AT_ONCE).then(
            lists.rung, None, held, **_AT_ONCE
        ).then(self.news, None, [told], **_FOLLOWED)
        asked = [remove, sure, keep]
        listed.change(self.look, [listed], [preview, taking_out, *asked], **lists.AS_SENT)
        remove.click(lambda: _whether(True), None, asked, **_AT_ONCE)
        keep.click(lambda: _whether(False), None, asked, **_AT_ONCE)
        sure.click(self.take_out, [listed], [adding], **lists.AS_SENT).then(lists.rung, None, held, **_AT_ONCE)
        self._held, self._adding = held, [adding, stop]

    def arrive(self, event: Any) -> None:  # noqa: ANN401  (gradio's dependency, whose type is not public)
        """What is drawn when a page is opened and the library is there."""
        event.then(lists.rung, None, self._held, **_AT_ONCE)
        event.then(self.follow, None, self._adding, **_FOLLOWED)

    def upload(self, files: list[str] | None) -> list[Any]:
        """Takes uploaded files in; gradio has laid them in its folder of temporary files."""
        try:
            self._intake.add(self._intake.take_in([Path(file) for file in files or ()]))
        except OSError as error:
            return [None, source_fault_html(in_words(error))]
        return [None, papers.adding_html(self._intake.adding)]

    def by_path(self, path: str | None) -> list[Any]:
        text = (path or "").strip().strip("'\"")
        if not text:
            return [gr.skip(), gr.skip()]
        self._intake.add([absolute(Path(text))])
        return ["", papers.adding_html(self._intake.adding)]

    def follow(self) -> Iterator[list[Any]]:
        """What is being added, until it is done."""
        for adding in self._intake.states():
            yield [papers.adding_html(adding), gr.Button(visible=not adding.finished)]

    def found(self, search: str | None, chosen: str | None) -> list[Any]:
        """The documents whose title or path holds every word of a search; the one that is chosen stays so."""
        try:
            every = self._documents()
        except FAULTS as error:
            return [gr.Radio(choices=[], value=None), source_fault_html(in_words(error))]
        words = (search or "").casefold().split()  # None while the view has not been shown
        found = [one for one in every if all(word in f"{one.title}\n{one.path}".casefold() for word in words)]
        shown = [(papers.label(one), one.id) for one in found[:LISTED]]
        # Only a choice that is gone is undone: another may have been made since this call was sent.
        undone: dict[str, Any] = {"value": None} if chosen and chosen not in {one for _, one in shown} else {}
        said = papers.list_note(len(found), len(shown), len(every), search or "")
        return [gr.Radio(choices=shown, **undone), said]

    def limits(self, chosen: list[str] | None) -> Any:  # noqa: ANN401  (gradio's update)
        """The documents that a question can be limited to."""
        try:
            every = self._documents()
        except FAULTS:
            return gr.skip()
        held = {one.id for one in every}
        left = [one for one in chosen or () if one in held]
        undone: dict[str, Any] = {"value": left} if left != (chosen or []) else {}
        return gr.Dropdown(choices=[(one.title, one.id) for one in every], **undone)

    def counted(self) -> Any:  # noqa: ANN401  (gradio's update)
        """The header; while models are loaded others draw it, and a count that comes late would undo theirs."""
        if self._opening.state != "ready":
            return gr.skip()
        try:
            return header_html("ready", self._opening.message, self._documents())
        except FAULTS:
            return gr.skip()

    def watch(self, on: object) -> Any:  # noqa: ANN401  (a value, or gradio's sign to leave it)
        """Follows the disk from now on, or no longer."""
        if not isinstance(on, bool):
            return gr.skip()
        try:
            self._following.choose(on)
        except FAULTS as error:
            return source_fault_html(in_words(error))
        return gr.skip()

    async def news(self) -> AsyncIterator[str]:
        """Rings whenever following has something to tell, for a while after the view was opened."""
        end, known = time.monotonic() + _NEWS_SECONDS, self._following.state
        while known.on and time.monotonic() < end:
            await asyncio.sleep(_LOOK_SECONDS)
            state = self._following.state
            if state != known:
                yield lists.rung()
            known = state

    def watched(self, shown: bool) -> list[Any]:
        """Whether the disk is followed, and what was done last. The box is drawn only where it shows the contrary."""
        state = self._following.state
        try:
            roots = followed(self._opening.assistant().library)
        except FAULTS:
            roots = []  # the list says what is wrong
        box = gr.skip() if shown is state.on else gr.Checkbox(value=state.on)
        return [box, papers.following_html(state, roots, datetime.now().astimezone())]

    def look(self, document_id: str | None) -> list[Any]:
        """A look at the document chosen, and the button that takes it out, as it is before it is pressed."""
        return [*self._look(document_id), *_whether(False)]

    def _look(self, document_id: str | None) -> list[Any]:
        if not document_id:
            return [papers.preview_html(None), gr.Row(visible=False)]
        try:
            document = self._opening.assistant().library.document(document_id)
        except DocumentNotFound:
            return [source_fault_html("This document is not in the library any more."), gr.Row(visible=False)]
        except FAULTS as error:
            return [source_fault_html(in_words(error)), gr.Row(visible=False)]
        return [papers.preview_html(document), gr.Row(visible=True)]

    def take_out(self, document_id: str | None) -> str:
        """Takes a document out of the library; a file that was uploaded is deleted, any other stays."""
        if not document_id:
            return ""
        try:
            ledger = self._opening.assistant().library.remove([document_id])
        except FAULTS as error:
            return source_fault_html(in_words(error))
        return papers.ledger_html(ledger)

    def _documents(self) -> list[DocumentSummary]:
        return list(self._opening.assistant().library.documents())


def _whether(sure: bool) -> list[gr.Button]:
    return [gr.Button(visible=not sure), gr.Button(visible=sure), gr.Button(visible=sure)]
