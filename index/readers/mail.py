"""Mail (EML, MBOX): subject, sender, recipients and date, then the message; in a mailbox each mail is a section.

Knows which of a message's alternative bodies to read. Attachments are named in a note and not read.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.html import add_blocks
from index.readers.markup import Block, read_markup
from index.readers.parsing import explained
from index.readers.text import decode
from index.records import Extract

_HEADERS = ("Subject", "From", "To", "Cc", "Date")
# A line that begins a mail in a mailbox, at the start or after a blank line.
_ENVELOPE = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*\d{4}[^\n]*\r?\n")


@dataclass(frozen=True, slots=True)
class _Mail:
    """A message as it is shown. `header` are its lines, `body` is plain text or the blocks of a page."""

    subject: str | None
    author: str | None
    date: str | None
    header: str
    body: list[Block] | str
    attachments: list[str]


def read(data: bytes) -> Extract:
    """One message."""
    message = _parse(data)
    if not any(name in message for name in ("From", "To", "Subject", "Date", "Received")):
        raise ReadError("not a mail: it has none of a mail's header lines")
    mail = _mail(message)
    assembler = Assembler()
    _add(assembler, mail)
    notes = (f"attachments not read: {', '.join(mail.attachments)}",) if mail.attachments else ()
    return assembler.extract(title=mail.subject, author=mail.author, date=mail.date, notes=notes)


def read_mailbox(data: bytes) -> Extract:
    """All messages of a mailbox that can be read; a note says how many cannot."""
    envelopes = list(_ENVELOPE.finditer(data))
    if not envelopes:
        raise ReadError("not a mailbox: no mail begins in it")
    assembler = Assembler()
    attachments = 0
    unread: list[ReadError] = []
    for at, envelope in enumerate(envelopes, start=1):
        end = envelopes[at].start() if at < len(envelopes) else len(data)
        try:
            with explained("eml"):
                mail = _mail(_parse(data[envelope.end() : end]))
        except ReadError as error:
            unread.append(error)
            continue
        subject = mail.subject or "(no subject)"
        assembler.section(f"{subject}, {mail.date}" if mail.date else subject)
        _add(assembler, mail)
        attachments += len(mail.attachments)
    if len(unread) == len(envelopes):
        raise ReadError(f"no mail in it can be read: {unread[0]}")
    notes = [f"{attachments} attachments not read"] * bool(attachments)
    notes += [f"{len(unread)} of {len(envelopes)} mails not read, the first: {unread[0]}"] if unread else []
    return assembler.extract(notes=tuple(notes))


def _parse(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _mail(message: EmailMessage) -> _Mail:
    headers = [(name, _header(message, name)) for name in _HEADERS]
    body = message.get_body(preferencelist=("plain", "html"))
    shown: list[Block] | str = ""
    if isinstance(body, EmailMessage):
        text = _content(body)
        shown = read_markup(text).blocks if body.get_content_subtype() == "html" else text
    return _Mail(
        subject=_header(message, "Subject"),
        author=_header(message, "From"),
        date=_date(message),
        header="\n".join(f"{name}: {value}" for name, value in headers if value),
        body=shown,
        attachments=[
            part.get_filename() or part.get_content_type()
            for part in message.walk()
            if part is not body and (part.get_filename() or part.get_content_disposition() == "attachment")
        ],
    )


def _add(assembler: Assembler, mail: _Mail) -> None:
    assembler.add(mail.header)
    if isinstance(mail.body, str):
        assembler.add(mail.body)
    else:
        add_blocks(assembler, mail.body)


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
    except (ValueError, IndexError, AttributeError, KeyError, TypeError, OverflowError):
        return None  # Python's header parser stumbles over some broken headers
    return " ".join(str(value).split()) or None if value is not None else None


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date") or "").date().isoformat()
    except ValueError:
        return None
