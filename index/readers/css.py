"""As much of CSS as tells what a page hides: declarations in attributes and <style> elements, and which of them win.

Knows selectors that look at one element (`p`, `.note`, `#a`, `p.note.old`) and the cascade. What depends on more (on
other elements, a pointer, the width of a window) cannot be decided here: it may show an element, and never hides one.
Reads no file that a page names, and no function such as calc() or var().
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from index.readers.colours import colour, of_background

Style = dict[str, str]
Attributes = Mapping[str, str | None]

_LONGEST = 200  # characters of a value that is looked at

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")
_TOKEN = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^()]*\))|([{};])""", re.IGNORECASE)
_COMPOUND = re.compile(r"(\*|[\w-]*)((?:[.#][\w-]+)*)")
_ENCLOSED = re.compile(r"\[[^\]]*\]|\([^()]*\)")
_COMBINATOR = re.compile(r"[\s>+~]+")
_PSEUDO_ELEMENT = re.compile(r"::|:(?:before|after|first-line|first-letter)\b")

_WIDE = "inherit|initial|unset|revert|revert-layer"
_FUNCTION = r"[a-z-]+\(.*\)"
_LENGTH = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[a-z]+|%)|[+-]?0*\.?0+"
_SIZES = "xx-small|x-small|small|medium|large|x-large|xx-large|xxx-large|smaller|larger"
_SIZE = f"{_LENGTH}|{_SIZES}|{_FUNCTION}"
_BOX = f"{_LENGTH}|auto|none|(?:min|max|fit)-content|{_FUNCTION}"
# What a value may be: a browser passes over any other, so that the declaration before it holds.
_VALUES = {
    "display": r"none|contents|flow-root|list-item|(?:inline-|-webkit-|-webkit-inline-)?(?:block|flex|grid|table|box)"
    r"|inline|table-[a-z-]+|ruby(?:-[a-z-]+)?|(?:block|inline) [a-z -]+",
    "visibility": "visible|hidden|collapse",
    "content-visibility": "visible|auto|hidden",
    "opacity": rf"[+-]?(?:\d+\.?\d*|\.\d+)%?|{_FUNCTION}",
    "font-size": _SIZE,
    "position": "static|relative|absolute|fixed|sticky|-webkit-sticky",
    "clip": "auto|rect\\(.*\\)",
    "clip-path": f"none|{_FUNCTION}|[a-z]+-box",
    "overflow": "(?:visible|hidden|clip|scroll|auto)(?: (?:visible|hidden|clip|scroll|auto))?",
    **dict.fromkeys(("left", "top", "text-indent", "height", "width", "max-height", "max-width"), _BOX),
    **dict.fromkeys(("padding", "padding-top", "padding-bottom", "padding-left", "padding-right"), ".+"),
    **dict.fromkeys(("color", "background-color"), f"currentcolor|{_FUNCTION}"),
    "background-image": ".+",
    **dict.fromkeys(("text-shadow", "background-clip", "-webkit-background-clip"), ".+"),
}
_VALID = {name: re.compile(rf"(?:{values}|{_WIDE})", re.DOTALL) for name, values in _VALUES.items()}
_FONT_SIZE = re.compile(rf"(?:.*\s)?({_LENGTH}|{_SIZES})(?:\s*/\s*\S+)?\s+\S.*", re.DOTALL)
_IMAGE = re.compile(r"url\(|gradient\(|image|element\(|paint\(")

_NOTHING: tuple[Style, Style] = ({}, {})
_ALWAYS, _PERHAPS, _NEVER = 2, 1, 0  # whether what stands in an at-rule holds on a screen


@dataclass(frozen=True, slots=True)
class Declaration:
    """One property with a value that a browser would take."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for elements of this name ("" for any) that have all of `marks` (".class", "#id").

    One that is not `certain` has conditions beyond these.
    """

    tag: str
    marks: frozenset[str]
    certain: bool
    specificity: tuple[int, int, int]
    declarations: tuple[Declaration, ...]


@dataclass(slots=True)
class Sheet:
    """The rules of a page that say anything about what is seen, in order."""

    rules: list[Rule] = field(default_factory=list)
    _found: dict[str, list[int]] = field(default_factory=dict)
    _styles: dict[tuple[str, str, str, str, bool], tuple[Style, Style]] = field(default_factory=dict)

    def add(self, text: str, media: str = "") -> None:
        """Appends the rules of a <style> element that is for these media."""
        for selectors, declarations, holds in _blocks(text, _on_screen(media)):
            for selector in selectors.split(","):
                rule = _rule(selector.strip(), declarations, holds == _ALWAYS)
                if rule is not None:
                    self._found.setdefault(max(rule.marks, default=rule.tag), []).append(len(self.rules))
                    self.rules.append(rule)
        self._styles.clear()

    def styles(self, tag: str, attributes: Attributes) -> tuple[Style, Style]:
        """What is declared for an element for certain, and what it is if all holds that perhaps does."""
        hidden = "hidden" in attributes and (attributes["hidden"] or "").strip().lower() != "until-found"
        own = attributes.get("style") or ""
        if not self.rules and not own and not hidden:
            return _NOTHING
        key = (tag, attributes.get("class") or "", attributes.get("id") or "", own, hidden)
        if key not in self._styles:
            self._styles[key] = self._cascade(*key)
        return self._styles[key]

    def _cascade(self, tag: str, classes: str, own_id: str, own: str, hidden: bool) -> tuple[Style, Style]:
        layers = [(rule.certain, rule.declarations) for rule in self._matching(tag, classes, own_id)]
        layers.append((True, read_declarations(own)))
        certain: Style = {"display": "none"} if hidden else {}  # the weakest declaration, as in browsers
        perhaps = dict(certain)
        _apply(certain, [layer for layer in layers if layer[0]])
        _apply(perhaps, layers)
        return (certain, certain) if certain == perhaps else (certain, perhaps)

    def _matching(self, tag: str, classes: str, own_id: str) -> list[Rule]:
        """The rules for an element, the weakest first."""
        marks = {f".{name}" for name in classes.split()} | ({f"#{own_id}"} if own_id else set())
        places = sorted(place for name in {*marks, tag, ""} for place in self._found.get(name, ()))
        rules = [self.rules[place] for place in places]
        fitting = [rule for rule in rules if rule.tag in ("", tag) and rule.marks <= marks]
        return sorted(fitting, key=lambda rule: rule.specificity)


