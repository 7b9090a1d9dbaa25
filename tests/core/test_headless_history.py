"""The command `history`, and runs that are kept: a real process each time, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.table import Table

from core import headless_history
from core.headless_output import plain
from core.parameters import group
from core.results.history.history import History
from core.results.records import Flag, from_json, to_json
from core.results.share import load, save, shared
from tests.core.making import PYTHON, done, environment, record
from tests.core.watching import ROOT, SOON_S

RUN = ("run", "pi-scaling", "--terms", "20000", "--workers", "1,2", "--executors", "serial,threads")


class Home:
    """A home of a test's own, and the program in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "XDG_DATA_HOME": str(folder),
            "HOME": str(folder),
            "LOCALAPPDATA": str(folder),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "main.py", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def main(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        with self.start(*arguments) as process:
            printed = process.communicate(timeout=2 * SOON_S)
        assert process.returncode == code, printed
        return printed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_run_is_kept_and_shown_and_goes_to_files_and_back(home: Home, tmp_path: Path) -> None:
    _, said = home.main(*RUN, "--blocks", "1", "--json", str(tmp_path / "record.json"))
    assert "This is run 1 of the history." in said
    record = from_json((tmp_path / "record.json").read_bytes())

    listed, _ = home.main("history", "list", "--json", "-")
    (row,) = json.loads(listed)["rows"]
    assert (row["id"], row["experiment"], row["status"], row["done"]) == (
        1,
        "pi-scaling",
        "finished",
        3,
    )
    assert "pi-scaling" in home.main("history", "list", "pi", "finished")[0]
    assert "no such run" in home.main("history", "list", "nonsense")[0]
    assert from_json(home.main("history", "show", "1", "--json", "-")[0].encode()) == record
    assert "3 of 3 trials" in home.main("history", "show", "1")[0]

    files = [tmp_path / name for name in ("a.futureslab", "a.csv", "a.json")]
    for file in files:
        assert "1 run written" in home.main("history", "export", "1", str(file))[0]
    assert load(files[0])[0].record == record
    assert len(files[1].read_text().splitlines()) == 4
    assert json.loads(files[2].read_bytes())[0]["record"]["status"] == "finished"
    home.main("history", "export", "1", str(tmp_path / "script.py"))
    assert "TERMS = 20000\n" in (tmp_path / "script.py").read_text(encoding="utf-8")
    home.main("history", "export", "--tasks", "1", str(tmp_path / "tasks.csv"))
    assert len((tmp_path / "tasks.csv").read_text().splitlines()) == 5
    _, said = home.main("history", "export", "--tasks", "1", str(tmp_path / "a.json"), code=2)
    assert "Only a .csv has a row for each task" in said

    for file in (tmp_path / "record.json", files[0], files[2]):  # one run, whatever it came by
        assert "0 taken in, 1 here already: 1." in home.main("history", "import", str(file))[0]

    other = Home(tmp_path / "other")
    other.folder.mkdir()
    assert "1 taken in, 0 here already: 1." in other.main("history", "import", str(files[0]))[0]
    assert "0 taken in, 1 here already: 1." in other.main("history", "import", str(files[0]))[0]
    assert from_json(other.main("history", "show", "1", "--json", "-")[0].encode()) == record

    compared = json.loads(home.main("history", "compare", "1", str(files[0]), "--json", "-")[0])
    assert (compared["differences"], len(compared["ratios"])) == ([], 3)
    assert all(ratio["median"] == 1 for ratio in compared["ratios"])
    assert "run 1 against a.futureslab" in home.main("history", "compare", str(files[0]), "1")[0]


@pytest.mark.parametrize(
    ("blocks", "disturbed", "ratios", "ends"),
    [
        (5, 0, [1.8], "1.80× (1.80 – 1.80)"),
        (3, 0, [1.8], "1.80× (1.80 – 1.80), provisional"),
        (1, 0, [1.8], "1.80×, measured once"),
        (3, 0, [0.9, 1.8, 1.2], "1.20× (0.90 – 1.80), too few repeats to say"),
        (3, 3, [1.8], "1.80× (1.80 – 1.80), too many disturbed trials to say"),
        (6, 6, [1.8], "1.80× (1.80 – 1.80), too many disturbed trials to say"),
        (6, 0, [0.5, 2.0], "1.00× (0.50 – 2.00), too noisy to say"),
    ],
)
def test_of_runs_of_different_work_the_speed_ups_are_compared(
    home: Home, tmp_path: Path, blocks: int, disturbed: int, ratios: list[float], ends: str
) -> None:
    def run(terms: int, ratios: list[float], blocks: int, disturbed: int = 0) -> bytes:
        flag = (Flag("others", "Other programs used the CPUs."),)
        trials = [
            done(kind, workers, block, terms * took, flags=flag if block <= disturbed else ())
            for block in range(1, blocks + 1)
            for kind, workers, took in (
                ("serial", 1, 1.0),
                ("processes", 2, 1 / ratios[block % len(ratios)]),
            )
        ]
        return to_json(record(trials, parameters={"terms": terms}))

    files = [tmp_path / f"{name}.json" for name in "ab"]
    for file, data in zip(
        files, (run(1, [1.5], 5), run(2, ratios, blocks, disturbed)), strict=True
    ):
        file.write_bytes(data)
    printed, _ = home.main("history", "compare", *map(str, files))
    assert "compare their speed-ups" in printed
    assert "a.json" in printed
    (line,) = (line for line in printed.splitlines() if line.startswith("2 processes"))
    assert "1.50× (1.50 – 1.50)  " in line
    assert line.endswith(f"  {ends}")
    assert "times as fast" not in printed


def test_of_stories_each_says_what_it_found(home: Home, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.json" for name in "ab"]
    for file, cost in zip(files, (2.0, 3.0), strict=True):
        row = {"way": "Value", "per_increment_us": cost, "total": 8, "expected": 8}
        trials = [done("processes", 2, block, cost, rows=(row,)) for block in range(1, 7)]
        file.write_bytes(to_json(record(trials, experiment="sharing", parameters={"repeats": 6})))
    printed, _ = home.main("history", "compare", *map(str, files))
    assert printed.splitlines() == [
        "These runs have no curves over workers. What each found:",
        "a.json: One increment takes 2.00 µs with a shared Value",
        "b.json: One increment takes 3.00 µs with a shared Value",
    ]
    (heading, *lines) = home.main("history", "show", str(files[0]))[0].splitlines()[-7:]
    assert heading.split() == ["repeat", "way", "per", "increment,", "µs", "total", "expected"]
    assert all(line.split() == [str(n), "Value", "2", "8", "8"] for n, line in enumerate(lines, 1))


def test_what_cannot_be_gone_on_with_is_told_by_the_name_of_the_form(home: Home) -> None:
    history = History(home.folder / "futures-lab")
    strange = record([], status="stopped", planned_trials=3, parameters={"terms": [1, 2]})
    number = history.begin().save(strange).result()
    history.shutdown()
    _, said = home.main("history", "continue", f"{number}", code=2)
    assert said.startswith("futures-lab: Terms: “")
    assert "--" not in said


def test_a_run_can_be_kept_out(home: Home) -> None:
    _, said = home.main(*RUN, "--blocks", "1", "--no-history")
    assert "history" not in said
    assert json.loads(home.main("history", "list", "--json", "-")[0]) == {"rows": [], "count": 0}


def test_a_killed_run_is_there_and_is_continued(home: Home) -> None:
    with home.start(*RUN, "--blocks", "3", "--terms", "3000000") as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("3/9 "):
            assert process.poll() is None
        process.kill()
        process.communicate()

    before = json.loads(home.main("history", "show", "1", "--json", "-")[0])
    assert before["status"] == "interrupted"
    assert 2 <= len(before["trials"]) < 9
    _, said = home.main("history", "continue", "1")
    assert "This is run 1 of the history." in said
    assert f"{len(before['trials']) + 1}/9 " in said
    assert f"{len(before['trials'])}/9 " not in said
    after = json.loads(home.main("history", "show", "1", "--json", "-")[0])
    assert after["status"] == "finished"
    assert after["trials"][: len(before["trials"])] == before["trials"]
    assert sorted(trial["order"] for trial in after["trials"]) == list(range(1, 10))
    _, said = home.main("history", "continue", "1", code=2)
    assert said == "futures-lab: Run 1 came to its end: there is nothing to go on with.\n"


def test_a_home_that_cannot_be_written_costs_the_run_nothing(home: Home, tmp_path: Path) -> None:
    (tmp_path / "futures-lab").write_text("in the way")
    printed, said = home.main(*RUN, "--blocks", "1", "--json", "-")
    assert from_json(printed.encode()).status == "finished"
    assert "The history cannot be written" in said
    assert "This is run" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "7"),
        ("show", "nothing.futureslab"),
        ("export", "7", "a.futureslab"),
        ("export", "7", "a.doc"),
        ("import", "nothing.futureslab"),
        ("compare", "7", "8"),
        ("continue", "7"),
        ("list", "--sort", "mood"),
        ("list", "--json", "/nowhere/list.json"),
        ("walk",),
        (),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence(home: Home, arguments: tuple[str, ...]) -> None:
    printed, said = home.main("history", *arguments, code=2)
    assert printed == ""
    assert said.startswith("futures-lab: ")
    assert len(said.splitlines()) == 1


def test_names_from_strangers_do_not_command_the_terminal(home: Home) -> None:
    home.main(*RUN, "--blocks", "1")
    history = History(home.folder / "futures-lab")
    history.rename(1, "\x1b[2J[red]=cmd").result()
    history.shutdown()
    printed = home.main("history", "list")[0] + home.main("history", "show", "1")[0]
    assert "\x1b" not in printed
    assert "[red]=cmd" in printed.replace("\n", "")


NASTY = "\x1b]0;title\x07[/x][red]nasty"


def test_kinds_and_pythons_from_strangers_do_not_either(home: Home, tmp_path: Path) -> None:
    pythons = tuple(replace(PYTHON, name=f"{n}{NASTY}", version=f"{n}{NASTY}") for n in "12")
    trials = [
        done(kind, 1, block, 1.0, python=python.name)
        for kind in ("serial", NASTY)
        for block in range(1, 7)
        for python in pythons
    ]
    file = tmp_path / "nasty.json"
    about = replace(environment(), python=pythons[0], pythons=pythons)
    file.write_bytes(to_json(record(trials, environment=about)))
    printed, _ = home.main("history", "show", str(file))
    assert "What it found cannot" not in printed
    compared, _ = home.main("history", "compare", str(file), str(file))
    for shown in (printed, compared):
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "[/x][red]nasty" in shown


# ----------------------------------------------------------------------------- what is printed


def test_numbers_keep_the_gaps_between_their_thousands() -> None:
    assert (
        plain(f"lost {group(12_345)}\nof {group(100_000)}") == "lost 12\u202f345\nof 100\u202f000"
    )


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_printed(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert not [c for c in shown if category(c)[0] in "CZ" and c != "\n" and category(c) != "Zs"]


def test_a_table_that_goes_to_a_file_is_not_folded_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = Table("found")
    shown.add_row("x" * 100)
    headless_history._print(headless_history._Found(b"", shown))
    assert "x" * 100 in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "more", "begins"),
    [
        ("a.html", (), b"<!DOCTYPE html>"),
        ("a.PDF", (), b"%PDF"),
        ("report", ("--format", "pdf"), b"%PDF"),
        ("report.txt", ("--format", "html"), b"<!DOCTYPE html>"),
    ],
)
def test_a_report_is_written_of_one_run(
    home: Home, tmp_path: Path, name: str, more: tuple[str, ...], begins: bytes
) -> None:
    file = tmp_path / "one.futureslab"
    save(file, [shared(record([done("serial", 1, 1, 0.5), done("threads", 2, 1, 0.5)]))])
    home.main("history", "export", str(file), str(tmp_path / name), *more)
    assert (tmp_path / name).read_bytes().startswith(begins)


