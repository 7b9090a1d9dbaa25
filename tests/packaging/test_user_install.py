"""What the .run does for a user without root, with a small program in place of the large one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINUX = Path(__file__).resolve().parents[2] / "packaging" / "linux"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="linux only")


class Home:
    """A home folder, and a bundle as makeself unpacks it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "Änn Müller & $HOME %u"
        self.path.mkdir()
        self.data = self.path / ".local" / "share"
        self.program = self.data / "futures-lab" / "program"
        self.link = self.path / ".local" / "bin" / "futures-lab"
        self.desktop = self.data / "applications" / "futures-lab.desktop"
        self.settings = self.path / ".config" / "futures-lab" / "futures-lab.ini"
        self.bundle = folder / "bundle"

    def unpack(self, says: str = "echo 1", more: str = "same") -> None:
        shutil.rmtree(self.bundle, ignore_errors=True)
        program = self.bundle / "program"
        program.mkdir(parents=True)
        for name in ("futures-lab", "futures-lab-worker"):
            (program / name).write_text(f"#!/bin/sh\n{says}\n")
            (program / name).chmod(0o755)
        (program / more).touch()
        share = self.bundle / "share"
        for name, place in (
            ("futures-lab.desktop", "applications/futures-lab.desktop"),
            ("futures-lab.mime.xml", "mime/packages/futures-lab.xml"),
        ):
            (share / place).parent.mkdir(parents=True)
            shutil.copy(LINUX / name, share / place)
        for name in ("install", "uninstall"):
            shutil.copy(LINUX / name, self.bundle)

    def run(self, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("XDG_")}
        return subprocess.run(
            [str(script), *arguments],
            cwd=self.path,
            env=kept | {"HOME": str(self.path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def install(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.bundle / "install", *arguments)

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.unpack()
    return home


def test_it_comes_and_goes_without_a_trace(home: Home) -> None:
    came = home.install()
    assert came.returncode == 0, came.stderr
    assert home.link.resolve() == home.program / "futures-lab"
    went = home.run(home.program / "uninstall")
    assert went.returncode == 0, went.stderr
    assert home.files() == [".local"]


def test_the_menu_finds_a_program_in_a_folder_of_any_name(home: Home) -> None:
    home.install()
    (line,) = [line for line in home.desktop.read_text().splitlines() if line.startswith("Exec=")]
    # As the standard has it: the escapes of the key, of quoted arguments, then of field codes.
    text = line.removeprefix("Exec=").removesuffix(" %F").replace("\\\\", "\\")
    assert line.endswith('" %F')
    assert text[0] == text[-1] == '"'
    path = text[1:-1].replace("\\$", "$").replace("%%", "%")
    assert path == str(home.program / "futures-lab")


def test_a_newer_version_replaces_the_whole_older_one(home: Home) -> None:
    home.install()
    home.unpack(more="new")
    assert home.install().returncode == 0
    assert (home.program / "new").exists()
    assert not (home.program / "same").exists()
    assert not list(home.program.parent.glob("program.*"))


def test_one_that_does_not_start_leaves_the_older_one(home: Home) -> None:
    home.install()
    before = home.files()
    home.unpack(says="exit 1", more="new")
    failed = home.install()
    assert failed.returncode == 1
    assert "Nothing was changed." in failed.stderr
    assert home.files() == before


def test_a_folder_of_somebody_else_is_left_alone(home: Home) -> None:
    (home.path / "mine").mkdir()
    (home.path / "mine" / "letter").touch()
    refused = home.install("--prefix", "mine")
    assert refused.returncode == 1
    assert "Choose another folder" in refused.stderr
    assert home.files() == ["mine", "mine/letter"]


def test_another_folder_can_be_chosen(home: Home) -> None:
    assert home.install("--prefix", "my lab/π").returncode == 0
    program = home.path / "my lab" / "π"
    assert home.link.resolve() == program / "futures-lab"
    assert home.run(program / "uninstall").returncode == 0
    assert home.link.is_symlink() is False


@pytest.mark.parametrize("forget", [False, True])
def test_what_was_measured_stays_unless_it_shall_go(home: Home, forget: bool) -> None:
    home.install()
    history = home.data / "futures-lab" / "history.sqlite"
    home.settings.parent.mkdir(parents=True)
    for file in (home.settings, history):
        file.touch()
    went = home.run(home.program / "uninstall", *(["--remove-history"] if forget else []))
    assert (history.exists(), home.settings.exists()) == (not forget, not forget)
    assert ("Kept: " in went.stdout) == (not forget)


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--prefix"]])
def test_what_it_does_not_know_is_refused(home: Home, arguments: list[str]) -> None:
    refused = home.install(*arguments)
    assert refused.returncode == 2
    assert "usage" in refused.stderr
    assert home.files() == []
