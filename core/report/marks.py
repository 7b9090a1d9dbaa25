"""Colours, marks and places of what is measured: the same on the screen, on paper, on a slide.

Those of Okabe and Ito (2008), told apart with any colour vision, some darker so that thin lines
read well on white; each executor kind has one everywhere, and a mark of its own.
"""

KINDS = {
    "serial": "#4d5663",
    "threads": "#d55e00",
    "processes": "#0072b2",
    "pool": "#009e73",
    "interpreters": "#a3457d",
    "ceiling": "#16202c",
}
MARKS = {
    "serial": "square",
    "threads": "triangle",
    "processes": "circle",
    "pool": "diamond",
    "interpreters": "star",
    "ceiling": "plus",
}
DODGE = {"interpreters": -0.14, "threads": -0.07, "processes": 0.07, "pool": 0.14}
ASIDE = 0.025  # of one worker, so that kinds and Pythons with equal times hide no other
OTHER = "#566170"  # of a kind that this version does not know
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c")
PHASES = {
    "startup_s": "#8c8c8c",
    "sending_s": "#e69f00",
    "queueing_s": "#56b4e9",
    "computing_s": "#0072b2",
    "waiting_s": "#d55e00",
    "collecting_s": "#cc79a7",
}
