"""Everything that the lab raises on purpose, in one tree; messages are for a person."""


class FuturesLabError(Exception):
    """The root: what the lab can explain."""


class BadInput(FuturesLabError):
    """A person asked for what cannot be done; `field` names the parameter, empty for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LabError(FuturesLabError):
    """The lab process could bring no answer; `detail` is the tail of what it wrote to stderr."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class LabStartError(LabError):
    """No lab process could be started with this interpreter; `late` when it never answered."""

    def __init__(self, message: str, detail: str = "", late: bool = False) -> None:
        super().__init__(message, detail)
        self.late = late


class LabCrashed(LabError):
    """The lab process ended in the middle of a job."""


class LabStopped(LabError):
    """The lab process was stopped on request in the middle of a job."""


class LabTimeout(LabError):
    """The job took longer than it was given, and its lab process was ended."""


class RemoteError(LabError):
    """A job raised in the lab process: `type_name` and the message are the exception's own.

    `detail` is the traceback, as text.
    """

    def __init__(self, type_name: str, message: str, detail: str) -> None:
        super().__init__(message, detail)
        self.type_name = type_name


class HistoryError(FuturesLabError):
    """The history could not do what was asked; nothing of a run in progress is lost by it."""


class ShareError(FuturesLabError):
    """A file of runs could not be opened or written; the message names the place."""


def cannot_write(path: object, error: OSError) -> str:
    """Say why a file of that name was not written, and what to do."""
    return f"“{path}” cannot be written: {error.strerror or error}. Choose another file."
