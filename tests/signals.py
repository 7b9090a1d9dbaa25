"""Signals that tests send."""

import signal
import sys

if sys.platform == "win32":
    KILL = signal.SIGTERM  # ends a process at once, whatever it does: on Windows all do
    STACKS = signal.SIGTERM
else:
    KILL = signal.SIGKILL
    STACKS = signal.SIGUSR1  # has a program of the stories print where its threads are
