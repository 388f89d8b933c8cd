"""Packages at their exact versions through the user's own pip: torch as a CPU build, llama-cpp-python compiled lean.

Standard library only. Knows pip, constraints.txt and compilers; when a step is due is scripts/install.py's business.
"""

from __future__ import annotations

import queue
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.machine import WINDOWS, Trouble, compiler_remedy, explain

# A CPU build of torch is at most 250 MB on any platform, a CUDA build more than 500 MB even without its libraries.
TORCH_CPU_MEGABYTES = 400

TORCH_MEND = (
    "pip would fetch a CUDA build of torch, with gigabytes of libraries that Footnote never uses. Take the address of "
    "the CPU builds from PyTorch's installation page (Linux, pip, CPU) and run again with FOOTNOTE_TORCH=ADDRESS (or "
    "a wheel file; or set PIP_EXTRA_INDEX_URL for good); FOOTNOTE_TORCH=any takes what pip finds"
)

# What the Python binding never loads stays uncompiled.
LLAMA_PARTS_LEFT_OUT = [
    "LLAVA_BUILD",
    "LLAMA_BUILD_APP",
    "LLAMA_BUILD_EXAMPLES",
    "LLAMA_BUILD_SERVER",
    "LLAMA_BUILD_TESTS",
    "LLAMA_BUILD_TOOLS",
    "LLAMA_OPENSSL",
]


def cuda_in(line: str) -> str | None:
    """The mend where a line of pip's output shows that a CUDA build of torch is on its way, else None.

    Read while pip runs: an index that serves no separate metadata makes pip download whole files only to look at their
    requirements. The line is printed before the download begins, and nothing is installed until all is downloaded.
    """
    if re.match(r"\s*Collecting (nvidia|cuda|triton|pytorch-triton)\b", line):
        return TORCH_MEND
    if re.search(r"\btorch-\S*(\+|%2B)(cu|rocm|xpu)\d*", line):
        return TORCH_MEND
    size = re.search(r"\btorch-\S+\.whl \(([\d.]+) ([MG])B\)", line)
    if size and float(size[1]) * (1000 if size[2] == "G" else 1) > TORCH_CPU_MEGABYTES:
        return TORCH_MEND
    return None


def _next(lines: queue.Queue[str | None]) -> str | None:
    """The next line of output, "" where none came within a second, None at the end."""
    try:
        return lines.get(timeout=1)
    except queue.Empty:
        return ""


def run(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    refuse: Callable[[str], str | None] = lambda line: None,
) -> None:
    """Runs a command with its output in a log file and shows that it is alive.

    Raises Trouble as soon as `refuse` has a reason to refuse a line of the output (the command is then killed), and
    CalledProcessError with the output when the command fails.
    """
    started = spoke = time.monotonic()
    terminal = sys.stdout.isatty()
    lines: queue.Queue[str | None] = queue.Queue()
    output: list[str] = []
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**environment, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        assert process.stdout is not None
        stream = process.stdout

        def read() -> None:
            for line in stream:
                lines.put(line)
            lines.put(None)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            while (line := _next(lines)) is not None:
                output.append(line)
                file.write(line)
                reason = refuse(line)
                if reason:
                    process.kill()
                    raise Trouble(reason)
                now = time.monotonic()
                if now - spoke >= (1 if terminal else 60):
                    spoke = now
                    minutes, seconds = divmod(int(now - started), 60)
                    elapsed = f"    {minutes}:{seconds:02d}"
                    print(f"\r{elapsed}" if terminal else elapsed, end="" if terminal else "\n", flush=True)
        finally:
            process.wait()  # Ctrl-C reaches the command, too, and it tidies up
            reader.join(timeout=5)
    if terminal:
        print("\r", end="")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command), output="".join(output))


def mend_interrupted(site_packages: Path) -> list[str]:
    """Removes the metadata of packages whose installation was cut short, so that pip installs them again.

    pip writes RECORD last: a dist-info folder without it belongs to an interrupted installation, which pip itself
    would take for a complete one. Returns the names of the folders removed.
    """
    broken = [folder for folder in sorted(site_packages.glob("*.dist-info")) if not (folder / "RECORD").is_file()]
    for folder in broken:
        shutil.rmtree(folder)
    return [folder.name for folder in broken]


