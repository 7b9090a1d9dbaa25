"""An interpreter that a lab process can run, as plans and engines hand it to one another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LabPython:
    """The command of an interpreter, and what a run calls it.

    `variables` go into its environment, which is otherwise free of PYTHON*. Where `version` is
    given, an interpreter that greets with another is refused.
    """

    command: tuple[str, ...]
    name: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    version: str = ""

    @property
    def label(self) -> str:
        """Name it in a sentence."""
        return self.name or self.command[0]
