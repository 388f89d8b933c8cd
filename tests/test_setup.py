"""Set-up: what it decides, what it refuses, and the one line that it says; nothing is installed here."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import lock, setup
from scripts.install import ROOT, Setup, Stamps
from scripts.machine import Trouble, compiler_remedy, explain, models_folder, remedy, require_space
from scripts.packages import Packages, cuda_in, mend_interrupted, run

DEBIAN = {"PLATFORM": "linux", "ID": "debian"}
DEBIAN_ROOT = {**DEBIAN, "ROOT": "yes"}
UBUNTU = {"PLATFORM": "linux", "ID": "ubuntu", "ID_LIKE": "debian"}
FEDORA = {"PLATFORM": "linux", "ID": "fedora"}
ROCKY = {"PLATFORM": "linux", "ID": "rocky", "ID_LIKE": "rhel centos fedora"}
ALPINE = {"PLATFORM": "linux", "ID": "alpine"}
MAC = {"PLATFORM": "darwin"}
WINDOWS = {"PLATFORM": "win32"}


def checkout(folder: Path, environment: dict[str, str] | None = None) -> Setup:
    """A checkout with the files that set-up reads, and nothing installed."""
    (folder / "rag").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "rag/catalogue.toml"):
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    return Setup(folder, environment or {}, DEBIAN)


def test_other_models_are_another_setting(tmp_path: Path) -> None:
    ours = checkout(tmp_path)
    names = ("FOOTNOTE_HOME", "FOOTNOTE_MODELS", "FOOTNOTE_MODEL", "FOOTNOTE_EMBEDDING")
    keys = [
        Setup(ours.root, environment, DEBIAN)._settings_key() for environment in ({}, *({one: "x"} for one in names))
    ]
    assert len(set(keys)) == len(keys)


# -- the Python that runs it


def test_an_old_python_is_told_what_to_do() -> None:
    line = setup.too_old((3, 9, 2), "linux")
    assert "3.9.2" in line
    assert "3.11" in line
    assert "apt install" in line
    assert "\n" not in line


def test_this_python_is_new_enough_and_a_missing_one_is_not() -> None:
    assert setup.new_enough(sys.executable)
    assert not setup.new_enough("no-such-python")


def test_an_old_python_can_read_the_starter() -> None:
    """The file must not use what Python 3.6 cannot parse: else the reader sees a syntax error instead of the line."""
    import ast

    ast.parse((ROOT / "scripts" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 6))


# -- stamps


def test_a_step_is_done_for_the_key_it_was_done_for(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path)
    assert not stamps.done("packages", "one")
    stamps.mark("packages", "one")
    assert stamps.done("packages", "one")
    assert not stamps.done("packages", "two")


def test_a_stamp_cut_short_is_none(tmp_path: Path) -> None:
    (tmp_path / "packages.new").write_text("one", encoding="utf-8")
    assert not Stamps(tmp_path).done("packages", "one")


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        pytest.param("pyproject.toml", "line-length = 120", "line-length = 100", True, id="a setting of a tool"),
        pytest.param("pyproject.toml", '"rich>=15"', '"rich>=15.1"', False, id="a dependency"),
        pytest.param("pyproject.toml", '"pytest>=9.2"', '"pytest>=9.3"', True, id="a developers' tool"),
        pytest.param("constraints.txt", "numpy==", "numpy==0.", False, id="an exact version"),
    ],
)
def test_packages_are_installed_anew_when_they_have_to_be(
    tmp_path: Path, file: str, old: str, new: str, same: bool
) -> None:
    before = checkout(tmp_path)
    key = before.key("build")
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    assert (before.key("build") == key) is same


# -- the virtual environment


def test_a_folder_of_someone_elses_is_not_deleted(tmp_path: Path) -> None:
    ours = checkout(tmp_path)
    (ours.venv / "bin").mkdir(parents=True)
    assert ours.environment_state() == "another's"
    with pytest.raises(Trouble, match="not made by this set-up"):
        ours.make_environment()
    assert (ours.venv / "bin").is_dir()


@pytest.mark.parametrize(
    ("prepare", "state"),
    [
        pytest.param(lambda ours: None, "absent", id="nothing there"),
        pytest.param(lambda ours: ours.venv.mkdir(), "absent", id="an empty folder"),
        pytest.param(lambda ours: ours.stamps.folder.mkdir(parents=True), "half made", id="interrupted at once"),
        pytest.param(lambda ours: installed(ours, stamped=False), "half made", id="interrupted later"),
        pytest.param(lambda ours: installed(ours, stamped=True), "made", id="whole"),
        pytest.param(lambda ours: orphaned(ours), "half made", id="its Python removed"),
    ],
)
def test_the_state_of_the_environment(tmp_path: Path, prepare: Callable[[Setup], None], state: str) -> None:
    ours = checkout(tmp_path)
    prepare(ours)
    assert ours.environment_state() == state


def installed(ours: Setup, *, stamped: bool) -> None:
    ours.stamps.folder.mkdir(parents=True)
    ours.python.parent.mkdir()
    ours.python.symlink_to(sys.executable)
    if stamped:
        ours.stamps.mark("environment", "made")


def orphaned(ours: Setup) -> None:
    installed(ours, stamped=True)
    ours.python.unlink()
    ours.python.symlink_to(ours.root / "no-such-python")


def test_a_package_installed_halfway_is_installed_again(tmp_path: Path) -> None:
    for name, whole in (("whole-1.0.dist-info", True), ("half-2.0.dist-info", False)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "METADATA").write_text("Name: x", encoding="utf-8")
        if whole:
            (tmp_path / name / "RECORD").write_text("", encoding="utf-8")
    assert mend_interrupted(tmp_path) == ["half-2.0.dist-info"]
    assert [path.name for path in tmp_path.iterdir()] == ["whole-1.0.dist-info"]


# -- torch


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        pytest.param("Collecting nvidia-cudnn-cu13==9.20.0.48 (from torch==2.13.0)", True, id="a library of CUDA"),
        pytest.param("Collecting cuda-toolkit==13.0.3 (from torch)", True, id="the toolkit"),
        pytest.param("Collecting triton==3.7.1 (from torch==2.13.0)", True, id="triton"),
        pytest.param("  Downloading torch-2.13.0-cp311-manylinux_2_28_x86_64.whl (526.6 MB)", True, id="too large"),
        pytest.param("  Downloading torch-2.13.0-cp311-manylinux.whl (1.1 GB)", True, id="gigabytes"),
        pytest.param("  Using cached torch-2.13.0-cp311-manylinux.whl (526.6 MB)", True, id="too large, in the cache"),
        pytest.param("  Downloading torch-2.13.0%2Bcu130-cp311-linux_x86_64.whl.metadata (30 kB)", True, id="named so"),
        pytest.param("Processing /wheels/torch-2.13.0+rocm7-cp311-linux_x86_64.whl", True, id="another accelerator"),
        pytest.param("  Downloading torch-2.13.0-cp311-none-macosx_14_0_arm64.whl (81.0 MB)", False, id="macOS"),
        pytest.param("  Downloading torch-2.13.0%2Bcpu-cp311-linux_x86_64.whl (190.1 MB)", False, id="CPU build"),
        pytest.param("  Downloading torch-2.13.0-cp311-manylinux.whl.metadata (30 kB)", False, id="metadata"),
        pytest.param("Collecting torch==2.13.0", False, id="torch itself"),
        pytest.param("Collecting numpy (from torch==2.13.0)", False, id="another package"),
    ],
)
def test_a_cuda_build_is_seen_before_it_is_downloaded(line: str, refused: bool) -> None:
    assert (cuda_in(line) is not None) is refused


def test_a_command_is_killed_when_its_output_is_refused(tmp_path: Path) -> None:
    program = "import time; print('Collecting nvidia-nccl', flush=True); time.sleep(60)"
    with pytest.raises(Trouble, match="FOOTNOTE_TORCH"):
        run([sys.executable, "-c", program], log=tmp_path / "log", environment=os.environ, refuse=cuda_in)


def test_a_command_that_fails_keeps_its_output(tmp_path: Path) -> None:
    program = "import sys; print('ERROR: no luck'); sys.exit(3)"
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run([sys.executable, "-c", program], log=tmp_path / "log", environment=os.environ)
    assert failure.value.output == (tmp_path / "log").read_text(encoding="utf-8") == "ERROR: no luck\n"


# -- llama-cpp-python


def test_a_wheel_of_ones_own_is_taken(tmp_path: Path) -> None:
    wheel = tmp_path / "llama.whl"
    packages = Packages(ROOT, Path(sys.executable), tmp_path, {"FOOTNOTE_LLAMA_WHEEL": str(wheel)}, DEBIAN)
    with pytest.raises(Trouble, match="not a file"):
        packages.find_llama()
    wheel.touch()
    assert packages.find_llama()[0] == str(wheel)


@pytest.mark.slow
def test_no_compiler_is_told_before_anything_large_is_downloaded(tmp_path: Path) -> None:
    """An empty environment, no cache and no index: llama-cpp-python would have to be compiled."""
    venv.create(tmp_path / "empty", with_pip=False, system_site_packages=True)
    variables = {"PATH": "", "PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
    packages = Packages(ROOT, tmp_path / "empty" / "bin" / "python", tmp_path, variables, DEBIAN)
    with pytest.raises(Trouble, match="build-essential"):
        packages.find_llama()


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        pytest.param({"PATH": ""}, False, id="an empty PATH"),
        pytest.param({"CC": sys.executable, "CXX": f"{sys.executable} -flag", "PATH": ""}, True, id="named"),
        pytest.param({"CC": sys.executable, "CXX": "no-such-compiler", "PATH": ""}, False, id="half of it"),
    ],
)
def test_whether_there_is_a_compiler(tmp_path: Path, variables: dict[str, str], found: bool) -> None:
    assert Packages(ROOT, Path(sys.executable), tmp_path, variables, DEBIAN).has_compiler() is found


# -- one clear line, with the mend


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        pytest.param(DEBIAN, "`sudo apt install build-essential`", id="Debian"),
        pytest.param(DEBIAN_ROOT, "`apt install build-essential`", id="root needs no sudo"),
        pytest.param(UBUNTU, "`sudo apt install build-essential`", id="Ubuntu"),
        pytest.param(FEDORA, "`sudo dnf install gcc gcc-c++ make`", id="Fedora"),
        pytest.param(ROCKY, "`sudo dnf install gcc gcc-c++ make`", id="its kin"),
        pytest.param(MAC, "`xcode-select --install`", id="macOS"),
        pytest.param(WINDOWS, "install the Build Tools for Visual Studio with the C++ workload", id="Windows"),
    ],
)
def test_the_mend_fits_the_machine(system: dict[str, str], mend: str) -> None:
    assert compiler_remedy(system) == mend


def test_an_unknown_linux_is_told_both() -> None:
    mend = remedy(ALPINE, debian="x", fedora="y", mac="z", windows="w")
    assert "apt install x" in mend
    assert "dnf install y" in mend


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        pytest.param("OSError: [Errno 28] No space left on device", "disk is full", id="a full disk"),
        pytest.param("NewConnectionError: [Errno -3] Temporary failure in name resolution", "reached", id="no network"),
        pytest.param("No CMAKE_CXX_COMPILER could be found.", "build-essential", id="no compiler"),
        pytest.param("CMake Error: CMAKE_C_COMPILER not set", "build-essential", id="no C compiler"),
        pytest.param("SSL: CERTIFICATE_VERIFY_FAILED", "PIP_CERT", id="an unknown certificate"),
        pytest.param("PermissionError: [Errno 13] Permission denied", "may not be written", id="not ours to write"),
        pytest.param("ERROR: one\nERROR: No matching distribution found", "No matching distribution", id="another"),
        pytest.param("", "pip failed", id="nothing said"),
    ],
)
def test_a_failure_of_pip_is_explained_in_one_line(output: str, cause: str) -> None:
    line = explain(output, DEBIAN)
    assert cause in line
    assert "\n" not in line


def test_too_little_space_is_named_with_both_figures(tmp_path: Path) -> None:
    require_space(tmp_path / "not" / "yet", 1, "Nothing")
    with pytest.raises(Trouble, match=r"1000000\.0 GB .* only \d+\.\d GB is free"):
        require_space(tmp_path / "not" / "yet", 10**15, "Everything")


@pytest.mark.parametrize("ci", [pytest.param(True, id="in CI a fault"), pytest.param(False, id="elsewhere a word")])
def test_a_missing_program_is_never_silent(
    tmp_path: Path, ci: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    ours = checkout(tmp_path, {"CI": "true"} if ci else {})
    if ci:
        with pytest.raises(Trouble, match="chromium, iproute2, tesseract-ocr not found"):
            ours.install_programs()
    else:
        ours.install_programs()
        assert "chromium, iproute2, tesseract-ocr not found" in capsys.readouterr().out


# -- models and sample


def test_models_lie_where_footnote_will_look_for_them(tmp_path: Path) -> None:
    """Set-up guesses the folder before platformdirs is installed; the guess has to be right here."""
    from rag.settings import Settings

    assert models_folder({"FOOTNOTE_MODELS": str(tmp_path)}) == tmp_path
    variables = {name: value for name, value in os.environ.items() if name != "FOOTNOTE_MODELS"}
    assert models_folder(variables) == Settings.from_environment(variables).models


def test_a_step_is_repeated_when_what_it_left_is_gone(tmp_path: Path) -> None:
    ours = checkout(tmp_path)
    ours.stamps.folder.mkdir(parents=True)
    model = tmp_path / "model.gguf"
    model.touch()
    ours._mark_places("models", "key", [str(model)])
    assert ours._is_in_place("models", "key")
    assert not ours._is_in_place("models", "another key")
    model.unlink()
    assert not ours._is_in_place("models", "key")


# -- exact versions


def test_every_requirement_has_an_exact_version_that_satisfies_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = Packages(ROOT, Path(sys.executable), ROOT, {}, DEBIAN).pins
    unmet = [
        stated
        for stated in map(Requirement, lock.requirements(project))
        if not stated.specifier.contains(pins.get(canonicalize_name(stated.name), "0"))
    ]
    assert unmet == []


def test_a_report_becomes_constraints() -> None:
    packages = [("Jinja2", "3.1.6"), ("torch", "2.13.0+cpu"), ("typing_extensions", "4.16.0")]
    report = {"install": [{"metadata": {"name": name, "version": version}} for name, version in packages]}
    lines = lock.constraints(report).removeprefix(lock.HEADER).splitlines()
    assert lines == ["jinja2==3.1.6", "torch==2.13.0", "typing-extensions==4.16.0"]


def test_a_resolution_with_cuda_is_not_written() -> None:
    report = {"install": [{"metadata": {"name": "nvidia-nccl-cu13", "version": "2.29.7"}}]}
    with pytest.raises(SystemExit, match="CUDA"):
        lock.constraints(report)
