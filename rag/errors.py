"""Everything that can go wrong between a question and its answer.

    FootnoteError
    ├── QuestionError      the question is empty or too long
    ├── TextError          the text to check is empty, too long or cannot be read
    ├── OutputError        what a command has to tell cannot be written
    ├── SettingsError      an option or environment variable makes no sense
    ├── TemplateError      a file in prompts/ breaks its contract
    ├── ModelError         the answering model cannot be loaded or failed
    │   ├── ModelMissing   the file is not there: fetch it
    │   └── ModelInvalid   no GGUF, truncated, or without a chat template
    ├── FetchError         a model could not be fetched
    │   └── SourceFailed   one of its sources could not bring it: the next is tried
    │       └── HashMismatch   what it brought is not what the catalogue names
    ├── EvaluationError    questions, documents and answers of an evaluation do not belong together
    ├── ConversationsError conversations cannot be kept, read or found
    ├── RecordError        an answer cannot be recorded, or is not recorded
    ├── QueueFull          more questions wait for the model than is any use
    └── Cancelled          the reader pressed stop; not a fault

"The documents do not say" is an answer and stands nowhere here. Errors of `index` pass through unchanged.
What else may go wrong without a defect of ours, and how all of it is told in one line, stands at the end.
"""

from __future__ import annotations

from index.errors import LibraryError


class FootnoteError(Exception):
    """Base of all errors of this package; `str(error)` is one line for a person."""


class QuestionError(FootnoteError):
    """The question is empty, or longer than the model can read."""


class TextError(FootnoteError):
    """The text to check is empty, too long, or not of the documented form."""


class OutputError(FootnoteError):
    """Standard output cannot be written, as on a full disk."""


class SettingsError(FootnoteError):
    """An option or environment variable has a value that makes no sense."""


class TemplateError(FootnoteError):
    """A prompt template lacks a declared variable, uses an unknown one, or is missing."""


class ModelError(FootnoteError):
    """The answering model cannot be loaded, or failed while answering."""


class ModelMissing(ModelError):
    """The model's file does not exist."""


class ModelInvalid(ModelError):
    """The model's file is no GGUF, is truncated, or carries no chat template."""


class FetchError(FootnoteError):
    """A model could not be fetched from any of its sources."""


class SourceFailed(FetchError):
    """One source could not bring a model; the next is tried, and this is shown only when all fail."""


class HashMismatch(SourceFailed):
    """The bytes fetched do not have the SHA-256 that the catalogue names."""


class EvaluationError(FootnoteError):
    """Questions, documents and earlier answers do not belong together, or a question could not be answered."""


class ConversationsError(FootnoteError):
    """The file of the conversations cannot be read or written, or holds no such conversation."""


class RecordError(FootnoteError):
    """An answer cannot be recorded, or no record has that id."""


class QueueFull(FootnoteError):
    """Too many questions wait for the model already, or it is being closed."""


class Cancelled(FootnoteError):
    """The reader stopped the answer."""


# What can go wrong without being a defect of the program.
FAULTS = (FootnoteError, LibraryError, OSError, MemoryError)
# What is said of a defect of the program.
UNEXPECTED = "Something unexpected went wrong; the terminal where Footnote runs shows what."


def in_words(fault: BaseException) -> str:
    """One line for a person."""
    if isinstance(fault, MemoryError):
        return "The memory ran out; close other programs, or choose a smaller model."
    if isinstance(fault, OSError):
        where = f"{fault.filename}: " if fault.filename else ""
        return f"{where}{fault.strerror or fault}"
    return str(fault)
