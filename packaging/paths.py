"""Run before all else in the installed program: our own code lies beside it as plain files."""

import os
import sys

sys.path.insert(0, os.path.join(getattr(sys, "_MEIPASS"), "source"))  # noqa: B009, PTH118
