"""Everything that can go wrong between a file and a search hit.

    LibraryError
    ├── ReadError             a file cannot be turned into text (the reason stands in the ledger)
    │   ├── NoDocument        it could, and is nothing to look things up in
    │   └── FileUnavailable   it cannot be opened, or is being written: what it holds is not known
    ├── PatternError          a pattern of what to leave out is none, or its file cannot be read
    ├── DocumentNotFound      no document, or more than one, answers to the reference given
    ├── EncoderError          the embedding model is missing, damaged or returned nonsense
    └── StoreError            the folder of the store cannot be read or written
        ├── StoreDamaged      the SQLite file is not a sound store
        ├── StoreBusy         another process has been writing for too long
        └── StoreVersionError the store was written by a newer Footnote

A message says what happened, to which file, and what to do next; edges print it as it stands.
"""

from __future__ import annotations


class LibraryError(Exception):
    """Base of all errors of this package; `str(error)` is one line for a person."""


class ReadError(LibraryError):
    """A file cannot be read as a document; the message is the reason, without the path."""


class NoDocument(ReadError):
    """A sound file that holds no document, as a file of questions does: skipped, not refused."""


class FileUnavailable(ReadError):
    """A file that cannot be opened or does not keep still; what was known of it may still be true."""


class PatternError(LibraryError):
    """What is to be left out cannot be understood, so that nothing is read rather than too much."""


class DocumentNotFound(LibraryError):
    """No stored document, or more than one, matches an id, id prefix or path."""


class EncoderError(LibraryError):
    """The embedding model is missing, damaged, or returned vectors of a wrong shape."""


class StoreError(LibraryError):
    """The store's folder cannot be created, read or written."""


class StoreDamaged(StoreError):
    """The SQLite file exists and is not a sound Footnote store."""


class StoreBusy(StoreError):
    """Another process held the store's write lock until the time-out."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of Footnote than this one."""
