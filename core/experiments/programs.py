"""The programs of `core.lab.programs` as scripts: read, with their settings put in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.experiments.base import Code
from core.lab import programs

_FOLDER = Path(programs.__file__).parent


def script(
    program: str,
    settings: Mapping[str, Any],
    marks: tuple[str, ...] = (),
    folder: Path = _FOLDER,
    needs: str = "",
) -> Code:
    """Return the very file that the lab runs, with the settings as its constants.

    Raises KeyError when the program has no constant for a setting.
    """
    text = (folder / f"{program}.py").read_text(encoding="utf-8")
    for name, value in settings.items():
        constant = re.search(rf"^{name.upper()} = (.*?)(?=  #|$)", text, re.MULTILINE)
        if constant is None:
            raise KeyError(f"{program} has no setting {name.upper()}")
        text = text[: constant.start(1)] + repr(value) + text[constant.end(1) :]
    return Code(f"{program}.py", text, marks, needs)
