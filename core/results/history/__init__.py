"""Every run, kept: a SQLite file, written trial by trial while a run happens.

any thread ──History──▶ its own thread ──▶ Store ──▶ SQLite (WAL, one transaction for each trial)
futures    ◀──────────  settles them
"""
