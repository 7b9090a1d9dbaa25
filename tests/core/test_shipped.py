"""What travels inside the program is listed whole, each part with the text of its licence."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from core import installed, shipped


def test_all_that_the_program_imports_is_listed_with_its_licence() -> None:
    found = {part.name.lower().replace("_", "-"): part for part in shipped.parts()}
    wanted = {"python", "pyside6-essentials", "shiboken6", "numpy", "pyqtgraph"}
    assert wanted | {"msgspec", "psutil", "platformdirs", "rich", "pygments"} <= found.keys()
    assert not found.keys() & {"pytest", "superqt", "hypothesis", "ruff", "pip", "pyinstaller"}
    bare = [part.name for part in found.values() if not part.text and "Essentials" not in part.name]
    assert [name for name in bare if name != "shiboken6"] == []
    assert all(part.terms and part.version for part in found.values())


@pytest.mark.skipif(
    not Path("/usr/share/common-licenses/LGPL-3").exists(), reason="not on a Debian: linux only"
)
def test_qt_has_the_text_of_its_licence_although_its_package_brings_none() -> None:
    (qt,) = [part for part in shipped.parts() if part.name == "PySide6_Essentials"]
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.text


def test_an_installed_program_reads_the_list_that_was_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = shipped.Part("a", "1", "MIT", "", "text, π")
    monkeypatch.setattr(shipped, "LIST", tmp_path / "shipped.json")
    shipped.LIST.write_bytes(shipped.to_json((part,)))
    assert shipped.parts() == (part,)
    shipped.LIST.write_bytes(b"[{")
    assert shipped.parts()[0].version == sys.version.split()[0]


def test_without_our_own_metadata_there_is_still_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", unknown)
    assert [part.name for part in shipped.parts()] == ["Python", "DejaVu fonts", "Futures Lab"]


def test_installed_without_a_list_all_that_lies_beside_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installed, "is_installed", lambda: True)
    names = {part.name for part in shipped.parts()}
    assert {"Python", "numpy", "PySide6_Essentials", "pytest"} <= names


def test_a_licence_that_is_not_utf_8_or_is_gone_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "old-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: old\nVersion: 1\nLicense: MIT\n")
    (about / "RECORD").write_text("old-1.dist-info/LICENSE,,\nold-1.dist-info/COPYING,,\n")
    (about / "LICENSE").write_bytes(b"\xa9 1999 Ada")
    monkeypatch.setattr(shipped, "_needed", lambda: [metadata.PathDistribution(about)])
    monkeypatch.setattr(shipped, "LIST", tmp_path / "none")
    (old,) = [part for part in shipped.parts() if part.name == "old"]
    assert "1999 Ada" in old.text
