"""Run before all else in the installed program: where modules are, and who finds them.

Our own code lies beside the program as plain files, all other modules as files of bytecode. They
are found by Python itself; PyInstaller's finder, which looks into its archive first, would take
some milliseconds of each start.
"""

import os
import sys

_INSIDE = vars(sys)["_MEIPASS"]  # set by the bootloader; no type knows it
_FINDERS = "pyimod02_importers"

sys.path_hooks[:] = [hook for hook in sys.path_hooks if hook.__module__ != _FINDERS]
sys.path_importer_cache.clear()
# As strings, without pathlib: it is not imported yet, nor needed by what starts here.
sys.path[:] = [path for path in sys.path if not path.endswith(".zip")]
sys.path.insert(0, f"{_INSIDE}{os.sep}source")
