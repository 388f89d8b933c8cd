"""HTML as a stream of tags, read by Python's own tolerant parser: whole text, headings, and what the head states.

Knows which elements begin a new line, and leaves out what is not seen, by what the page states (`nesting`, `css`).
Builds no tree, so depth costs nothing; runs no script, follows no link. Which part of a web page is its article is
decided elsewhere (`html`); e-books and mail use all of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from index.readers.css import Sheet
from index.readers.nesting import Nesting

# Their content is no text of the document, or is not shown.
_HIDDEN = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video select datalist button".split()
)
_INERT = ("noscript", "template", "iframe")  # styles in these do nothing
# What stands around a page's content rather than in it.
_MARGINS = frozenset({"nav", "footer", "aside", "dialog"})
_MARGIN_ROLES = frozenset("navigation banner complementary contentinfo search menu menubar toolbar dialog".split())
# Elements whose end tag may not be left out; only these can be trusted to say where a margin ends.
_CLOSED = frozenset("div span section article aside nav footer header ul ol dl table form figure dialog main".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form header hr html legend li main nav ol optgroup p pre section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLANKS = re.compile(r"[ \t\r\f\v\n]+")
_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})["']""")

_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author")
_DATE = (
    "article:published_time", "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.issued", "dcterms.date",
    "citation_publication_date", "citation_date", "pubdate", "publishdate", "publish-date", "parsely-pub-date",
    "datepublished", "sailthru.date",
)  # fmt: skip
_ISO_DATE = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})|(\d{4})-(\d{2})|(\d{4})")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading. `heading` is its level, 0 for a paragraph.

    `compact` ones follow on the next line, as a verse or the definition of a term does; `margin` ones belong to menus,
    footers and the like; `links` ones are links and nothing else.
    """

    text: str
    heading: int
    compact: bool
    margin: bool
    links: bool


@dataclass(slots=True)
class Markup:
    """What a page holds. `depth` is how deeply its elements are nested."""

    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    author: str | None = None
    date: str | None = None
    depth: int = 0


def declared_encoding(data: bytes) -> str | None:
    """The encoding that the page names in its head, if it names one."""
    match = _XML_ENCODING.search(data[:1024]) or _CHARSET.search(data[:4096])
    return match[1].decode("ascii") if match else None


def read_markup(source: str, xml: bool = False) -> Markup:
    """All shown text of a page, in order. In `xml` every element ends where it says, as in e-books."""
    parser = _Parser(Sheet(), xml)
    parser.read(source)
    if parser.found.rules:  # a rule holds for what stands before it, too
        parser = _Parser(parser.found, xml)
        parser.read(source)
    return parser.finish()


class _Parser(HTMLParser):
    def __init__(self, sheet: Sheet, xml: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Sheet()
        self._sheet = sheet
        self._nesting = Nesting(xml)
        self._markup = Markup()
        self._meta: dict[str, str] = {}
        self._text: list[str] = []
        self._margin: list[str] = []
        self._depth = 0
        self._pre = 0
        self._heading = 0
        self._compact = False
        self._anchors = 0
        self._linked_only = True
        self._collecting = ""
        self._collected: list[str] = []
        self._media = ""

    def read(self, source: str) -> None:
        """Reads the whole page."""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._depth += 1
            self._markup.depth = max(self._markup.depth, self._depth)
        attributes = dict(reversed(attrs))  # of two attributes of one name the first counts
        if tag == "meta":
            self._note_meta(attributes)
        elif tag == "title" and self._markup.title is None and not self._nesting.inside("svg"):
            self._collecting = "title"
        elif tag == "script" and attributes.get("type") == "application/ld+json":
            self._collecting = "script"
        elif tag == "style" and not self._collecting and not self._nesting.inside(*_INERT):
            self._collecting, self._media = "style", attributes.get("media") or ""
        if self._opens_removed(tag, attributes):
            return
        if tag in _BLOCKS or tag in _HEADINGS or tag == "br":
            self._end_block(tag)
        if tag in _CLOSED and (tag in _MARGINS or attributes.get("role") in _MARGIN_ROLES or tag in self._margin[-1:]):
            self._margin.append(tag)
        if tag in _HEADINGS:
            self._heading = int(tag[1])
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            self._anchors += 1
        elif tag in _CELLS and self._text:
            self._text.append(" | ")

    def _opens_removed(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """Takes an element into the nesting; tells whether it is as if it did not stand in the page."""
        nesting = self._nesting
        ended = nesting.make_room(tag) and not nesting.removed
        if tag not in _VOID:
            nesting.begin(tag, self._sheet.styles(tag, attributes), tag in _HIDDEN)
        if nesting.removed and ended and (tag in _BLOCKS or tag in _HEADINGS):
            self._end_block("")
        return nesting.removed

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and not self._nesting.stays_open(tag):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._depth = max(0, self._depth - 1)
        if tag == self._collecting:
            self._keep_collected()
        removed = self._nesting.removed
        ended = self._nesting.end(tag)
        if removed if ended is None else ended:
            return
        if tag in _BLOCKS or tag in _HEADINGS:
            self._end_block("")
            self._heading = 0
            if tag == "pre":
                self._pre = max(0, self._pre - 1)
        elif tag == "a":
            self._anchors = max(0, self._anchors - 1)
        if tag in self._margin[-1:]:
            self._margin.pop()

    def handle_data(self, data: str) -> None:
        if self._collecting:
            self._collected.append(data)
        if self._collecting == "title" or self._nesting.removed:
            return
        if self._nesting.unseen:
            self._text.append(" ")
        else:
            self._text.append(data)
            self._linked_only = self._linked_only and (self._anchors > 0 or not data.strip())

    def finish(self) -> Markup:
        self._end_block("")
        markup = self._markup
        markup.title = markup.title or self._meta.get("og:title")
        markup.author = next((self._meta[name] for name in _AUTHOR if name in self._meta), None) or markup.author
        markup.date = next((self._meta[name] for name in _DATE if name in self._meta), None) or markup.date
        if markup.author and "://" in markup.author:
            markup.author = None
        return markup

    def _end_block(self, begins: str) -> None:
        """Keeps the text read so far as a block, because the element `begins` begins, or "" where one ends."""
        joined = "".join(self._text)
        text = joined.strip("\n").rstrip() if self._pre else _BLANKS.sub(" ", joined).strip(" |")
        self._text.clear()
        links, self._linked_only = self._linked_only, True
        if text.strip():
            self._markup.blocks.append(Block(text, self._heading, self._compact, bool(self._margin), links))
            self._compact = begins in ("br", "dd")
        else:
            self._compact = begins == "dd"  # a second line break makes a paragraph

    def _note_meta(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        content = (attributes.get("content") or "").strip()
        if not name or not content:
            return
        name = name.lower()
        self._meta.setdefault(name, (iso_date(content) or content) if name in _DATE else content)

    def _keep_collected(self) -> None:
        text, tag = "".join(self._collected), self._collecting
        self._collected.clear()
        self._collecting = ""
        if tag == "title":
            self._markup.title = _BLANKS.sub(" ", text).strip() or None
        elif tag == "style":
            self.found.add(text, self._media)
        else:
            self._note_linked_data(text)

    def _note_linked_data(self, text: str) -> None:
        """schema.org's statement of author and date, as most news sites carry it."""
        try:
            stated = json.loads(text)
        except (ValueError, RecursionError):
            return
        graph = stated.get("@graph", stated) if isinstance(stated, dict) else stated
        for item in graph if isinstance(graph, list) else [graph]:
            if not isinstance(item, dict):
                continue
            if isinstance(published := item.get("datePublished"), str):
                self._markup.date = self._markup.date or iso_date(published)
            author = item.get("author")
            author = author[0] if isinstance(author, list) and author else author
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str):
                self._markup.author = self._markup.author or name.strip() or None


def iso_date(text: str) -> str | None:
    """The ISO date that `text` begins with, as far as it goes; None where it begins otherwise."""
    match = _ISO_DATE.match(text.strip())
    return "-".join(part for part in match.groups() if part) if match else None
