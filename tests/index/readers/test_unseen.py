"""What a person does not see in a page is not read from it, what can be seen is, and nothing is lost around it."""

from __future__ import annotations

import time

import pytest

from index.errors import ReadError
from index.readers import epub, html, mail
from index.readers.css import Sheet
from index.readers.parsing import parse
from tests.index.readers import making

HIDING = [
    "display:none",
    "DISPLAY : None ! important",
    "display:none;display:nonsense",
    "d\\69splay:none",
    "color:red;/* ; */display:none",
    "background:url(data:a;b);display:none",
    "visibility:hidden",
    "visibility:collapse",
    "content-visibility:hidden",
    "opacity:0",
    "opacity:0.0",
    "opacity:0%",
    "font-size:0",
    "font-size:0px",
    "font-size:1px",
    "font:0/0 a",
    "color:#fff;background:#ffffff",
    "color:white;background-color:rgb(255, 255, 255)",
    "color:#fefefe;background:white none no-repeat",
    "color:rgb(0 0 0);background:black",
    "color:hsl(0,100%,50%);background:red",
    "color:transparent",
    "color:rgba(0,0,0,0)",
    "background:currentColor",
    "position:absolute;left:-999px",
    "position:absolute;left:-9999px",
    "position:fixed;top:-100em",
    "text-indent:-9999px",
    "position:absolute;clip:rect(0,0,0,0)",
    "position:absolute;clip:rect(1px 1px 1px 1px)",
    "clip-path:inset(50%)",
    "clip-path:inset(0 100% 0 0)",
    "clip-path:circle(0)",
    "clip-path:polygon(0 0, 0 0, 0 0)",
    "height:0;overflow:hidden",
    "width:1px;overflow:hidden",
]
SHOWING = [
    "display:block",
    "display:none;display:block",
    "display:block!important;display:none",
    "x-display:none",
    "/*display:none*/",
    "content:'display:none'",
    "visibility:visible",
    "opacity:0.5",
    "opacity:50%",
    "font-size:0.9em",
    "font-size:80%",
    "font:12px/0 serif",
    "color:white",
    "background:white",
    "color:white;background:black",
    "color:white;background:white url(sky.png)",
    "color:white;background:linear-gradient(red, blue)",
    "color:transparent;background:linear-gradient(red, blue);-webkit-background-clip:text",
    "color:transparent;text-shadow:0 0 1px black",
    "left:-9999px",
    "position:absolute;left:-10px",
    "position:absolute;left:10px",
    "text-indent:-2em",
    "clip:rect(0,0,0,0)",
    "position:absolute;clip:rect(0,100px,100px,0)",
    "clip-path:inset(10%)",
    "clip-path:circle(40%)",
    "clip-path:polygon(0 0, 100% 0, 0 100%)",
    "height:0",
    "height:0;padding-bottom:50%;overflow:hidden",
]


def text_of(source: str) -> str:
    return html.read(source.encode()).text


@pytest.mark.parametrize("style", HIDING)
def test_hidden_by_its_own_style(style: str) -> None:
    assert text_of(f'<p>a</p><p style="{style}">5 <b>books</b></p><p>c</p>') == "a\n\nc"


@pytest.mark.parametrize("style", SHOWING)
def test_shown_whatever_its_own_style(style: str) -> None:
    assert text_of(f'<p>a</p><p style="{style}">b</p><p>c</p>') == "a\n\nb\n\nc"


@pytest.mark.parametrize("style", [style for style in HIDING if style != "d\\69splay:none"])
def test_hidden_by_a_rule_of_the_page(style: str) -> None:
    assert text_of(f'<style>q,.x {{{style}}}</style><p>a</p><p class="y x">b</p><p>c</p>') == "a\n\nc"


@pytest.mark.parametrize("style", SHOWING)
def test_shown_whatever_a_rule_of_the_page(style: str) -> None:
    assert text_of(f'<style>.x {{{style}}}</style><p>a</p><p class="x">b</p><p>c</p>') == "a\n\nb\n\nc"


