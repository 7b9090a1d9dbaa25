"""What the tests of core share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from core.engines.lab_client import LabExecutor

settings.register_profile("core", deadline=None)  # no test asserts a time
settings.load_profile("core")

MakeLab = Callable[..., LabExecutor]


@pytest.fixture
def make_lab() -> Iterator[MakeLab]:
    """Make lab executors that are stopped and shut down when the test is over."""
    with contextlib.ExitStack() as stack:

        def make(*arguments: Any, **options: Any) -> LabExecutor:
            lab = LabExecutor(*arguments, **options)
            stack.callback(_end, lab)
            return lab

        yield make


def _end(lab: LabExecutor) -> None:
    lab.cancel_pending()
    lab.kill()
    lab.shutdown()


@pytest.fixture
def lab(make_lab: MakeLab) -> LabExecutor:
    """A lab executor of the Python that runs the tests."""
    return make_lab()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, where jobs leave signs that they run."""
    folder = tmp_path / "signs"
    folder.mkdir()
    return folder
