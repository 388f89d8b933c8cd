"""The command line: its commands by name, and how a fault becomes one line on standard error and an exit code.

Nothing heavy is imported before a command needs it, so that help and usage errors come at once. What a command does
stands in `commands`.
"""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from rag.commands import answers, chat, checking, documents, evaluation, machine
from rag.commands.session import Doors, Session
from rag.errors import FAULTS, Cancelled, in_words
from rag.interrupt import EXIT_INTERRUPTED, Interrupt
from rag.settings import APPLICATION
from rag.terminal import Terminal, silence

EXIT_FAULT = 1
DEBUG = "FOOTNOTE_DEBUG"
FULL = (errno.ENOSPC, errno.EDQUOT)


def _examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))  # \b keeps the lines as they are


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{APPLICATION} {installed_version(APPLICATION)}")
        raise typer.Exit


def _before_any_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Answers from your own documents, offline, with a footnote you can check under every sentence."""


def _build() -> typer.Typer:
    app = typer.Typer(
        name=APPLICATION,
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help reads well anywhere, and the same in a pipe
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        epilog=_examples(
            "footnote models fetch", "footnote add ~/Documents/reports", "footnote ask 'Why was the office closed?'"
        ),
    )
    app.callback()(_before_any_command)
    app.command(
        "add",
        epilog=_examples(
            "footnote add report.pdf notes/",
            "footnote add ~/papers --exclude '*.log' --exclude drafts/",
            "footnote add ~/papers --json > ledger.json",
        ),
    )(documents.add)
    app.command(
        "sync",
        epilog=_examples("footnote sync", "footnote sync --json | jq .refused"),
    )(documents.sync)
    app.command(
        "list",
        epilog=_examples("footnote list", "footnote list --json | jq -r '.[].path'"),
    )(documents.list_documents)
    app.command(
        "remove",
        epilog=_examples("footnote remove notes/old.md", "footnote remove 3f9a1c 77b0e2", "footnote remove ~/papers"),
    )(documents.remove)
    app.command(
        "show",
        epilog=_examples("footnote show notes/report.md", "footnote show 3f9a1c --span 1200:1321"),
    )(documents.show)
    app.command(
        "search",
        epilog=_examples("footnote search 'budget of the mission'", "footnote search -k 10 --json 'press office'"),
    )(answers.search)
    app.command(
        "ask",
        epilog=_examples(
            "footnote ask 'Why did Russia close the mission in 2021?'",
            "footnote ask 'Who chairs the council?' --json | jq .sentences",
            "footnote ask --questions questions.jsonl > answers.jsonl",
            "footnote ask 'Who signed it?' --model ~/models/another.gguf",
        ),
    )(answers.ask)
    app.command(
        "chat",
        epilog=_examples(
            "footnote chat",
            "footnote chat --model qwen3.5-4b",
            "footnote chat --json < questions.txt > answers.jsonl",
        ),
    )(chat.chat)
    app.command(
        "replay",
        epilog=_examples("footnote replay 2495c0df76984729", "footnote replay 2495c0 --json | jq .identical"),
    )(answers.replay)
    app.command(
        "check",
        epilog=_examples(
            "footnote check 'The mission was closed in 2021.'",
            "footnote check --file memo.docx",
            "pbpaste | footnote check -",
            "footnote check --texts texts.jsonl > checked.jsonl",
        ),
    )(checking.check)
    app.command(
        "evaluate",
        epilog=_examples(
            "footnote evaluate questions.jsonl",
            "footnote evaluate questions.jsonl --documents reports/ --out answers.jsonl",
            "footnote evaluate questions.jsonl --json > before.json",
            "footnote evaluate questions.jsonl --compare before.json --html report.html",
            "footnote evaluate --make-questions --out drafts.jsonl",
        ),
    )(evaluation.evaluate)
    app.command(
        "serve",
        epilog=_examples("footnote serve", "footnote serve --port 8000 --open", "footnote serve --watch"),
    )(machine.serve)
    app.command("mcp", epilog=_examples("footnote mcp", "footnote mcp --home ~/footnote-work"))(machine.mcp)
    models = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    models.command("list", epilog=_examples("footnote models list", "footnote models list --json"))(machine.list_models)
    models.command("fetch", epilog=_examples("footnote models fetch", "footnote models fetch qwen3.5-4b"))(
        machine.fetch_models
    )
    models.command("verify", epilog=_examples("footnote models verify"))(machine.verify_models)
    app.add_typer(
        models,
        name="models",
        help="List, fetch and verify models.",
        epilog=_examples("footnote models list", "footnote models fetch", "footnote models verify"),
    )
    app.command("doctor", epilog=_examples("footnote doctor", "footnote doctor --json"))(machine.doctor)
    return app


app = _build()


def main(arguments: Sequence[str] | None = None, doors: Doors | None = None) -> int:
    """Runs one command and returns its exit code; `arguments` are those of the process unless given."""
    terminal = Terminal.standard()
    interrupt = Interrupt()
    session = Session(doors=doors or Doors(), terminal=terminal, interrupt=interrupt)
    with interrupt.listening():
        code = _run(list(sys.argv[1:] if arguments is None else arguments), session)
        if interrupt() or code == EXIT_INTERRUPTED:
            terminal.message(f"{APPLICATION}: stopped; everything finished before is kept")
            code = EXIT_INTERRUPTED
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None where the process was started with it closed
        try:
            stream.flush()
        except OSError:  # the reader has gone; or a disk is full, and then writing has said so
            silence(stream)
            code = code or EXIT_FAULT
    return code


def _run(arguments: list[str], session: Session) -> int:
    try:
        typer.main.get_command(app).main(args=arguments, prog_name=APPLICATION, obj=session)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_FAULT
    except (KeyboardInterrupt, Cancelled):
        return EXIT_INTERRUPTED
    except FAULTS as error:
        if not session.interrupt():
            _report(error, session)
        return EXIT_FAULT
    except Exception:
        # Ctrl-C during an import surfaces as whatever the half-imported library makes of it.
        if not session.interrupt():
            raise
        return EXIT_INTERRUPTED
    return 0


def _report(error: Exception, session: Session) -> None:
    if session.doors.environment.get(DEBUG):
        traceback.print_exception(error)
    full = isinstance(error, OSError) and error.errno in FULL
    mend = ": make room on the disk of the home or of the output, and repeat" if full else ""
    session.terminal.error(f"{in_words(error)}{mend}")


if __name__ == "__main__":
    from rag.__main__ import main as run_process  # which knows what to do about Ctrl-C while Python still imports

    sys.exit(run_process())
