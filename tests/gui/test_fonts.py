"""Where the system has no font, ours are used, and no letter is a box."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="linux only: fontconfig can be told")


def window_part(folder: Path, **environment: str) -> dict[str, dict[str, Any]]:
    """Run the window's part of the self-test, painting into memory."""
    ended = subprocess.run(
        [sys.executable, "main.py", "--selftest-window"],
        cwd=ROOT,
        env={**os.environ, "FUTURES_LAB_SETTINGS": str(folder), **environment},
        capture_output=True,
        timeout=60,
        check=True,
    )
    return {check["name"]: check for check in json.loads(ended.stdout)}


@linux
def test_a_system_without_fonts_gets_ours(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    checks = window_part(tmp_path, FONTCONFIG_FILE=str(config))
    assert "ours are used" in checks["fonts"]["said"]
    assert "DejaVu Sans differ" in checks["letters"]["said"]
    assert "DejaVu Sans Mono differ" in checks["letters of code"]["said"]


def test_the_window_is_painted_and_no_setting_is_changed(tmp_path: Path) -> None:
    before = sorted(Path(os.environ["XDG_CONFIG_HOME"]).rglob("*"))
    checks = window_part(tmp_path)
    assert {check["outcome"] for check in checks.values()} == {"ok"}, checks
    assert "colours" in checks["window"]["said"]
    assert sorted(Path(os.environ["XDG_CONFIG_HOME"]).rglob("*")) == before


def test_our_fonts_have_their_licence_beside_them() -> None:
    folder = ROOT / "resources" / "fonts"
    assert "Bitstream Vera" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert len(list(folder.glob("*.ttf"))) == 3
