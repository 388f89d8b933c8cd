"""Mail (EML, MBOX): subject, sender, recipients and date, then the message; in a mailbox each mail is a section.

Knows which of a message's alternative bodies to read. Attachments are named in a note and not read.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.html import add_blocks
from index.readers.markup import read_markup
from index.readers.text import decode
from index.records import Extract

_HEADERS = ("Subject", "From", "To", "Cc", "Date")
# A line that begins a mail in a mailbox, at the start or after a blank line.
_ENVELOPE = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*\d{4}[^\n]*\r?\n")


def read(data: bytes) -> Extract:
    """One message."""
    message = _parse(data)
    if not any(message[name] for name in ("From", "To", "Subject", "Date", "Received")):
        raise ReadError("not a mail: it has none of a mail's header lines")
    assembler = Assembler()
    attachments = _add(assembler, message)
    notes = (f"attachments not read: {', '.join(attachments)}",) if attachments else ()
    return assembler.extract(
        title=_header(message, "Subject"), author=_header(message, "From"), date=_date(message), notes=notes
    )


def read_mailbox(data: bytes) -> Extract:
    """All messages of a mailbox."""
    envelopes = list(_ENVELOPE.finditer(data))
    if not envelopes:
        raise ReadError("not a mailbox: no mail begins in it")
    assembler = Assembler()
    attachments = 0
    for at, envelope in enumerate(envelopes, start=1):
        end = envelopes[at].start() if at < len(envelopes) else len(data)
        message = _parse(data[envelope.end() : end])
        subject, date = _header(message, "Subject") or "(no subject)", _date(message)
        assembler.section(f"{subject}, {date}" if date else subject)
        attachments += len(_add(assembler, message))
    return assembler.extract(notes=(f"{attachments} attachments not read",) if attachments else ())


def _parse(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _add(assembler: Assembler, message: EmailMessage) -> list[str]:
    """Appends header and body; returns the names of attachments."""
    headers = [(name, _header(message, name)) for name in _HEADERS]
    assembler.add("\n".join(f"{name}: {value}" for name, value in headers if value))
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None and not isinstance(body, EmailMessage):
        body = None
    if body is not None:
        text = _content(body)
        if body.get_content_subtype() == "html":
            add_blocks(assembler, read_markup(text).blocks)
        else:
            assembler.add(text)
    names = []
    for part in message.walk():
        if part is not body and (part.get_filename() or part.get_content_disposition() == "attachment"):
            names.append(part.get_filename() or part.get_content_type())
    return names


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
    except (ValueError, IndexError, AttributeError, KeyError, TypeError):
        return None  # Python's header parser stumbles over some broken headers
    return " ".join(str(value).split()) or None if value is not None else None


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date") or "").date().isoformat()
    except ValueError:
        return None
