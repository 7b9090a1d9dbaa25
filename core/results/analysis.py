"""All that the lab says of a sweep, beside its record: for whoever reads the JSON with a script."""

from typing import Any

import msgspec

from core.results import fits, noise, verdicts
from core.results.records import RunRecord


def analysis(record: RunRecord) -> dict[str, Any]:
    """Gather speed-ups, ceiling, fits, flags and drift as plain values; `from_json` ignores them.

    `flags` has the order of each flagged trial. Takes as long as `fits.fits`.
    """
    flagged = zip(record.trials, noise.flags(record), strict=True)
    canary = noise.canary_drift(record.trials)
    gathered = {
        "speedups": [
            one
            for baseline in ("serial", "one")
            for one in verdicts.speedups(record, baseline)
            if one.baseline == baseline
        ],
        "ceiling": verdicts.ceiling(record),
        "fits": fits.fits(record),
        "flags": [{"order": trial.order, "flags": found} for trial, found in flagged if found],
        "canary": canary,
        "disturbances": noise.sentences(record),
    }
    plain: dict[str, Any] = msgspec.to_builtins(gathered, str_keys=True)
    return plain
