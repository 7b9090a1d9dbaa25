"""Programs that run in the window's own process: plain scripts of Qt, shown and exported as is.

The contract is that of `core.lab.programs`, but for two things: `main` returns at once, because a
window's thread must never wait, and the file needs PySide6, which is what it is about. It imports
no other module of ours.
"""
