"""Tables (CSV, XLSX, XLS, ODS): one paragraph a row, each cell under its column's name, sheet and rows as the locator.

Knows that a cell means nothing without its heading once a passage is cut out of the table, so headings are repeated in
every row. Reads values as they are stored; formulas appear as their last result.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.package import Package, core_properties
from index.readers.text import clean, decode
from index.records import Extract

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ROWS_A_SECTION = 20
_LONGEST_HEADING = 60
_SAMPLE = 20_000
_DELIMITERS = ",;\t|"
_LONGEST_CELL = 10_000_000
_CELLS = re.compile(r"content\.xml|xl/.*\.xml")  # the members that hold them, of ODS and of XLSX


def read_csv(data: bytes) -> Extract:
    """A table of delimited text in any encoding."""
    text = clean(decode(data))
    csv.field_size_limit(_LONGEST_CELL)
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ReadError(f"damaged: not a table of delimited text: {error}") from error
    assembler = Assembler()
    _add_rows(assembler, "", rows)
    return assembler.extract()


def read_workbook(data: bytes) -> Extract:
    """A spreadsheet, sheet after sheet."""
    import python_calamine

    properties: tuple[str | None, str | None, str | None] = (None, None, None)
    if data.startswith(b"PK"):
        package = Package(data, "a spreadsheet")
        package.refuse_bombs()
        # In a table that has no end calamine goes on for ever.
        package.refuse_broken_xml(*(name for name in package.names if _CELLS.fullmatch(name)))
        properties = core_properties(package)
    elif not data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError("not a spreadsheet")
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise ReadError("encrypted: needs a password; save a copy without one") from error
    except python_calamine.CalamineError as error:
        raise ReadError(f"damaged, or not a spreadsheet: {error}") from error
    assembler = Assembler()
    for name in workbook.sheet_names:
        _add_rows(assembler, name, _rows(workbook, name))
    title, author, date = properties
    return assembler.extract(title=title, author=author, date=date)


def _rows(workbook: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    for row in workbook.get_sheet_by_name(name).to_python():
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return str(value)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same number in each."""
    lines = [line for line in text[:_SAMPLE].split("\n")[:20] if line.strip()]
    counts = {delimiter: [line.count(delimiter) for line in lines] for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda d: (min(counts[d], default=0), sum(counts[d]), -_DELIMITERS.index(d)))


def _add_rows(assembler: Assembler, sheet: str, rows: Iterable[Sequence[str]]) -> None:
    """Appends the rows that hold anything. Rows are numbered from 1, as the spreadsheet's program shows them."""
    numbered = ((number, [" ".join(cell.split()) for cell in row]) for number, row in enumerate(rows, start=1))
    filled = ((number, row) for number, row in numbered if any(row))
    first = next(filled, None)
    if first is None:
        return
    second = next(filled, None)
    rest = filled if second is None else itertools.chain([second], filled)
    names = first[1] if second is not None and _are_names(first[1]) else []
    if not names:
        rest = itertools.chain([first], rest)
    for batch in _batches(rest):
        assembler.section(_locator(sheet, batch[0][0], batch[-1][0]))
        for _, row in batch:
            assembler.add(_line(names, row))


def _batches(rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _ROWS_A_SECTION)):
        yield batch


def _locator(sheet: str, first: int, last: int) -> str:
    rows = f"row {first}" if first == last else f"rows {first}–{last}"
    return f"{sheet}, {rows}" if sheet else rows.capitalize()


def _are_names(row: list[str]) -> bool:
    """Whether a row holds the names of columns: short words, all different, no numbers."""
    cells = [cell for cell in row if cell]
    wordlike = all(any(c.isalpha() for c in cell) and len(cell) <= _LONGEST_HEADING for cell in cells)
    return len(cells) > 1 and len(set(cells)) == len(cells) and len(cells) >= len(row) * 0.6 and wordlike


def _line(names: list[str], row: list[str]) -> str:
    if not names:
        return " | ".join(cell for cell in row if cell)
    pairs = itertools.zip_longest(names, row, fillvalue="")
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
