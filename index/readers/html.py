"""Web pages: the article that they carry, without the menus around it, with its headings, title, author and date.

trafilatura finds where the article is; what stands there is taken from the page itself, because an extractor that is
good at leaving out menus also leaves out headings, lists in tables and the page's own title. Knows when not to trust
it: a page that is nested absurdly, or in which it finds almost nothing, is read whole.
"""

from __future__ import annotations

from index.readers.assemble import Assembler
from index.readers.markup import Block, Markup, declared_encoding, read_markup
from index.readers.text import clean, decode
from index.records import Extract

_DEEPEST = 200  # libxml2 gives up at 256; beyond that a tree is also a danger to whatever walks it recursively
_LARGEST = 4_000_000  # characters; trafilatura needs seconds a megabyte
_LEAST_SHARE = 0.15  # an article is seldom a smaller part of its page
_KEY = 30  # characters by which a paragraph is recognised


def read(data: bytes) -> Extract:
    """The main text of a page, or all of it."""
    source = clean(decode(data, declared_encoding(data)))
    markup = read_markup(source, xml=source.lstrip().startswith("<?xml"))
    content = [block for block in markup.blocks if not block.margin] or markup.blocks
    article = _article(source, content) if markup.depth <= _DEEPEST and len(source) <= _LARGEST else []
    if _length(article) < _LEAST_SHARE * _length(content):
        article = content
    assembler = Assembler()
    add_blocks(assembler, article)
    return assembler.extract(title=_title(markup), author=markup.author, date=markup.date)


def add_blocks(assembler: Assembler, blocks: list[Block]) -> None:
    """Appends blocks of a page; its headings begin sections."""
    for at, block in enumerate(blocks, start=1):
        if block.heading:
            assembler.section(block.text)
        assembler.add(block.text, "\n" if at < len(blocks) and blocks[at].compact else "\n\n")


def _article(source: str, content: list[Block]) -> list[Block]:
    """The blocks from the article's heading, or its first paragraph, to its last."""
    from lxml.etree import LxmlError
    from trafilatura import extract

    try:
        main_text = extract(source, favor_recall=True, include_comments=False, include_formatting=False)
    except (LxmlError, ValueError, RecursionError):
        return []
    keys = {_key(line.lstrip("- ")) for line in (main_text or "").split("\n")} - {""}
    found = [at for at, block in enumerate(content) if _key(block.text) in keys]
    if not found:
        return []
    first = found[0]
    titles = [at for at in range(first) if content[at].heading == 1]
    opening = [block for block in content[titles[-1] : first] if not block.links] if titles else []
    return opening + content[first : found[-1] + 1]


def _key(text: str) -> str:
    """What two renderings of a paragraph have in common; "" where it is too short to recognise it by."""
    letters = "".join(character for character in text[: 4 * _KEY] if character.isalnum())[:_KEY]
    return letters if len(letters) >= _KEY // 2 else ""


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _title(markup: Markup) -> str | None:
    """The page's only main heading where its title repeats it beside the site's name; else the title."""
    headings = [block.text for block in markup.blocks if block.heading == 1]
    if len(headings) == 1 and (markup.title is None or headings[0] in markup.title):
        return headings[0]
    return markup.title
