"""What goes into the Setup for Windows is what was tested, and all that the program needs."""

from __future__ import annotations

import ast
import importlib.util
import re
import struct
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = ROOT / "packaging" / "windows"


def load(name: str) -> ModuleType:
    """Load a script of `packaging`, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT / "packaging"))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "packaging"))
    return module


setup = load("windows_setup")


def pins(file: Path) -> dict[str, set[str]]:
    """Read the versions that a file of requirements pins, by normalised name."""
    found: dict[str, set[str]] = {}
    text = file.read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(version)
    return found


def test_the_wheels_have_the_versions_that_were_tested() -> None:
    tested = pins(ROOT / "constraints.txt")
    for name, versions in pins(WINDOWS / "requirements.txt").items():
        assert versions <= tested[name], name


def test_every_wheel_has_a_hash() -> None:
    text = (WINDOWS / "requirements.txt").read_text(encoding="utf-8")
    rows = re.findall(r"^[\w.-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert len(rows) == len(re.findall("==", text)) > 10


def test_all_that_the_program_asks_for_is_among_the_wheels() -> None:
    asked = re.findall(r'^    "([\w-]+)[>=!,.\d]+",', (ROOT / "pyproject.toml").read_text(), re.M)
    wanted = {name.lower() for name in asked[: asked.index("coverage")]}
    assert wanted >= {"numpy", "rich"}
    assert wanted <= set(pins(WINDOWS / "requirements.txt"))


def imported_modules(folder: Path) -> set[str]:
    """Name the modules of Qt that code below a folder imports, wherever in it."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6."):
                found.add(str(node.module).split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
                found |= {name.name for name in node.names}
    return found


def test_every_part_of_qt_that_the_window_imports_travels() -> None:
    needed = imported_modules(ROOT / "gui")
    assert "QtWidgets" in needed
    assert needed <= setup.QT


@pytest.mark.parametrize(
    "name",
    [
        "numpy/_core/_multiarray_umath.cp313-win_amd64.pyd",
        "numpy.libs/libscipy_openblas64_-63c857.dll",
        "pyqtgraph/multiprocess/__init__.py",  # loaded when pyqtgraph is
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/QtWidgets.pyd",
        "PySide6/__init__.py",
        "pygments/lexers/python.py",
        "numpy-2.4.6.dist-info/licenses/LICENSE.txt",
        "superqt-0.9.0.dist-info/METADATA",
    ],
)
def test_what_is_needed_travels(name: str) -> None:
    assert setup.is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "numpy/_core/tests/test_umath.py",
        "numpy/_core/include/numpy/arrayobject.h",
        "PySide6/plugins/sqldrivers/qsqlite.dll",
        "PySide6/qml/QtQuick/qtquick2plugin.dll",
        "PySide6/QtWidgets.pyi",
        "PySide6/designer.exe",
        "PySide6/QtNetwork.pyd",
        "PySide6/translations/qt_de.qm",
        "pygments/lexers/rust.py",
        "pyqtgraph/examples/Plotting.py",
        "numpy-2.4.6.dist-info/RECORD",
    ],
)
def test_what_nothing_loads_stays_at_home(name: str) -> None:
    assert not setup.is_wanted(name)


@given(
    st.lists(st.integers(0, 65535), min_size=1, max_size=4), st.sampled_from(["", "rc2", ".dev1"])
)
def test_a_version_becomes_four_numbers(parts: list[int], end: str) -> None:
    told = setup.numbers(".".join(map(str, parts)) + end).split(".")
    assert [int(part) for part in told] == [*parts, 0, 0, 0][:4]


def test_the_icons_have_every_size_drawn_by_itself(tmp_path: Path, qapp: object) -> None:
    icons = load("icons")
    icons.write_ico(tmp_path / "futures-lab.ico")
    data = (tmp_path / "futures-lab.ico").read_bytes()
    count = struct.unpack_from("<HHH", data)[2]
    widths = {data[6 + 16 * at] or 256 for at in range(count)}
    assert widths == {16, 20, 24, 32, 40, 48, 64, 256}


def test_the_icon_of_macos_has_the_sizes_that_it_asks_for(tmp_path: Path, qapp: object) -> None:
    icons = load("icons")
    icons.write_icns(tmp_path / "futures-lab.icns")
    data = (tmp_path / "futures-lab.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    kinds, at = set(), 8
    while at < len(data):
        kinds.add(data[at : at + 4])
        at += struct.unpack_from(">I", data, at + 4)[0]
    assert kinds >= {b"ic07", b"ic08", b"ic09", b"ic10", b"ic11", b"ic12", b"ic13", b"ic14"}


def test_a_binary_that_was_changed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool says of a changed file that the two digests differ."""
    (tmp_path / "python.exe").touch()
    monkeypatch.setattr(setup, "trusted_roots", lambda signed: tmp_path / "roots.pem")
    said = (
        "Current message digest    : AA\nCalculated message digest : {}\n"
        "Subject: /CN=Python Software Foundation\nSucceeded\n"
    )
    monkeypatch.setattr(setup, "told", lambda *command: said.format("AA"))
    setup.check_signatures(tmp_path)
    monkeypatch.setattr(setup, "told", lambda *command: said.format("BB"))
    with pytest.raises(SystemExit, match=r"python\.exe is not as it was signed"):
        setup.check_signatures(tmp_path)
