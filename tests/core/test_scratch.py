"""What lab processes keep in files is removed with them, or by whoever comes after their owner."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core import locking
from core.engines import scratch
from core.engines.lab_client import LabExecutor
from core.engines.scratch import Scratch
from tests.core.watching import GONE_WITHIN_S, ROOT, SOON_S, eventually, gone, signs
from tests.signals import KILL


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the system's for temporary files, here and in what is started."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


class Owner:
    """Another program whose lab process computes for ever in a folder of its own."""

    def __init__(self, temporary: Path, signs_in: Path) -> None:
        before = set(temporary.iterdir())
        command = [sys.executable, "-m", "tests.core.owner", str(signs_in), "threads"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.group = int(self.process.stdout.readline())
        eventually(lambda: signs(signs_in), "it computes")
        self.files = set(temporary.iterdir()) - before

    def kill(self) -> None:
        """End it without giving it a chance to clean up."""
        self.process.kill()  # nothing to one that has ended
        gone(self.group, within=GONE_WITHIN_S)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def owners(temporary: Path, tmp_path: Path) -> Iterator[tuple[Owner, Owner]]:
    with ExitStack() as stack:
        made = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            made.append(Owner(temporary, tmp_path / name))
            stack.callback(made[-1].kill)
        yield made[0], made[1]


def test_a_lab_leaves_nothing_where_temporary_files_are(temporary: Path) -> None:
    with LabExecutor() as lab:
        assert lab.submit(pow, 2, 3).result(SOON_S) == 8
        assert len(list(temporary.iterdir())) == 2
    assert not list(temporary.iterdir())


def test_what_a_killed_owner_left_goes_with_the_next_lab_but_not_what_is_in_use(
    owners: tuple[Owner, Owner], temporary: Path
) -> None:
    killed, alive = owners
    assert killed.files
    assert alive.files
    killed.kill()
    assert killed.files <= set(temporary.iterdir())

    with LabExecutor() as lab:
        lab.submit(pow, 2, 3).result(SOON_S)

    assert set(temporary.iterdir()) == alive.files


# Windows ends them by a job object, not by a signal to a group; on Linux (CI) none is skipped.
@pytest.mark.skipif(sys.platform == "win32", reason="has no groups that are killed at once")
def test_what_a_killed_self_test_left_goes_with_the_next_lab(temporary: Path) -> None:
    command = [sys.executable, "main.py", "--selftest-lines"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        while b"another Python" not in process.stdout.readline():
            assert process.poll() is None
        eventually(lambda: list(temporary.iterdir()), "the window's part has a folder", SOON_S)
        if sys.platform != "win32":
            os.killpg(process.pid, KILL)
    assert list(temporary.iterdir())

    with LabExecutor() as lab:
        lab.submit(pow, 2, 3).result(SOON_S)

    assert not list(temporary.iterdir())


def test_a_folder_in_use_stays_with_what_is_in_it(temporary: Path) -> None:
    ours = Scratch()
    (ours.folder / "kept").write_text("x")
    scratch.sweep()
    assert (ours.folder / "kept").read_text() == "x"
    ours.remove()
    assert not list(temporary.iterdir())


def test_where_no_file_can_be_held_it_is_said_and_nothing_is_left(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "try_lock", lambda file: False)
    with pytest.raises(OSError, match="No file there can be locked"):
        Scratch()
    assert not list(temporary.iterdir())


def test_where_there_are_no_locks_a_folder_is_ours_all_the_same(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking, "_lock", refuse)
    ours = Scratch()
    assert ours.folder.is_dir()
    ours.remove()
    assert not list(temporary.iterdir())


def test_two_have_folders_of_their_own(temporary: Path) -> None:
    one, other = Scratch(), Scratch()
    assert one.folder != other.folder
    one.remove()
    assert other.folder.is_dir()
    other.remove()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="links need rights elsewhere")
def test_nothing_that_a_link_leads_to_is_removed(temporary: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (temporary / "futures-lab-abc.lock").touch()
    (temporary / "futures-lab-abc").symlink_to(precious)
    scratch.sweep()
    assert (precious / "file").exists()


def test_what_is_nobodys_lock_stays(temporary: Path) -> None:
    (temporary / "futures-lab-notes").mkdir()
    (temporary / "other.lock").touch()
    scratch.sweep()
    assert sorted(path.name for path in temporary.iterdir()) == ["futures-lab-notes", "other.lock"]