@dataclass(frozen=True)
class Packages:
    """pip of one virtual environment; `logs` takes the whole output of each installation.

    Obeys FOOTNOTE_TORCH (an index address, a wheel, or "any"), FOOTNOTE_LLAMA_WHEEL (a wheel), CC, CXX, CMAKE_ARGS and
    everything that pip itself obeys.
    """

    root: Path
    python: Path
    logs: Path
    environment: Mapping[str, str]
    system: Mapping[str, str]

    @property
    def pins(self) -> dict[str, str]:
        lines = (self.root / "constraints.txt").read_text(encoding="utf-8").splitlines()
        return dict(line.split("==") for line in lines if not line.startswith("#"))

    def install_pip(self) -> None:
        self._install("pip", "--upgrade", f"pip=={self.pins['pip']}")

    def install_all(self) -> None:
        """torch first and alone, so that nothing else chooses its build; then llama-cpp-python; then all the rest."""
        for name in mend_interrupted(self._site_packages()):
            print(f"    {name} was left half installed: installing it again")
        llama, words = self.find_llama()
        self.install_torch()
        if not self._has("llama-cpp-python"):
            print(f"==> {words}", flush=True)
            self._install("llama-cpp-python", *self._exact, llama)
        print("==> Installing Footnote and all other packages (300 MB to download, then about 1 minute)", flush=True)
        self._install("packages", *self._exact, "--editable", str(self.root))

    def install_tools(self) -> None:
        print("==> Installing the developers' tools (80 MB to download)", flush=True)
        self._install("tools", *self._exact, "--group", f"{self.root / 'pyproject.toml'}:dev")

    def _has(self, name: str) -> bool:
        """Whether the exact version is installed; a local label such as +cpu does not count."""
        pinned = f"{name.replace('-', '_')}-{self.pins[name]}"
        found = [folder.name.removesuffix(".dist-info") for folder in self._site_packages().glob("*.dist-info")]
        return pinned in {folder.partition("+")[0] for folder in found}

    def install_torch(self) -> None:
        if self._has("torch"):
            return
        print("==> Installing torch, the CPU build (190 MB to download)", flush=True)
        pinned = f"torch=={self.pins['torch']}"
        choice = self.environment.get("FOOTNOTE_TORCH", "any")
        if choice == "any":
            self._install("torch", *self._exact, pinned)
        elif choice.endswith(".whl"):
            self._install("torch", *self._exact, choice)
        else:
            self._install("torch", *self._exact, "--extra-index-url", choice, pinned)

    def find_llama(self) -> tuple[str, str]:
        """What pip is asked for and what that means, in words; Trouble where it would have to be compiled and cannot.

        Asked before anything large is downloaded.
        """
        pinned = f"llama-cpp-python=={self.pins['llama-cpp-python']}"
        wheel = self.environment.get("FOOTNOTE_LLAMA_WHEEL")
        if wheel and not Path(wheel).is_file():
            raise Trouble(f"FOOTNOTE_LLAMA_WHEEL names {wheel}, which is not a file: correct or unset it")
        if wheel:
            return wheel, f"Installing llama-cpp-python from {wheel} (seconds)"
        if self._has("llama-cpp-python") or self._is_ready_made(pinned):
            return pinned, "Installing llama-cpp-python, compiled before (seconds)"
        if not WINDOWS and not self.has_compiler():
            raise Trouble(
                "llama-cpp-python has to be compiled and there is no C and C++ compiler: "
                f"{compiler_remedy(self.system)}, or name a prebuilt wheel in FOOTNOTE_LLAMA_WHEEL"
            )
        return pinned, "Compiling llama-cpp-python (once, 3 minutes on two cores; pip keeps the result)"

    def _is_ready_made(self, pinned: str) -> bool:
        """Whether pip's cache, or the user's index and wheel folders hold it compiled."""
        version = pinned.partition("==")[2]
        pip = [str(self.python), "-m", "pip"]
        kept = subprocess.run(
            [*pip, "cache", "list", "llama_cpp_python", "--format", "abspath"],
            capture_output=True,
            text=True,
            env=dict(self.environment),
        )
        if f"llama_cpp_python-{version}-" in kept.stdout:
            return True
        dry_run = [*pip, "install", "--dry-run", "--no-deps", "--only-binary", "llama-cpp-python", pinned]
        return subprocess.run(dry_run, capture_output=True, env=dict(self.environment)).returncode == 0

    def has_compiler(self) -> bool:
        def found(variable: str, names: Sequence[str]) -> bool:
            named = shlex.split(self.environment.get(variable, ""))[:1]
            return any(shutil.which(name, path=self.environment.get("PATH")) for name in named or names)

        return found("CC", ["cc", "gcc", "clang"]) and found("CXX", ["c++", "g++", "clang++"])

    def _site_packages(self) -> Path:
        question = "import sysconfig; print(sysconfig.get_path('purelib'))"
        return Path(subprocess.check_output([str(self.python), "-c", question], text=True).strip())

    @property
    def _exact(self) -> list[str]:
        constraints = str(self.root / "constraints.txt")
        return ["--constraint", constraints, "--build-constraint", constraints]

    def _install(self, log: str, *arguments: str) -> None:
        """`pip install` with the user's own configuration, bounded retries and the guard against CUDA."""
        # A SOURCE_DATE_EPOCH would make llama.cpp leave AVX out.
        environment = {name: value for name, value in self.environment.items() if name != "SOURCE_DATE_EPOCH"}
        include = (self.root / "scripts" / "llama-cpp.cmake").as_posix()
        options = [f"-D{part}=OFF" for part in LLAMA_PARTS_LEFT_OUT] + [f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={include}"]
        # The user's own options come last and win.
        environment["CMAKE_ARGS"] = f"{shlex.join(options)} {self.environment.get('CMAKE_ARGS', '')}"
        output = self.logs / f"{log}.log"
        command = [str(self.python), "-m", "pip", "install", "--retries", "2", "--no-input", *arguments]
        guard = cuda_in if self.environment.get("FOOTNOTE_TORCH") != "any" else lambda line: None
        try:
            run(command, log=output, environment=environment, refuse=guard)
        except subprocess.CalledProcessError as error:
            raise Trouble(f"{explain(error.output, self.system)} (the whole output: {output})") from error
