"""Kill a program that writes to the history at random moments, and look at what is there.

python -m tests.core.history.killing [TIMES]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from core.results.history.history import History
from core.results.history.opening import FILE
from tests.core.history.whole import assert_whole
from tests.core.history.writer import TRIALS
from tests.core.watching import ROOT
from tests.signals import KILL


def kill_once(folder: Path, chance: random.Random) -> dict[str, str]:
    """Let a writer write, kill it at some moment, and return what it was promised last, by run."""
    command = [sys.executable, "-m", "tests.core.history.writer", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 30))]
        spin = chance.randrange(40_000)
        while spin:
            spin -= 1
        os.kill(writer.pid, KILL)
        lines += writer.stdout.readlines()
    promised = {}
    for line in lines:
        if line.endswith("\n"):
            key, said = line.split()
            promised[key] = said
    return promised


def check(folder: Path, promised: dict[str, str]) -> None:
    """See that the file is whole, and every promised trial there, once and in order."""
    history = History(folder)
    try:
        assert history.opened.result().sentences == ()
        rows = {row.key: row for row in history.page().result().rows}
        assert set(promised) <= set(rows)
        for key, row in rows.items():
            run = history.open(row.id).result()
            said = promised.get(key)
            least = TRIALS if said == "finished" else int(said or 0)
            assert least <= len(run.trials) <= TRIALS
            assert [trial.name for trial in run.trials] == [
                f"{key} {n}" for n in range(1, len(run.trials) + 1)
            ]
            assert row.done == len(run.trials)
            assert run.status in (("finished",) if said == "finished" else ENDS)
    finally:
        history.shutdown()
    assert_whole(folder / FILE)


ENDS = ("interrupted", "finished")


def main() -> None:
    """Kill as often as asked, and tell how many runs came out of it."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(20)
    promised: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(times):
            promised |= kill_once(Path(name), chance)
            check(Path(name), promised)
        left = [path.name for path in Path(name).iterdir()]
        print(f"killed {times} times: {len(promised)} runs promised, all there; files: {left}")


if __name__ == "__main__":
    main()
