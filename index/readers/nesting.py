"""Which elements of a page are open while it is read, and whether the text that stands there is seen.

Knows which end tags HTML leaves out and which it passes over, as far as that decides where something hidden ends.
Builds no tree and moves nothing: a block within hidden formatting stays hidden to its own end, even where the end of
the formatting comes first. In XML every element ends where it says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from index.readers.css import Style
from index.readers.unseen import Sight

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ROWS = frozenset({"tr", "td", "th", "caption"})
_GROUPS = frozenset({"tbody", "thead", "tfoot"})
# Their content is text to a browser, tags and all; only their own end tag ends them.
_RAW = frozenset("iframe noembed noframes noscript script style textarea title".split())
# These go on in the next paragraph where their own end tag is missing.
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_KEEPING_FORMAT = frozenset("td th caption object applet marquee template".split())
_REOPENED = 3  # HTML reopens no more of a kind than that
_P_ENDING = _HEADINGS | frozenset(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp".split()
)
_SPECIAL = (_P_ENDING | _ROWS | _GROUPS | _RAW | _KEEPING_FORMAT) | frozenset(
    "body button col colgroup html math select svg video audio canvas".split()
)
# What an end tag does not reach beyond, by the place where the element stands.
_SCOPE, _BUTTON, _LIST, _TABLE, _ANY = "#scope", "#button", "#list", "#table", "#any"
_LIMITS = {
    _SCOPE: _KEEPING_FORMAT | {"table", "html"},
    _BUTTON: _KEEPING_FORMAT | {"table", "html", "button"},
    _LIST: _SPECIAL - {"address", "div", "p", "li", "dd", "dt"},
    _TABLE: frozenset({"table", "template", "html"}),
    _ANY: _SPECIAL,
}
# The elements that a start tag ends, and the limit.
_ENDED: dict[str, tuple[frozenset[str], str]] = {
    "li": (frozenset({"li"}), _LIST),
    **dict.fromkeys(("dd", "dt"), (frozenset({"dd", "dt"}), _LIST)),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th", "caption"}), _TABLE)),
    "tr": (_ROWS, _TABLE),
    **dict.fromkeys(_GROUPS, (_ROWS | _GROUPS, _TABLE)),
    **dict.fromkeys(("option", "optgroup"), (frozenset({"option"}), _ANY)),
    **dict.fromkeys(("rt", "rp"), (frozenset({"rt", "rp"}), _ANY)),
    "button": (frozenset({"button"}), _SCOPE),
}
_KINDS: dict[str, list[str]] = {
    tag: [limit for limit, tags in _LIMITS.items() if tag in tags] for tag in sorted(_SPECIAL | {"table"})
}


@dataclass(slots=True)
class _Element:
    """An open element; `tag` is "" where it has ended while others in it have not."""

    tag: str
    styles: tuple[Style, Style]
    sights: tuple[Sight, Sight]
    removed: bool


class Nesting:
    """The open elements, innermost last."""

    def __init__(self, xml: bool) -> None:
        self._xml = xml
        self._open: list[_Element] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)  # of each tag and of each kind of limit

    @property
    def removed(self) -> bool:
        """Whether what stands here is as if it did not stand here: not even its lines and gaps are seen."""
        return bool(self._open) and self._open[-1].removed

    @property
    def unseen(self) -> bool:
        """Whether text that stands here is not seen."""
        return bool(self._open) and (self._open[-1].removed or all(sight.unseen for sight in self._open[-1].sights))

    def inside(self, *tags: str) -> bool:
        """Whether one of these elements is open."""
        return any(self._places[tag] for tag in tags)

    def make_room(self, tag: str) -> bool:
        """Ends the elements that end where this one begins; tells whether there were any."""
        if self._xml or self._is_raw():
            return False
        before = len(self._open)
        if tag in _P_ENDING:
            self._end_from(self._last("p", _BUTTON))
        if tag in _ENDED:
            tags, limit = _ENDED[tag]
            places = [place for each in sorted(tags) if (place := self._last(each, limit)) is not None]
            self._end_from(min(places, default=None))
        elif tag in _HEADINGS and self._open and self._open[-1].tag in _HEADINGS:
            self._end_from(len(self._open) - 1)
        elif tag == "a":
            self.end("a")
        return len(self._open) < before

    def begin(self, tag: str, styles: tuple[Style, Style], removed: bool) -> None:
        """Opens an element with these styles, certain and possible ones; `removed` if it never shows what it holds."""
        if not self._xml and (self._is_raw() or tag == "head" or (tag == "body" and self._places["body"])):
            return
        around = self._open[-1] if self._open else _Element("", ({}, {}), (Sight(), Sight()), False)
        certain = around.sights[0].inside(styles[0])
        same = styles[0] is styles[1] and around.sights[0] is around.sights[1]
        sights = (certain, certain if same else around.sights[1].inside(styles[1]))
        removed = removed or around.removed or all(sight.removed for sight in sights)
        for key in (tag, *_KINDS.get(tag, ())):
            self._places[key].append(len(self._open))
        self._open.append(_Element(tag, styles, sights, removed))

    def end(self, tag: str) -> bool | None:
        """Ends the element that an end tag ends: whether it was removed, or None where the tag ends none."""
        place = self._ended_by(tag)
        if place is None:
            return None
        removed = self._open[place].removed
        if not self._xml and tag in _FORMATTING and self._places[_ANY] and self._places[_ANY][-1] > place:
            self._places[tag].pop()
            self._open[place].tag = ""
        else:
            self._end_from(place)
        return removed

    def stays_open(self, tag: str) -> bool:
        """Whether HTML passes over the slash of <tag/>, and that would hide what follows."""
        if self._xml or tag in _RAW or self.inside("svg", "math") or not self._open:
            return False
        return self._open[-1].tag == tag and any(self._open[-1].styles)

    def _is_raw(self) -> bool:
        return bool(self._open) and self._open[-1].tag in _RAW

    def _ended_by(self, tag: str) -> int | None:
        if self._xml:
            return self._places[tag][-1] if self._places[tag] else None
        if tag in ("html", "body") or (self._is_raw() and self._open[-1].tag != tag):
            return None
        if tag in _HEADINGS:
            return max(
                (place for each in sorted(_HEADINGS) if (place := self._last(each, _SCOPE)) is not None), default=None
            )
        if tag in _ROWS | _GROUPS | {"table"}:
            return self._last(tag, _TABLE)
        if tag == "p":
            return self._last(tag, _BUTTON)
        return self._last(tag, _SCOPE if tag in _SPECIAL | _FORMATTING else _ANY)

    def _last(self, tag: str, limit: str) -> int | None:
        """The innermost open element of this name, if nothing that limits the search stands within it."""
        places, limits = self._places[tag], self._places[limit]
        return places[-1] if places and (not limits or limits[-1] <= places[-1]) else None

    def _end_from(self, place: int | None) -> None:
        """Ends an element and all in it, and opens formatting anew that has not ended by a tag of its own."""
        if place is None:
            return
        ended = self._open[place:]
        for element in reversed(ended):
            self._forget(element)
        while self._open and not self._open[-1].tag:
            self._forget(self._open[-1])
        if self._xml or any(element.tag in _KEEPING_FORMAT for element in ended):
            return
        going_on = [element for element in ended[1:] if element.tag in _FORMATTING and any(element.styles)]
        for element in going_on[-_REOPENED:]:
            self.begin(element.tag, element.styles, False)

    def _forget(self, element: _Element) -> None:
        self._open.pop()
        for key in (element.tag, *_KINDS.get(element.tag, ())) if element.tag else ():
            self._places[key].pop()
