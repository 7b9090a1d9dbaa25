"""Where a run stands, as the views and the controller both name it."""

from enum import Enum


class State(Enum):
    """The states of a run, in the order in which they can follow one another."""

    IDLE = "idle"
    PREPARING = "preparing"
    CONFIRMING = "confirming"
    RECALLING = "recalling"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


BUSY = frozenset(
    {State.PREPARING, State.CONFIRMING, State.RECALLING, State.RUNNING, State.STOPPING}
)
CAN_STOP = BUSY - {State.STOPPING}
