"""Kill the window at random moments while it runs experiments, and look at what the history has.

python -m tests.stories.killing [TIMES]
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from core.results.history.history import History
from core.results.history.opening import FILE
from tests.core.history.whole import assert_whole
from tests.realwindow import Desktop, Program, wait_until
from tests.signals import KILL

_LONGEST_START_S = 1.5
_MOST_LINES = 40


def kill_once(desktop: Desktop, home: Path, chance: random.Random) -> dict[str, int]:
    """Let the window run, kill it at some moment, and return what was promised, by run."""
    places = {"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    program = desktop.start("-m", "tests.stories.running", **places)
    _wait(program, chance)
    os.kill(program.pid, KILL)
    program.wait()
    lines = program.output().splitlines(keepends=True)
    program.close()
    pairs = [line.split() for line in lines if line.endswith("\n")]
    assert all(len(pair) == 2 and pair[1].isdecimal() for pair in pairs), "".join(lines)
    return {key: int(count) for key, count in pairs}


def _wait(program: Program, chance: random.Random) -> None:
    """Wait for some time of its start, or until something was promised, and a little longer."""
    if chance.random() < 0.2:
        deadline = time.monotonic() + chance.uniform(0, _LONGEST_START_S)
        wait_until(lambda: time.monotonic() > deadline, "a part of the start is over")
    else:
        lines = chance.randrange(1, _MOST_LINES)
        wait_until(
            lambda: program.output().count("\n") >= lines or program.process.poll() is not None,
            "trials are written",
        )
    spin = chance.randrange(100_000)
    while spin:
        spin -= 1


def check(home: Path, promised: dict[str, int]) -> int:
    """See that the history is whole, with all that was promised; return how many runs it has."""
    folder = home / "futures-lab"
    history = History(folder)
    try:
        assert history.opened.result().sentences == ()
        rows = {row.key: row for row in history.page().result().rows}
        assert set(promised) <= set(rows), "a run that was promised is gone"
        for key, row in rows.items():
            run = history.open(row.id).result()
            assert promised.get(key, 0) <= len(run.trials) == row.done <= row.planned
            assert [trial.order for trial in run.trials] == list(range(1, row.done + 1))
            assert run.status in ("interrupted", "finished"), run.status
            assert run.status == "interrupted" or row.done == row.planned
    finally:
        history.shutdown()
    assert_whole(folder / FILE)
    return len(rows)


def main() -> None:
    """Kill as often as asked, and tell what came of it."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 22)
    promised: dict[str, int] = {}
    runs = 0
    with tempfile.TemporaryDirectory() as name, Desktop() as desktop:
        for _ in range(times):
            promised |= kill_once(desktop, Path(name), chance)
            runs = check(Path(name), promised)
        trials = sum(promised.values())
        left = sorted(path.name for path in (Path(name) / "futures-lab").iterdir())
    print(
        f"killed {times} times: {trials} trials of {len(promised)} runs promised, all there;"
        f" {runs} runs; files: {left}"
    )


if __name__ == "__main__":
    main()
