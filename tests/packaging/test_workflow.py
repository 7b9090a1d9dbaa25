"""What the workflow calls is there: it runs elsewhere, where nobody looks before a release."""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / ".github" / "workflows" / "installers.yml").read_text(encoding="utf-8")


def jobs() -> dict[str, str]:
    """Split the workflow into its jobs."""
    parts = re.split(r"^  (\w+):$", TEXT.partition("\njobs:\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_what_it_makes_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = set(re.findall(r"run: make ([\w-]+)$", TEXT, re.MULTILINE))
    assert called == {"installer", "installer-windows", "installer-macos", "try-windows"}
    assert called <= set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))


def test_it_runs_what_ci_runs() -> None:
    assert "run: .ci/run" in jobs()["debian"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_a_release_waits_for_every_job_that_builds() -> None:
    found = jobs()
    named = re.search(r"needs: \[(.+)\]", found["release"])
    assert named is not None
    waits = set(named[1].split(", "))
    builds = {name for name, text in found.items() if "upload-artifact" in text}
    reached = waits | {
        str(needed[1]) for name in waits if (needed := re.search(r"needs: (\w+)", found[name]))
    }
    assert builds == {"linux", "setup", "macos"}
    assert builds <= reached


def test_what_it_names_in_the_program_is_there() -> None:
    setup = (ROOT / "packaging" / "windows" / "futures-lab.nsi").read_text(encoding="utf-8")
    for name in re.findall(r"[\w-]+\.exe", jobs()["windows"]):
        assert name in setup or name == "-setup.exe"
    assert r"$LOCALAPPDATA\Programs\${NAME}" in setup


def test_it_names_no_host() -> None:
    assert "://" not in TEXT
