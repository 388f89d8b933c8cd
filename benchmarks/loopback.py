"""Whether anything leaves this machine while Footnote is used: `python -m benchmarks.loopback`.

Runs itself in a network namespace of its own, in which every address but those of loopback, the name server's too, lies
behind an interface whose packets the kernel counts. There the server and a browser go through a whole session: a
question to the real model, its footnotes, a document added and followed, a text checked, the settings, a conversation
saved; then the command line. At the end a name is looked up on purpose, which must be counted. Needs `unshare` and
`ip`, and the right to use them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, Request

from benchmarks.chromium import chromium, visited
from benchmarks.page import HOST
from benchmarks.process import FOOTNOTE, ROOT, SEEDS, ProcessFault, add_documents, footnote, free_port, serving
from benchmarks.report import Measure, fault, report
from benchmarks.screenshots import QUESTION, WIDE
from benchmarks.startup import PAGE_SECONDS

TEXT = "Russia closed its mission to NATO after NATO had cut it from 20 to 10 people."
OUT = "out0"
# What Debian's chromium looks up on its own account (updates, accounts, forms, dictionaries), and no flag prevents.
_ITS_OWN = "--host-resolver-rules=" + ", ".join(
    f"MAP {name} ~NOTFOUND" for name in ("*.googleapis.com", "accounts.google.com", "*.gvt1.com")
)
_MILLISECONDS = 600_000
# 192.0.2.0/24 is for documentation (RFC 5737): nobody is there. Without IPv6 and ARP the interface itself is silent.
_SETTING = f"""set -e
ip link set lo up
for which in all default; do echo 1 > /proc/sys/net/ipv6/conf/$which/disable_ipv6 || true; done
ip link add {OUT} type veth peer name end0
ip link set {OUT} arp off up
ip link set end0 arp off up
ip address add 192.0.2.1/24 dev {OUT}
ip route add default dev {OUT}
mount --bind "$1" "$(readlink -f /etc/resolv.conf)"
shift
exec "$@"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.loopback", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    if not options.inside:
        return _alone(["--json"] if options.json else [])
    try:
        found = measures()
    except (ProcessFault, OSError, BrowserError) as error:
        return fault(error)
    return report("loopback", found, options.json)


def _alone(options: Sequence[str]) -> int:
    """The same command in the namespace, and its exit code."""
    missing = [name for name in ("unshare", "ip", "mount") if shutil.which(name) is None]
    if missing:
        return fault(ProcessFault(f"{', '.join(missing)} is missing; on Debian: apt-get install iproute2 util-linux"))
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolver:
        resolver.write("nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")
        resolver.flush()
        alone = ["unshare", "--net", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
        inside = [sys.executable, "-m", "benchmarks.loopback", "--inside", *options]
        return subprocess.run([*alone, "sh", "-c", _SETTING, "sh", resolver.name, *inside], cwd=ROOT).returncode


def measures() -> list[Measure]:
    """The lines of the table; the lookup at the end comes after everything that counts."""
    before = sent()
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
        home, papers = Path(place) / "home", Path(place) / "papers"
        papers.mkdir()
        (papers / "report.md").write_text("# A report\n\nThe audit of the bridge recommended new bolts.\n", "utf-8")
        add_documents(SEEDS, home)
        port = free_port()
        with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", str(home)], port, PAGE_SECONDS):
            requests = session(f"http://{HOST}:{port}/", papers)
        for command in (
            ["ask", QUESTION],
            ["check", TEXT],
            ["search", "mission"],
            ["sync"],
            ["doctor"],
            ["models", "list"],
        ):
            footnote([*command, "--json", "--home", str(home)])
    left = sent() - before
    with suppress(OSError):
        socket.getaddrinfo("example.org", 443)
    counted = sent() - before - left
    elsewhere = [address for address in requests if not address.startswith((f"http://{HOST}:", "data:", "blob:"))]
    for address in elsewhere:
        print(f"asked for: {address}", file=sys.stderr)
    return [
        Measure("packets", "packets that left loopback, server, browser, commands", float(left), ""),
        Measure("requests", "requests of the page to anywhere else", float(len(elsewhere)), "", f"{len(requests)}"),
        Measure("counted", "packets of a name looked up on purpose", float(counted), ""),
    ]


def sent() -> int:
    """Packets that were sent through the interface, which leads out of this machine."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == OUT:
            return int(counts.split()[9])  # eight counts of what was received, then bytes and packets sent
    raise ProcessFault(f"there is no interface {OUT}; run this without --inside")


def session(address: str, papers: Path) -> list[str]:
    """Everything that a person does on the page; the addresses that the page asked for."""
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.append(request.url)

    with chromium(_ITS_OWN) as browser, visited(browser, address, WIDE, "light") as page:
        page.set_default_timeout(_MILLISECONDS)
        page.on("request", note)
        page.reload()
        page.wait_for_selector(".fn-good")
        _ask(page)
        page.get_by_role("tab", name="Check").click()
        page.get_by_label("Text to check").fill(TEXT)
        page.click("#check")
        page.wait_for_selector(".fn-check[data-stage=done]")
        page.get_by_role("tab", name="Documents").click()
        page.fill("#path :is(input, textarea)", str(papers))
        page.click("#add")
        page.wait_for_selector("#adding .fn-ledger")
        page.get_by_label("Keep in step with the folders on disk").check()
        page.wait_for_selector("#watched :text('In step with the disk')")
        page.locator("#papers-listed label").first.click()
        page.wait_for_selector("#preview h2")
        page.get_by_role("tab", name="Settings").click()
        page.wait_for_selector(".fn-offer")
    return requests


def _ask(page: Page) -> None:
    """A question, each of its footnotes, a judgement, and the conversation saved."""
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#current .fn-turn[data-stage=done]")
    for link in page.locator("#current .fn-prose a.cite").all():
        link.click()
        page.wait_for_selector(".fn-text mark")
    page.get_by_role("button", name="Good answer").click()
    with page.expect_download():
        page.get_by_role("link", name="Markdown").click()


if __name__ == "__main__":
    sys.exit(main())
