"""The signal that ends a process at once, whatever it does: on Windows all that are sent do so."""

import signal
import sys

if sys.platform == "win32":
    KILL = signal.SIGTERM
else:
    KILL = signal.SIGKILL
