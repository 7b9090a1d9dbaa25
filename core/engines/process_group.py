"""A child process with all its descendants, ended together.

POSIX: the child leads a session, and with it a process group, of its own. Windows: the child is put
into a job object, which ends all its processes when its last handle closes.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from threading import Lock, Timer
from typing import IO

_GRACE_S = 0.3
_GONE_S = 0.5


class ProcessGroup:
    """Start a command whose three streams are pipes; end it and every descendant with `kill()`.

    `lifeline` is appended to the command as the number of a pipe's reading end whose writing end
    only this process holds (POSIX), or as -1 where the job object serves instead. `kill` may be
    called from any thread and does not wait; `wait` must be called once, from one thread. Raises
    OSError when the command cannot be started.
    """

    def __init__(self, command: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
        self._killed = False
        self._reaped = False
        self._turn = Lock()
        self._escalation: Timer | None = None
        self._lifeline: int | None = None
        if sys.platform == "win32":
            from core.engines.windows_job import CREATE_SUSPENDED, KillOnCloseJob

            self._process = self._popen([*command, "-1"], cwd, env, (), CREATE_SUSPENDED)
            try:
                self._job = KillOnCloseJob(int(vars(self._process)["_handle"]))
            except BaseException:
                self._process.kill()
                raise
        else:
            theirs, self._lifeline = os.pipe()
            try:
                self._process = self._popen([*command, str(theirs)], cwd, env, (theirs,))
            except BaseException:
                os.close(self._lifeline)
                raise
            finally:
                os.close(theirs)
        self._over, self._not_over = os.pipe()
        self.pid = self._process.pid

    @staticmethod
    def _popen(
        command: Sequence[str],
        cwd: str,
        env: Mapping[str, str],
        pass_fds: Sequence[int],
        flags: int = 0,
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=pass_fds,
            start_new_session=sys.platform != "win32",
            creationflags=flags | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe to the child."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from the child."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def stderr(self) -> IO[bytes]:
        """The pipe of the child's complaints; its descendants write there too."""
        assert self._process.stderr is not None
        return self._process.stderr

    def kill(self) -> None:
        """End the group: SIGTERM at once, SIGKILL a moment later to what is left.

        SIGTERM first, because multiprocessing's resource tracker ignores it: it outlives the others
        just long enough to remove the named semaphores that they leave behind.
        """
        with self._turn:
            if self._killed or self._reaped:
                return
            self._killed = True
            if sys.platform == "win32":
                self._job.terminate()
            else:
                self._signal(signal.SIGTERM)
                self._escalation = Timer(_GRACE_S, self._signal_in_turn, (signal.SIGKILL,))
                self._escalation.daemon = True
                self._escalation.start()

    def wait(self) -> int:
        """Wait until the child has ended, end what it left behind, and return its exit code.

        Negative codes are signals, as in `subprocess`.
        """
        if sys.platform == "win32":
            code = self._process.wait()
            with self._turn:
                self._job.terminate()
                self._reaped = True
        else:
            self._await_end()
            self._end_descendants()
            with self._turn:
                code = self._process.wait()
                self._reaped = True
        if self._escalation is not None:
            self._escalation.cancel()
            self._escalation.join()
        os.close(self._not_over)  # whoever reads need not wait for a stranger
        return code

    def read(self, stream: IO[bytes], count: int) -> bytes:
        """Read at most `count` bytes; empty at the stream's end, or once all has ended.

        A descendant that left the group may hold the stream open for as long as it likes.
        """
        if sys.platform != "win32":
            poll = select.poll()
            for fd in (stream.fileno(), self._over):
                poll.register(fd, select.POLLIN)
            if all(fd == self._over for fd, _ in poll.poll()):
                return b""
        return stream.read(count) or b""

    def close(self) -> None:
        """Close the pipes; call it after `wait`, when nobody reads them any more."""
        os.close(self._over)
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):
                stream.close()
        if sys.platform == "win32":
            self._job.close()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    if sys.platform != "win32":

        def _await_end(self) -> None:
            """Wait, but leave the child a zombie if that can be: so its number stays taken."""
            if hasattr(os, "waitid"):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            else:
                self._process.wait()

        def _end_descendants(self) -> None:
            self._signal_in_turn(signal.SIGTERM)
            deadline = time.monotonic() + _GONE_S
            while time.monotonic() < deadline:
                if not self._others_alive():
                    return
                time.sleep(0.005)
            self._signal_in_turn(signal.SIGKILL)

        def _others_alive(self) -> bool:
            """Tell whether a member of the group runs; zombies, the child among them, do not."""
            import psutil

            for pid in psutil.pids():
                with contextlib.suppress(OSError, psutil.Error):
                    ours = os.getpgid(pid) == self.pid
                    if ours and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                        return True
            return False

        def _signal_in_turn(self, number: int) -> None:
            with self._turn:
                if not self._reaped:  # after that the number may be somebody else's
                    self._signal(number)

        def _signal(self, number: int) -> None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
