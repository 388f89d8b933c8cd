"""The command that holds a conversation in the terminal: chat. Questions are understood by what was said before them.

It reads lines, from a terminal with a history or one by one from anything else, and keeps what was asked as the chat
page does, so that it can be opened there. It does not know how a question is understood or answered.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from index.errors import LibraryError
from index.home import make_home
from rag import forms, rendering
from rag.commands.answers import keep_for_replay
from rag.commands.session import Accountable, Home, Json, Model, Session, session_of
from rag.errors import Cancelled, ConversationsError, FootnoteError, QuestionError
from rag.live import waiting
from rag.questions import readable
from rag.rendering import SHORT_ID
from rag.settings import Settings
from rag.terminal import Terminal, safe, safe_line

if TYPE_CHECKING:
    from rag.conversations import Conversations
    from rag.records import Answer, Event
    from rag.turns import Turn

HISTORY = "chat-history"  # in the home: the lines typed, for the arrow keys
HISTORY_LINES = 500
TURNS_REMEMBERED = 20
HELP = """\
/sources      the footnotes of the last answer, with the exact words
/sources N    footnote N: its words, and the passage around them
/new          begin a new conversation
/quit         leave; so does Ctrl-D
/help         these lines
Ctrl-C stops an answer; a second one leaves."""


def chat(
    context: typer.Context,
    home: Home = None,
    model: Model = None,
    record: Annotated[
        bool, typer.Option("--record/--no-record", help="Keep the conversation, as the chat page does.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Hold a conversation in the terminal.

    Answers are those of 'footnote ask'; a question that leans on the ones before it is understood by them, and it is
    said how. In the conversation, /help names what else can be typed. Where standard input is not a terminal, each
    line of it is a question; with --json each answer is one line of JSON.
    """
    session = session_of(context)
    from rag.conversations import FILE, Conversations

    settings = session.settings(home, model)
    interactive = sys.stdin is not None and sys.stdin.isatty() and not as_json
    typed = _typed(settings.home / HISTORY) if interactive else _piped()
    with waiting(session.terminal, "Opening the documents and the model", as_json=as_json):
        assistant = session.doors.assistant(settings)
    with closing(assistant.library), typed as ask_for_line:
        kept = Conversations(settings.home / FILE) if record else None
        talk = _Talk(session, settings, assistant, kept, as_json)
        if not assistant.library.documents():
            session.terminal.message("There are no documents yet. Add some with: footnote add PATH")
        if interactive:
            session.terminal.print("Ask your documents; /help says what else can be typed, Ctrl-D leaves.")
            _converse(talk, ask_for_line)
        else:
            _answer_each(talk, ask_for_line)


@dataclass(slots=True)
class _Talk:
    """One run of the command: the conversation it is in and what was said in it."""

    session: Session
    settings: Settings
    assistant: Accountable
    conversations: Conversations | None
    as_json: bool
    conversation: str = field(default_factory=lambda: secrets.token_hex(12))
    turns: list[Turn] = field(default_factory=list)

    def obey(self, line: str) -> bool:
        """Does what a line that begins with a stroke says; False where it is to leave."""
        terminal = self.session.terminal
        word, _, rest = line.partition(" ")
        match word, rest.strip():
            case "/quit" | "/exit", "":
                return False
            case "/new", "":
                self.conversation, self.turns = secrets.token_hex(12), []
                terminal.message("A new conversation.", style="dim")
            case "/help", "":
                for help_line in HELP.splitlines():
                    terminal.message(help_line)
            case "/sources", number if not number or number.isdecimal():
                answer = next((turn.answer for turn in reversed(self.turns) if turn.answer), None)
                if self.as_json:
                    terminal.message("Each line of JSON holds its sources.")
                elif answer is None:
                    terminal.message("There is no answer yet whose sources could be shown.")
                else:
                    _print_sources(terminal, answer, number)
            case _:
                terminal.message(f"{word} is not known here; /help names what is.")
        return True

    def answer(self, question: str) -> None:
        """Asks, shows and keeps. Raises as `Assistant.ask` does; Cancelled when Ctrl-C stopped the answer."""
        from rag.records import Waiting
        from rag.turns import Turn, history

        turn = Turn(key=secrets.token_hex(12), question=readable(question)).after(Waiting(0))
        self._keep(lambda kept: kept.begin(self.conversation, turn))
        before = history(self.turns)
        try:
            with waiting(self.session.terminal, "Looking for passages", as_json=self.as_json) as display:
                events = self.assistant.ask(turn.question, history=before, cancelled=self.session.interrupt)

                def followed() -> Iterator[Event]:
                    nonlocal turn
                    for event in events:
                        turn = turn.after(event)
                        yield event

                done = display.follow(followed())
        except (FootnoteError, LibraryError) as error:
            turn = turn.stopped() if isinstance(error, Cancelled) else turn.failed(str(error))
            raise
        finally:
            turn = turn if turn.finished else turn.stopped()
            self.turns = [*self.turns[1 - TURNS_REMEMBERED :], turn]
            self._keep(lambda kept: kept.finish(turn))
        if self.conversations:
            keep_for_replay(self.session, self.settings, done)
        if self.as_json:
            self.session.terminal.json(forms.answer_form(done.answer), one_line=True)
        else:
            rendering.print_answer(self.session.terminal, done.answer)

    def _keep(self, keep: Callable[[Conversations], None]) -> None:
        """A conversation that cannot be kept is told once and costs no answer."""
        if self.conversations is None:
            return
        try:
            keep(self.conversations)
        except ConversationsError as error:
            self.conversations = None
            self.session.terminal.message(f"{error} This conversation goes on without being kept.", style="yellow")


