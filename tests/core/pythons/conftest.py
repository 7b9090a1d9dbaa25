"""Interpreters as they should not be: shell scripts that stand in for a Python."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Fake = Callable[..., str]
HONEST = f'exec {sys.executable} "$@"'


def altered(prelude: str) -> str:
    """Make the lines of a Python that runs `prelude` before it is asked anything by `-c`."""
    return f'shift; source=$1; shift; exec {sys.executable} -c "{prelude}\n$source" "$@"'


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Write a shell script that stands in for an interpreter, and return its path."""

    def write(lines: str, name: str = "python") -> str:
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)
        return str(file)

    return write
