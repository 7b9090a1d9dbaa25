"""The book's programs: plain scripts, which are run here, shown as they are, and exported.

Each has its settings as constants at the top and `main(...)` with the same settings, in lower
case, as arguments, then `tell=show` and, where it asks, `ask=type_in`. Alone, `python race.py`, it
prints, and reads what is typed. In the lab `tell` sends an event home and `ask` waits for what a
person chooses, or for the end of the process whose sentinel it got too, which raises EOFError. It
imports the standard library only, never another module of ours: a student takes this file home.

`tell(kind, **what)` knows these kinds, and `core.lab.told` holds it to them; times are
`time.perf_counter()`, lanes and futures names.

    row     one row of the table: any names with numbers, texts or None
    span    lane, start, end, label, state: "task", "waiting", "startup", "failed" or "cancelled"
    begins  lane, start, label, state: what lasts until its span, or another's on its lane, is told
    mark    lane, at, label: a moment
    state   future, state: what a future has become; error: the exception that it ended with, if any
    waits   who, whom: somebody waits for somebody from now on      goes_on   who: no longer
    code    line, source, instruction, marked: one instruction beside its line of source; what is
            said of the whole comes first, as the source of no line
    note    text: a sentence on what happens
"""
