"""Histories that are closed when the test is over."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.results.history.history import History

MakeHistory = Callable[..., History]


@pytest.fixture
def make_history(tmp_path: Path) -> Iterator[MakeHistory]:
    """Make histories, all in the same folder unless another is named."""
    with contextlib.ExitStack() as stack:

        def make(folder: Path | None = tmp_path / "data", **more: Any) -> History:
            history = History(folder, **more)
            stack.callback(history.shutdown)
            return history

        yield make


@pytest.fixture
def history(make_history: MakeHistory) -> History:
    """A new history in a folder."""
    return make_history()
