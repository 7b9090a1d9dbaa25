"""What the window remembers between starts."""

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths


class Settings:
    """Typed access to a small file of the user's own, which Qt writes whole.

    GUI thread. Where the file cannot be read or written, defaults serve and nothing is raised.
    """

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "futures-lab", "futures-lab"
        )

    @property
    def theme(self) -> str:
        """The chosen colour scheme: system, light or dark."""
        return str(self._store.value("look/theme", "system"))

    @theme.setter
    def theme(self, choice: str) -> None:
        self._store.setValue("look/theme", choice)

    @property
    def scale(self) -> float:
        """The chosen size of everything."""
        try:
            return float(str(self._store.value("look/scale", 1.0)))
        except ValueError:
            return 1.0

    @scale.setter
    def scale(self, scale: float) -> None:
        self._store.setValue("look/scale", scale)

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size, as Qt saved them; empty at first."""
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)

    @property
    def page(self) -> str:
        """The title of the page that was last in front; empty at first."""
        return str(self._store.value("window/page", ""))

    @page.setter
    def page(self, title: str) -> None:
        self._store.setValue("window/page", title)

    @property
    def folder(self) -> str:
        """Where files were last opened or written, while it is there; else the documents' folder.

        A user without one has the home.
        """
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        known = (
            str(self._store.value("files/folder", "")),
            QStandardPaths.writableLocation(documents),
        )
        return next((one for one in known if one and Path(one).is_dir()), str(Path.home()))

    @folder.setter
    def folder(self, path: str) -> None:
        self._store.setValue("files/folder", path)

    def typed(self, experiment: str) -> dict[str, str]:
        """What stood in the form of an experiment, as text, by the parameters' names."""
        try:
            found = json.loads(str(self._store.value(f"typed/{experiment}", "{}")))
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: text for name, text in found.items() if isinstance(text, str)}

    def keep_typed(self, experiment: str, texts: dict[str, str]) -> None:
        """Remember what stands in the form of an experiment."""
        self._store.setValue(f"typed/{experiment}", json.dumps(texts))

    @property
    def pythons(self) -> tuple[str, ...]:
        """The paths of the Pythons that were added by hand."""
        value = self._store.value("pythons/added", [])
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)

    @pythons.setter
    def pythons(self, paths: tuple[str, ...]) -> None:
        self._store.setValue("pythons/added", list(paths))
