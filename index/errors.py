"""Everything that can go wrong between a file and a search hit.

    LibraryError
    ├── ReadError             a file cannot be turned into text (the reason stands in the ledger)
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
