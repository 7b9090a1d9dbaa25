"""The second executable: an interpreter that loads no Qt, for lab processes and their pools.

It takes the few arguments of `python` that the lab, multiprocessing and programs use: `-m MODULE`,
`-c CODE`, a script, and flags, which it ignores because a frozen interpreter is isolated anyway.
multiprocessing's children come back here: with `--multiprocessing-fork` where they are spawned, and
with `-c` as fork server and resource tracker.
"""

import sys


def main(arguments: list[str]) -> None:
    """Do what `python ARGUMENTS` would; raises SystemExit with a sentence where it cannot."""
    if arguments[:1] == ["--multiprocessing-fork"]:
        from multiprocessing.spawn import freeze_support

        freeze_support()
        return
    while arguments and arguments[0].startswith("-") and arguments[0] not in ("-", "-c", "-m"):
        if arguments.pop(0) in ("-X", "-W"):
            del arguments[:1]
    if len(arguments) > 1 and arguments[0] == "-m":
        import runpy

        sys.argv = arguments[1:]
        sys.path.insert(0, "")
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif len(arguments) > 1 and arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        sys.path.insert(0, "")
        exec(compile(arguments[1], "<string>", "exec"), vars(sys.modules["__main__"]))
    elif arguments and arguments[0] not in ("-", "-c", "-m"):
        import runpy
        from pathlib import Path

        sys.argv = arguments
        sys.path.insert(0, str(Path(arguments[0]).resolve().parent))
        runpy.run_path(arguments[0], run_name="__main__")
    else:
        sys.exit("futures-lab-worker: it needs -m MODULE, -c CODE or a script. Start futures-lab.")


if __name__ == "__main__":
    main(sys.argv[1:])
