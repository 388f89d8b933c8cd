"""The table of formats: which suffix means which format, and which function reads it.

Knows names only; a reader's module and its libraries load when the first file of that format is read. A reader is a
function from a file's bytes to an `Extract`: it sees no path, so no file name can mislead or harm it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from index.records import Extract

Reader = Callable[[bytes], Extract]

# format -> (suffixes, module and function)
_TABLE: dict[str, tuple[str, str]] = {
    "txt": (".txt .text .log", "plain:read"),
    "md": (".md .markdown .mdown .mkd", "markdown:read"),
    "html": (".html .htm .xhtml", "html:read"),
    "pdf": (".pdf", "pdf:read"),
    "docx": (".docx .docm .dotx", "docx:read"),
    "odt": (".odt .ott", "odf:read"),
    "odp": (".odp .otp", "odf:read"),
    "pptx": (".pptx .pptm .ppsx", "pptx:read"),
    "epub": (".epub", "epub:read"),
    "rtf": (".rtf", "rtf:read"),
    "csv": (".csv .tsv .tab", "tables:read_csv"),
    "xlsx": (".xlsx .xlsm .xltx", "tables:read_workbook"),
    "xls": (".xls", "tables:read_workbook"),
    "ods": (".ods", "tables:read_workbook"),
    "eml": (".eml", "mail:read"),
    "mbox": (".mbox .mbx", "mail:read_mailbox"),
    "jsonl": (".jsonl .ndjson", "jsonlines:read"),
    "zip": (".zip", "archive:read_zip"),
    "tar": (".tar .tar.gz .tgz .tar.bz2 .tbz2 .tar.xz .txz", "archive:read_tar"),
    "code": (
        ".py .pyi .js .mjs .cjs .ts .tsx .jsx .java .kt .kts .scala .c .h .cc .cpp .cxx .hpp .hh .cs .go .rs .swift .m"
        " .rb .php .pl .pm .lua .r .jl .sh .bash .zsh .fish .ps1 .bat .sql .css .scss .less .vue .svelte .hs .ml .ex"
        " .exs .erl .clj .el .lisp .dart .zig .nim .f90 .tex .bib .rst .adoc .org .ini .cfg .conf .toml .yaml .yml"
        " .json .xml .proto .graphql .cmake .gradle .tf .diff .patch .srt .vtt",
        "plain:read_code",
    ),
}

FORMATS: dict[str, str] = {suffix: name for name, (suffixes, _) in _TABLE.items() for suffix in suffixes.split()}


def format_of(path: PurePath) -> str | None:
    """The name of the format that a file's suffix stands for ("pdf", "md"), or None where no reader fits.

    A file without a suffix is taken for text; its reader refuses it where it is not.
    """
    if not path.suffix and not path.name.startswith("."):
        return "txt"
    return FORMATS.get("".join(path.suffixes[-2:]).lower()) or FORMATS.get(path.suffix.lower())


def reader_of(format_name: str) -> Reader:
    """The function that reads this format, its module loaded."""
    module, _, function = _TABLE[format_name][1].partition(":")
    reader: Reader = getattr(import_module(f"index.readers.{module}"), function)
    return reader
