"""Run before all else in the installed program: where modules are, and who finds them.

Our own code lies beside the program as plain files, all other modules as files of bytecode. They
are found by Python itself; PyInstaller's finder, which looks into its archive first, would take
some milliseconds of each start.
"""

# The bootloader sets _MEIPASS, which no type knows; pathlib is not imported yet, nor needed.
import os
import sys

_INSIDE = getattr(sys, "_MEIPASS")  # noqa: B009
_FINDERS = "pyimod02_importers"

sys.path_hooks[:] = [hook for hook in sys.path_hooks if hook.__module__ != _FINDERS]
sys.path_importer_cache.clear()
sys.path[:] = [path for path in sys.path if os.path.isdir(path)]  # noqa: PTH112
sys.path.insert(0, os.path.join(_INSIDE, "source"))  # noqa: PTH118