def kept_alive(folder: Path, way: str, worst_gap_ms: float) -> Path:
    """Make a file of a run that only a window can measure: one way, and its worst gap."""
    row = {"way": way, "worst_gap_ms": worst_gap_ms, "came_of_it": "π = 3.141593"}
    trial = done("child process", 1, 1, 1.0, rows=(row,))
    file = folder / "one.futureslab"
    save(file, [shared(record([trial], experiment="keep-alive"))])
    return file


def test_a_run_that_needs_a_window_is_reported_and_scripted_without(
    home: Home, tmp_path: Path
) -> None:
    file = kept_alive(tmp_path, "future.result()", 988.0)
    said, _ = home.main("history", "show", str(file))
    assert "future.result() held the window up for 988 ms" in said
    home.main("history", "export", str(file), str(tmp_path / "a.html"))
    page = (tmp_path / "a.html").read_text()
    for part in ("Keep the UI alive", "held the window up for 988 ms", "def bridge", "<svg"):
        assert part in page
    home.main("history", "export", str(file), str(tmp_path / "a.py"))
    compile((tmp_path / "a.py").read_text(), "a.py", "exec")


def test_a_run_that_needs_a_window_is_taken_in_with_what_it_found(
    home: Home, tmp_path: Path
) -> None:
    home.main("history", "import", str(kept_alive(tmp_path, "bridge", 12.0)))
    listed, _ = home.main("history", "list", "--json", "-")
    (found,) = json.loads(listed)["rows"]
    assert found["said"] == "Through the bridge: 12.0 ms at most"


@pytest.mark.parametrize("command", [("history", "export", "--help"), ("history", "--help")])
def test_help_names_every_format(home: Home, command: tuple[str, ...]) -> None:
    said = " ".join(home.main(*command)[0].split())
    kinds = ".futureslab, .csv, .json, .py, .html or .pdf"
    assert f"write runs to a file: {kinds}" in said


def test_a_report_of_several_runs_is_refused(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "one.futureslab"
    save(file, [shared(record([done("serial", 1, 1, 0.5)]))])
    _, said = home.main("history", "export", str(file), str(file), "a.html", code=2)
    assert "A report is of one run: name one." in said


def test_without_qt_pdf_is_refused_with_a_next_step(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "one.futureslab"
    save(file, [shared(record([done("serial", 1, 1, 0.5)]))])
    qt = tmp_path / "broken" / "PySide6"
    qt.mkdir(parents=True)
    (qt / "__init__.py").write_text("raise ImportError('no Qt here')")
    home.environment["PYTHONPATH"] = str(qt.parent)
    _, said = home.main("history", "export", str(file), str(tmp_path / "a.pdf"), code=2)
    assert "PDF needs Qt, which cannot be loaded: no Qt here. Write a .html" in said
    assert not (tmp_path / "a.pdf").exists()
