"""Run before all else in the installed program: our own code lies beside it as plain files."""

# The bootloader sets _MEIPASS, which no type knows; pathlib is not imported yet, nor needed.
import os
import sys

sys.path.insert(0, os.path.join(getattr(sys, "_MEIPASS"), "source"))  # noqa: B009, PTH118
