"""What the installers say of the program is true, and the files that say it are well-formed."""

from __future__ import annotations

import configparser
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from core import __version__

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"
linux = pytest.mark.skipif(sys.platform != "linux", reason="linux only")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that builds the installers, which has its neighbours beside it."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    spec = importlib.util.spec_from_file_location("packaging_build", ROOT / "packaging/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def metainfo() -> ElementTree.Element:
    return ElementTree.parse(LINUX / "futures-lab.metainfo.xml").getroot()


class AsWritten(configparser.RawConfigParser):
    """Leaves names as they are: a desktop file tells Name from name."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def desktop() -> configparser.SectionProxy:
    parser = AsWritten(delimiters="=")
    parser.read(LINUX / "futures-lab.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_version_is_written_in_one_place(build: ModuleType) -> None:
    assert build.read_version() == __version__
    for file in (*LINUX.iterdir(), ROOT / "pyproject.toml"):
        assert f'"{__version__}"' not in file.read_text(encoding="utf-8"), file


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == __version__


def test_the_window_belongs_to_its_desktop_entry() -> None:
    app = (ROOT / "gui" / "app.py").read_text(encoding="utf-8")
    assert 'setDesktopFileName("futures-lab")' in app
    assert metainfo().findtext("launchable") == "futures-lab.desktop"
    assert desktop()["Icon"] == desktop()["Exec"].split()[0] == "futures-lab"
    assert desktop()["TryExec"] == "futures-lab"  # with arguments, GNOME finds no such program


def test_runs_are_one_type_everywhere() -> None:
    told = metainfo().findtext("provides/mediatype")
    kind = ElementTree.parse(LINUX / "futures-lab.mime.xml").getroot()[0]
    assert kind.get("type") == told
    assert desktop()["MimeType"] == f"{told};"
    assert desktop()["Exec"].endswith(" %F")
    assert [part.get("pattern") for part in kind if "pattern" in part.attrib] == ["*.futureslab"]


def test_the_man_page_names_every_option() -> None:
    ended = subprocess.run(
        [sys.executable, "main.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    page = (LINUX / "futures-lab.1").read_text(encoding="utf-8").replace("\\", "")
    options = set(re.findall(r"--[a-z]+", ended.stdout))
    assert options >= {"--version", "--selftest"}
    assert not [option for option in options if option not in page]


def test_every_mark_in_a_template_is_filled(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path)
    build.write_metadata("1.2.3")
    written = list((tmp_path / "metadata").iterdir())
    assert len(written) == len(list(LINUX.iterdir()))
    for file in written:
        assert not re.search(r"@[A-Z]+@", file.read_text(encoding="utf-8")), file
    page = (tmp_path / "metadata" / "futures-lab.1").read_text(encoding="utf-8")
    assert "Futures Lab 1.2.3" in page


def test_the_icon_comes_in_all_sizes(build: ModuleType, tmp_path: Path) -> None:
    # In a process of its own: it makes an application of its own kind.
    script = (
        "import sys; sys.path.insert(0, 'packaging'); import build, pathlib;"
        "build.draw_icons(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    drawn = {file.parts[-3]: file.read_bytes() for file in tmp_path.rglob("*.png")}
    assert set(drawn) == {f"{size}x{size}" for size in build.ICON_SIZES}
    for size, data in drawn.items():
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        assert size == f"{width}x{height}"


@linux
@pytest.mark.parametrize("name", ["install", "uninstall", "preremove"])
def test_a_script_is_one_that_sh_can_read(name: str) -> None:
    subprocess.run(["sh", "-n", str(LINUX / name)], check=True)