def read_declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a `style` attribute that say anything about what is seen."""
    return next((declarations for _, declarations, _ in _blocks(f"{{{text}}}", _ALWAYS)), ())


def _apply(style: Style, layers: list[tuple[bool, tuple[Declaration, ...]]]) -> None:
    for important in (False, True):
        for _, declarations in layers:
            style.update((each.name, each.value) for each in declarations if each.important == important)


def _blocks(text: str, holds: int) -> Iterator[tuple[str, tuple[Declaration, ...], int]]:
    """Selectors and declarations of each block, and whether it holds; inner blocks come before the one around them."""
    text = _COMMENT.sub(" ", text)
    stack: list[tuple[str, list[Declaration], int]] = []
    start = 0
    for token in [*_TOKEN.finditer(text), None]:
        if token is not None and not token[1]:
            continue
        piece = text[start : token.start() if token else len(text)].strip()
        start = token.end() if token else len(text)
        if token and token[1] == "{":
            around = stack[-1][2] if stack else holds
            if stack and not stack[-1][0].startswith("@"):
                around = min(around, _PERHAPS)  # a nested rule looks at the element around it, too
            stack.append((piece, [], min(around, _within(piece))))
            continue
        if stack and piece:
            stack[-1][1].extend(_declarations(piece))
        closed = [] if token and token[1] == ";" else [stack.pop()] if token and stack else stack[::-1]
        for prelude, declarations, kind in closed:
            if declarations and kind != _NEVER and not prelude.startswith("@"):
                yield prelude, tuple(declarations), kind


def _within(prelude: str) -> int:
    """Whether what stands in a block holds, by what stands before it."""
    if not prelude.startswith("@"):
        return _ALWAYS
    name = re.split(r"[\s(]", prelude[1:], maxsplit=1)[0].lower()
    if name == "media":
        return _on_screen(prelude[len("@media") :])
    return _PERHAPS if name in ("supports", "layer", "container", "scope", "starting-style") else _NEVER


def _on_screen(media: str) -> int:
    """Whether a list of media queries is met on a screen."""
    return max(_query(query.strip().lower()) for query in media.split(","))


def _query(query: str) -> int:
    query = query.removeprefix("only ")
    if query in ("", "all", "screen", "not print", "not speech"):
        return _ALWAYS
    return _PERHAPS if query.startswith(("(", "all", "screen", "not (")) else _NEVER


def _declarations(text: str) -> Iterator[Declaration]:
    name, colon, value = _ESCAPE.sub(_unescape, text).partition(":")
    name, value = name.strip().lower(), " ".join(value.lower().split())
    if not colon:
        return
    important = value.endswith("important") and value.removesuffix("important").rstrip().endswith("!")
    if important:
        value = value.removesuffix("important").rstrip().removesuffix("!").rstrip()
    for longhand, own in _longhands(name, value):
        pattern = _VALID.get(longhand)
        if pattern is None or len(own) > _LONGEST:
            continue
        if pattern.fullmatch(own) or (longhand.endswith("color") and colour(own) is not None):
            yield Declaration(longhand, own, important)


def _longhands(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A shorthand as the properties in it that matter here; any other declaration as it is."""
    if name == "font" and len(value) <= _LONGEST and (size := _FONT_SIZE.fullmatch(value)):
        yield "font-size", size[1]
    elif name == "background-image":
        yield name, "some" if _IMAGE.search(value) else value
    elif name in ("overflow-x", "overflow-y"):
        yield "overflow", value
    elif name == "background":
        image = bool(_IMAGE.search(value))
        yield "background-image", "some" if image else "none"
        yield "background-color", "transparent" if image else of_background(value)
        yield "background-clip", "text" if value.endswith(" text") else "border-box"
    else:
        yield name, value


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else 0
    return (chr(code) if 0 < code <= 0x10FFFF else "\ufffd") if match[1] else match[2]


def _rule(selector: str, declarations: tuple[Declaration, ...], holds: bool) -> Rule | None:
    """The rule of one selector; None where it is about no element, or none that can be told."""
    if "\\" in selector or _PSEUDO_ELEMENT.search(selector):
        return None
    plain = selector
    for _ in range(3):
        plain = _ENCLOSED.sub("", plain)
    last = _COMBINATOR.split(plain.strip())[-1]
    compound = _COMPOUND.match(last)
    if compound is None or not compound[0]:
        return None
    certain = holds and compound[0] == selector
    tag = compound[1].lower() if compound[1] != "*" else ""
    marks = frozenset(re.findall(r"[.#][\w-]+", compound[2]))
    return Rule(tag, marks, certain, _specificity(selector), declarations)


def _specificity(selector: str) -> tuple[int, int, int]:
    names = len(re.findall(r"(?:^|[\s>+~(])[a-zA-Z]", selector))
    return selector.count("#"), len(re.findall(r"[.:\[]", selector)), names