@pytest.mark.parametrize(
    ("element", "seen"),
    [
        ("<p hidden>b</p>", False),
        ("<p hidden=hidden>b</p>", False),
        ("<p hidden=until-found>b</p>", True),
        ("<p hidden style=display:block>b</p>", True),
        ("<p aria-hidden=true>b</p>", True),
        ("<p aria-hidden=true style=opacity:0>b</p>", False),
        ("<details><summary>a</summary><p>b</p></details>", True),
        ("<p style=display:none style=display:block>b</p>", False),
        ("<p title='display:none'>b</p>", True),
    ],
    ids=["hidden", "hidden=hidden", "until-found", "overruled", "aria", "aria and unseen", "details", "twice", "title"],
)
def test_attributes(element: str, seen: bool) -> None:
    assert ("b" in text_of(f"<p>x</p>{element}<p>y</p>")) is seen


@pytest.mark.parametrize(
    ("css", "seen"),
    [
        ("p{display:none}", False),
        ("P { display: none }", False),
        ("*{visibility:hidden} i{visibility:visible}", False),
        ("#i{display:none}", False),
        ("h1, p.x.y, h2{display:none}", False),
        ("p#i.x{display:none", False),
        ("<!-- -->.z{a:b} .x{display:none}", False),
        ("@media screen{.x{display:none}}", False),
        ("@media print, ALL{.x{display:none}}", False),
        ("@charset 'utf-8'; @import url(a;b.css); .x{display:none}", False),
        (".x{display:block} .x{display:none}", False),
        ("p.x{display:none} .x{display:block}", False),
        (".x{display:none!important} #i{display:block}", False),
        (".x{display:none} @media print{.x{display:block}}", False),
        (".x{display:none} .x::before{display:block}", False),
        (".x{color:red; .z{color:blue} display:none}", False),
        ("@media print{.x{display:none}}", True),
        ("@media (max-width:600px){.x{display:none}}", True),
        ("@media not screen{.x{display:none}}", True),
        ("@keyframes k{from{opacity:0} to{opacity:1}} .x{color:red}", True),
        ("@font-face{font-size:0}", True),
        ("/* .x{display:none} */", True),
        (".x::before, .x:after{display:none}", True),
        (".x:hover{display:none}", True),
        ("div .x, .x > b{display:none}", True),
        ("p[data-a]{display:none}", True),
        (".X, .xx, #x, div.x{display:none}", True),
        (".x{display:none} .x{display:block}", True),
        ("#i{display:block} .x{display:none}", True),
        (".x{display:none} .x:target{display:block}", True),
        (".x{display:none} :checked ~ .x{display:block}", True),
        (".x{display:none} @media (min-width:600px){.x{display:block}}", True),
        (".x{display:none} .z .x{display:block}", True),
        (".x{content:'}'} .z{display:none}", True),
        (".md\\:x{display:none}", True),
    ],
)
def test_rules(css: str, seen: bool) -> None:
    page = f'<p id=i class="x y">b</p><h6>k</h6><style>{css}</style>'
    assert ("b" in text_of(page + "<i style='visibility:visible;display:inline'>z</i>")) is seen


@pytest.mark.parametrize("around", ["<!--{}-->", "<noscript>{}</noscript>", "<template>{}</template>"])
def test_rules_that_are_none(around: str) -> None:
    assert text_of(around.format("<style>p{display:none}</style>") + "<p>b</p>") == "b"


