"""Run before all else in the installed program: our own code lies beside it as plain files."""

import sys

# The bootloader sets _MEIPASS, which no type of `sys` knows; pathlib is not imported yet.
sys.path.insert(0, f"{vars(sys)['_MEIPASS']}/source")
