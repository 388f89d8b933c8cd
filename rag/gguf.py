"""What the head of a GGUF file says: whether it is one, whether it is whole, and whether it carries a chat template.

Reads the header only, within bounds, so that a good file takes milliseconds and a hostile one ends in ModelInvalid;
it knows nothing of where models lie, and it never hands a file to llama.cpp, which trusts what it reads.

The layout is that of the GGUF specification, versions 2 and 3, little-endian: magic, version, counts, key-value pairs,
tensor descriptions, padding, data.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelInvalid

MAGIC = b"GGUF"
ARCHITECTURE = "general.architecture"
ALIGNMENT = "general.alignment"
TEMPLATE = "tokenizer.chat_template"
DEFAULT_ALIGNMENT = 32

# A hostile header may claim any count; these are far above every model known (vocabularies have some 300,000 entries).
MOST_KEYS = 4_096
MOST_TENSORS = 100_000
MOST_STRINGS = 4_000_000
MOST_TEXT = 4_000_000
MOST_DIMENSIONS = 4

_STRING = 8
_ARRAY = 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_UINT32 = struct.Struct("<I")
_UINT64 = struct.Struct("<Q")

# ggml's tensor types: number -> (elements in a block, bytes of a block), from ggml.c. A type that is newer than this
# table leaves the size of its tensors unknown; the file is then only known to reach their beginning.
_BLOCKS = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
    15: (256, 292),  # Q8_K
    16: (256, 66),  # IQ2_XXS
    17: (256, 74),  # IQ2_XS
    18: (256, 98),  # IQ3_XXS
    19: (256, 50),  # IQ1_S
    20: (32, 18),  # IQ4_NL
    21: (256, 110),  # IQ3_S
    22: (256, 82),  # IQ2_S
    23: (256, 136),  # IQ4_XS
    24: (1, 1),  # I8
    25: (1, 2),  # I16
    26: (1, 4),  # I32
    27: (1, 8),  # I64
    28: (1, 8),  # F64
    29: (256, 56),  # IQ1_M
    30: (1, 2),  # BF16
    34: (256, 54),  # TQ1_0
    35: (256, 66),  # TQ2_0
    39: (32, 17),  # MXFP4
}


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a whole GGUF file. `bytes` is the size that its tensors need; the file has at least that many."""

    version: int
    architecture: str
    chat_template: str
    tensors: int
    bytes: int


class _Malformed(Exception):
    """The header contradicts itself; turned into ModelInvalid where the path is known."""


class _Truncated(Exception):
    """The header goes on after the end of the file."""


def inspect(path: Path) -> Header:
    """The header of the GGUF file at `path`; reads no tensor.

    Raises ModelInvalid when it is no GGUF file, is truncated, or carries no chat template; the message names the file.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                raise ModelInvalid(f"{path} is not a GGUF file: fetch a model, or name one that llama.cpp can read")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                header = _Reader(content).header()
                size = len(content)
    except OSError as error:
        raise ModelInvalid(f"{path} cannot be read: {error.strerror or error}") from error
    except _Malformed as error:
        raise ModelInvalid(f"{path} is not a GGUF file that can be used: {error}") from error
    except _Truncated as error:
        raise ModelInvalid(f"{path} is truncated, it ends inside its header: fetch it again") from error
    if size < header.bytes:
        raise ModelInvalid(f"{path} is truncated, {size:,} of at least {header.bytes:,} bytes: fetch it again")
    if not header.chat_template.strip():
        raise ModelInvalid(
            f"{path} has no chat template, so it is no instruction-tuned model: take an Instruct or Chat version of it"
        )
    return header


class _Reader:
    """A cursor over the mapped file; every read is checked against its end."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.size = len(content)
        self.offset = len(MAGIC)
        self.strings_left = MOST_STRINGS

    def header(self) -> Header:
        version = self.uint32()
        if version not in (2, 3):
            raise _Malformed(f"its version is {version}, only 2 and 3 little-endian are known")
        tensors, keys = self.uint64(), self.uint64()
        if tensors > MOST_TENSORS or keys > MOST_KEYS:
            raise _Malformed(f"it claims {tensors:,} tensors and {keys:,} keys")
        values: dict[str, object] = {}
        for _ in range(keys):
            key, kind = self.text(), self.uint32()
            if key in (ARCHITECTURE, ALIGNMENT, TEMPLATE):
                values[key] = self.scalar(kind)
            else:
                self.skip_value(kind)
        ends = [self.tensor_end() for _ in range(tensors)]
        alignment = values.get(ALIGNMENT, DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20:
            raise _Malformed(f"its alignment is {alignment!r}")
        start = -(-self.offset // alignment) * alignment
        architecture, template = values.get(ARCHITECTURE), values.get(TEMPLATE)
        return Header(
            version=version,
            architecture=architecture if isinstance(architecture, str) else "",
            chat_template=template if isinstance(template, str) else "",
            tensors=tensors,
            bytes=start + max(ends, default=0) if tensors else self.offset,
        )

    def tensor_end(self) -> int:
        """Where a tensor's data ends, counted from the beginning of all data."""
        self.skip(self.uint64())
        dimensions = self.uint32()
        if dimensions > MOST_DIMENSIONS:
            raise _Malformed(f"a tensor has {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= self.uint64()
        kind, offset = self.uint32(), self.uint64()
        block, size = _BLOCKS.get(kind, (1, 0))
        return offset + -(-elements // block) * size

    def scalar(self, kind: int) -> object:
        """A number or a string."""
        if kind == _STRING:
            return self.text()
        layout = self.layout(kind)
        start = self.offset
        self.skip(struct.calcsize(layout))
        value: object = struct.unpack_from(layout, self.content, start)[0]
        return value

    def skip_value(self, kind: int) -> None:
        if kind == _STRING:
            self.skip(self.uint64())
        elif kind == _ARRAY:
            element, count = self.uint32(), self.uint64()
            if element == _STRING:
                self.skip_strings(count)
            else:
                self.skip(count * struct.calcsize(self.layout(element)))
        else:
            self.skip(struct.calcsize(self.layout(kind)))

    def layout(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise _Malformed(f"it holds a value of type {kind}")
        return _SCALARS[kind]

    def skip_strings(self, count: int) -> None:
        """The vocabulary: hundreds of thousands of strings, hence a loop without calls to own methods."""
        self.strings_left -= count
        if self.strings_left < 0:
            raise _Malformed(f"it claims a list of {count:,} strings")
        content, offset, last = self.content, self.offset, self.size - _UINT64.size
        unpack, width = _UINT64.unpack_from, _UINT64.size
        for _ in range(count):
            if offset > last:
                raise _Truncated
            offset += width + unpack(content, offset)[0]
        self.offset = offset
        self.skip(0)

    def text(self) -> str:
        length = self.uint64()
        if length > MOST_TEXT:
            raise _Malformed(f"it claims a text of {length:,} bytes")
        start = self.offset
        self.skip(length)
        return self.content[start : self.offset].decode("utf-8", errors="replace")

    def uint32(self) -> int:
        start = self.offset
        self.skip(_UINT32.size)
        number: int = _UINT32.unpack_from(self.content, start)[0]
        return number

    def uint64(self) -> int:
        start = self.offset
        self.skip(_UINT64.size)
        number: int = _UINT64.unpack_from(self.content, start)[0]
        return number

    def skip(self, count: int) -> None:
        self.offset += count
        if self.offset > self.size:
            raise _Truncated