def _print_sources(terminal: Terminal, answer: Answer, number: str) -> None:
    """The words cited under one number, or under each where it is "", marked within the passage around them where it
    is one."""
    passages = [passage for passage in answer.passages if number in ("", str(passage.marker))]
    cited = {
        (citation.marker, citation.start, citation.end)
        for sentence in answer.sentences
        for citation in sentence.citations
    }
    if not number:
        passages = [passage for passage in passages if any(passage.marker == marker for marker, _, _ in cited)]
    if not passages:
        numbers = f"1 to {len(answer.passages)}" if answer.passages else "none"
        terminal.message(f"There is no such footnote; numbers of this answer: {numbers}.")
    for numbered in passages:
        passage = numbered.passage
        spans = sorted((start, end) for marker, start, end in cited if marker == numbered.marker)
        page = "" if numbered.hit.page is None else f", page {numbered.hit.page}"
        _print_wrapped(terminal, Text(f"[{numbered.marker}] {safe_line(numbered.hit.title)}{page}", style="bold"))
        _print_wrapped(terminal, Text(safe_line(numbered.hit.path), style="dim"))
        inside = [(start - passage.start, end - passage.start) for start, end in spans]
        if not number:
            for start, end in inside:
                _print_wrapped(terminal, Text(f"“{safe_line(passage.text[start:end])}”"))
        else:
            _print_wrapped(terminal, _marked(passage.text, inside))
        for start, end in spans:
            shown = f"footnote show {passage.document_id[:SHORT_ID]} --span {start}:{end}"
            terminal.print(Text(shown, style="dim"))


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> Text:
    """A passage with the cited words in quotation marks that point outwards, and bold where there is bold."""
    marked, at = Text(), 0
    for start, end in spans:
        marked.append(safe(text[at:start])).append(f"»{safe(text[start:end])}«", style="bold")
        at = end
    return marked.append(safe(text[at:]))


def _print_wrapped(terminal: Terminal, text: Text) -> None:
    for line in text.wrap(terminal.out, terminal.width):
        line.rstrip()
        terminal.print(line)


def _converse(talk: _Talk, ask_for_line: Callable[[], str]) -> None:
    """With somebody at a keyboard: a fault is told and the conversation goes on; Ctrl-C twice in a row leaves."""
    interrupt, terminal = talk.session.interrupt, talk.session.terminal
    pressed = False
    while True:
        try:
            line = ask_for_line().strip()
        except EOFError:
            terminal.print()
            return
        except KeyboardInterrupt:
            interrupt.forget()
            terminal.print()
            if pressed:
                return
            pressed = True
            terminal.message("Ctrl-C again, or Ctrl-D, leaves.", style="dim")
            continue
        pressed = False
        if line.startswith("/"):
            if not talk.obey(line):
                return
        elif line:
            try:
                with interrupt.noting():
                    talk.answer(line)
            except Cancelled:
                pressed = True
                terminal.message("Stopped. Ctrl-C again, or Ctrl-D, leaves.", style="dim")
            except (FootnoteError, LibraryError) as error:
                terminal.error(str(error))
            interrupt.forget()
        terminal.print()


def _answer_each(talk: _Talk, next_line: Callable[[], str]) -> None:
    """From a file or a pipe: line by line, until one cannot be answered."""
    with suppress(EOFError):
        number = 0
        while True:
            line = next_line().strip()
            number += 1
            if line.startswith("/"):
                if not talk.obey(line):
                    return
            elif line:
                try:
                    talk.answer(line)
                except QuestionError as error:
                    raise QuestionError(f"line {number}: {error}") from error
                if not talk.as_json:
                    talk.session.terminal.print()


@contextmanager
def _typed(history: Path) -> Iterator[Callable[[], str]]:
    """Lines from a terminal, with editing and, where Python has readline, the lines of earlier times."""
    try:
        import readline
    except ImportError:  # Windows
        yield lambda: input("> ")
        return
    readline.clear_history()
    with suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(HISTORY_LINES)
    try:
        yield lambda: input("> ")
    finally:
        with suppress(OSError):  # a history that cannot be kept is no reason for a word at the end
            make_home(history.parent)
            history.touch(mode=0o600)  # what people ask is theirs alone
            readline.write_history_file(history)


@contextmanager
def _piped() -> Iterator[Callable[[], str]]:
    def next_line() -> str:
        line = sys.stdin.buffer.readline().decode("utf-8", "replace") if sys.stdin else ""
        if not line:
            raise EOFError
        return line

    yield next_line