def test_a_style_for_paper_hides_nothing() -> None:
    assert text_of("<style media=print>p{display:none}</style><p>b</p>") == "b"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p style=display:none>x<p>b", "b"),
        ("<p>a<p style=display:none>x</p>b", "a\n\nb"),
        ("<div><p hidden>x</div>b", "b"),
        ("<p hidden>x</div>y", ""),
        ("<ul><li>a<li hidden>x<ul><li>x</ul>x<li>b</ul>", "a\n\nb"),
        ("<dl><dt>a<dd hidden>x<dt>b</dl>", "a\n\nb"),
        ("<table><tr><td>a<td hidden>x<td>b<tr hidden><td>x<tr><td>c</table>d", "a | b\n\nc\n\nd"),
        ("<table><tr><td><p hidden>x</table>b", "b"),
        ("<p>a <b hidden>x</p>x<p>x</b></p>b", "a\n\nb"),
        ("<p>a <b hidden>x <i>x</b> b</i> c", "a b c"),
        ("<table><td><b hidden>x</table>b", "b"),
        ("<span hidden><div>x</span>x</div>x", ""),
        ("<h1 hidden>x</h2>b", "b"),
        ("<div hidden/>x", ""),
        ("<div hidden>x<br>x<img>x<hr>x</div>b", "b"),
        ("<body hidden></body>x", ""),
        ("<head hidden><title>t</title></head><body>b", "b"),
        ("a <span hidden>x</span>b", "a b"),
        ("a<span style=opacity:0>x</span>b", "a b"),
        ("<h1 hidden>x</h1><p>b", "b"),
        ("<div style=visibility:hidden>x<p style=visibility:visible>b</p>x</div>", "b"),
        ("<ul style=font-size:0><li style=font-size:1rem>a<li>x<li style=font-size:2em>x</ul>", "a"),
        ("<div style=color:#fff;background:#fff>x<p style=color:#000>a<p style=color:#fff>x</div>b", "a\n\nb"),
        ("<div style=text-indent:-999px>x<p style=text-indent:0>a</div>", "a"),
        ("<div style=opacity:0><p style=opacity:1;visibility:visible>x</div>b", "b"),
        ("<nav hidden><p>x</nav><p>b", "b"),
        ("<noscript><p></div>x</noscript>b", "b"),
        ("<iframe><div hidden></iframe>b", "b"),
    ],
)
def test_where_something_hidden_ends(source: str, text: str) -> None:
    assert text_of(source) == text


def test_spans_are_of_the_text_that_is_read() -> None:
    extract = html.read(b"<h1>A</h1><p>a <i hidden>5 books</i>b</p><h2 hidden>X</h2><p hidden>x<h2>B</h2><p>c")
    assert extract.text == "A\n\na b\n\nB\n\nc"
    assert [(s.title, extract.text[s.start : s.end]) for s in extract.sections] == [
        ("A", "A\n\na b\n\n"),
        ("B", "B\n\nc"),
    ]


def test_a_page_that_is_wholly_hidden_holds_no_text() -> None:
    with pytest.raises(ReadError, match="no text found"):
        parse(b"<title>Books</title><style>body{opacity:0}</style><body><p>5 books</body>", "html")


def test_chapters_are_read_as_xml() -> None:
    chapter = (
        "<html><head><style>.x {display: none}</style></head><body><h1>One</h1><a hidden='hidden'/>"
        "<p class='x'>5 books</p><div style='display:none'/><p>The ferry leaves at noon.</p></body></html>"
    )
    extract = epub.read(making.epub({"a.xhtml": chapter}, spine=["a.xhtml"]))
    assert extract.text == "One\n\nThe ferry leaves at noon."


def test_a_web_page_in_xml_is_read_as_such() -> None:
    assert text_of('<?xml version="1.0"?><html><div hidden=""/><p hidden="">x<ul><li>x</li></ul>x</p>b</html>') == "b"


def test_mail_hides_as_pages_do() -> None:
    head = b"From: a@b\nSubject: s\nContent-Type: text/html\n\n"
    assert "5 books" not in mail.read(head + b"<p style='font-size:0'>5 books</p><p>b").text


@pytest.mark.parametrize(
    "source",
    [
        "<b hidden>" * 20_000 + "</p>" * 20_000,
        "<q>" + "<div>" + "<span>" * 20_000 + "</q>" * 20_000,
        "<p><b hidden></p>" * 20_000,
        "<style>" + ".x{color:red}" * 5_000 + "</style>" + "<p class=x>a" * 5_000,
        "<style>" + "{" * 50_000 + "</style>",
        "<style>" + "url(" * 50_000 + "</style>",
        f"<p style='left:{'0' * 50_000}x;font:{'0 ' * 50_000}'>",
    ],
    ids=["formatting", "out of reach", "reopened", "rules", "braces", "addresses", "digits"],
)
def test_nothing_takes_long(source: str) -> None:
    started = time.process_time()
    text_of(source + "<p>b</p>")
    assert time.process_time() - started < 5


def test_the_later_of_two_rules_of_one_weight_wins() -> None:
    sheet = Sheet()
    sheet.add(".a{display:none} p{display:block} .b{display:flex}")
    assert sheet.styles("p", {"class": "b a"})[0] == {"display": "flex"}
