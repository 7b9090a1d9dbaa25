"""How a child tells what it measured; light, so that who wants to weigh little can."""

from __future__ import annotations

import json
from typing import Any


def answer(**values: Any) -> None:
    """Print the child's answer."""
    print(json.dumps(values), flush=True)
