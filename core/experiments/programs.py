"""The programs of `core.lab.programs` as scripts: read, with their settings put in."""

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.experiments.base import Code
from core.lab import programs, workloads
from core.lab.workloads import About

_FOLDER = Path(programs.__file__).parent
_WORK = Path(workloads.__file__).parent
_BOOKS = "myPi"  # the work that stands in the script as it is written


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


def saved(code: Code, path: Path) -> str:
    """Say that a script was saved, and what to type to run it, wherever one is."""
    windows = sys.platform == "win32"
    words = ("python" if windows else "python3", str(path.absolute()))
    typed = subprocess.list2cmdline(words) if windows else shlex.join(words)
    needs = f" (needs {code.needs})" if code.needs else ""
    return f"Saved. Run it with: {typed}{needs}"


def with_work(code: Code, known: About) -> Code:
    """Put a workload in the place of the book's series: its module's own lines, as they run.

    The names of the script follow it: what was TERMS is POINTS where points are thrown.
    """
    if known.function == _BOOKS:
        return code
    head, imports, rest = _sections(code.text)
    _, more, work = _sections((_WORK / f"{known.module}.py").read_text(encoding="utf-8"))
    standard = sorted({*imports, *more} - {f"import {known.needs}"})
    others = ["", f"import {known.needs}"] if known.needs else []
    rest = rest.replace("return total\n", f"return {known.formula}\n", 1)
    book = rf"(^def {_BOOKS}\(.*?\n)(?=\n\n\S)"
    before, _, after = re.split(book, rest, maxsplit=1, flags=re.M | re.S)
    names = {_BOOKS: known.function, "terms": known.units, "TERMS": known.units.upper()}
    head, before, after = (_renamed(part, names) for part in (head, before, after))
    text = head + "\n".join(standard + others) + "\n" + before + work.strip() + "\n" + after
    marks = tuple(_renamed(mark, names) for mark in code.marks)
    return Code(code.name, text, marks, "NumPy" if known.needs else "")


def _sections(source: str) -> tuple[str, list[str], str]:
    """Cut a module into its docstring, its imports, and the rest."""
    found = re.match(r'(""".*?"""\n\n)((?:import [^\n]*\n)*)(.*)', source, re.S)
    assert found is not None
    return found[1], found[2].splitlines(), found[3]


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\b\w+\b", lambda word: names.get(word[0], word[0]), text)
