"""The search as a whole: who is the same as whom, who is called what, and who is chosen."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.engines.interpreters import Interpreter, Search, choices, find_all, merged, resolve
from core.engines.places import OWN, Candidate
from core.errors import BadInput
from tests.core.pythons.conftest import HONEST, Fake, altered
from tests.core.pythons.making import interpreter, only_added
from tests.core.watching import SOON_S, eventually, pythons


def names(*interpreters: Interpreter) -> list[str]:
    return [choice.name for choice in choices(interpreters)]


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("3.13.1", "needs Python 3.14 or newer"),
        ("3.14.0", "needs sub-interpreters, which this Python was built without"),
    ],
)
def test_why_it_has_no_interpreters_is_said_as_the_python_itself_says_it(
    version: str, reason: str
) -> None:
    (choice,) = choices([interpreter(version, interpreters=False)])
    assert choice.lacks == {"interpreters": reason}
    (able,) = choices([interpreter(version, interpreters=True)])
    assert able.lacks == {}


# ---------------------------------------------------------------------------------- searching


def test_every_python_of_this_machine_is_found_and_our_own_is_first() -> None:
    everything = find_all()

    first, *_ = everything
    assert (first.path, first.source, first.problem) == (sys.executable, OWN, "")
    versions = {one.short for one in everything if not one.problem}
    assert versions >= pythons().keys()
    assert len({one.path for one in everything}) == len(everything)


def test_what_is_broken_is_listed_with_what_is_wrong_and_harms_nobody(
    fake: Fake, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("/nowhere/python")
    (tmp_path / "text").write_text("no program")
    broken = {
        str(tmp_path / "link"): "It is a link to /nowhere/python, which is not there.",
        str(tmp_path / "text"): "It is not allowed to run: `chmod +x` would allow it.",
        str(tmp_path): "It is a folder without a Python in it: choose the program itself.",
        "/nowhere/python": "There is no such file: look at how it is written.",
        fake("sleep 1000", "hanging"): "It did not answer within 2 s.",
        fake("exit 7", "ending"): "It ended with exit code 7 without an answer.",
        fake("while :; do echo spam; done", "spam"): (
            "It prints without end instead of answering."
        ),
        fake("echo hello", "talking"): ("It does not answer as Python does: it printed “hello”."),
    }
    search = Search(look=only_added()._look, limit_s=2)

    everything = find_all([*broken, sys.executable], search)

    assert {one.path: one.problem for one in everything} == {**broken, sys.executable: ""}
    assert everything[0].path == sys.executable


@pytest.mark.parametrize("how", ["--symlinks", "--copies"])
@pytest.mark.parametrize("version", ["3.10", "3.12"])  # 3.10 does not know what it was copied from
def test_a_venv_is_the_python_that_it_was_made_of(tmp_path: Path, version: str, how: str) -> None:
    if version not in pythons():
        pytest.skip(f"There is no Python {version} here.")
    python = pythons()[version]
    command = [python, "-m", "venv", "--without-pip", how, str(tmp_path / "venv")]
    subprocess.run(command, check=True)
    inside = str(tmp_path / "venv/bin/python")

    (one,) = find_all([python, inside], only_added())

    assert (one.path, one.also) == (python, (inside,))
    assert one.short == version


def test_a_wrapper_is_the_python_that_it_starts(fake: Fake) -> None:
    wrapper = fake(HONEST)

    (one,) = find_all([sys.executable, wrapper], only_added())

    assert (one.path, one.also) == (sys.executable, (wrapper,))


def test_a_name_that_claims_another_version_is_remarked_on(fake: Fake) -> None:
    (one,) = find_all([fake(HONEST, "python3.99")], only_added())

    assert one.remarks == (f"Its name says 3.99, but it is {sys.version.split()[0]}.",)


def test_noise_and_a_debug_build_are_remarked_on(fake: Fake) -> None:
    (one,) = find_all(
        [fake(altered("import sys; sys.gettotalrefcount = 0; print('boo', flush=True)"))],
        only_added(),
    )

    assert [remark.split(":")[0] for remark in one.remarks] == [
        "It prints something of its own when it starts, which the lab skips",
        "A debug build",
    ]
    assert one.short.endswith("d")


def test_probes_run_beside_one_another_and_answer_as_they_end(fake: Fake, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    slow = fake(f"while [ ! -e {sign} ]; do sleep 0.01; done; {HONEST}", "slow")
    with Search() as search:
        first, second = search.probe_all([[Candidate(slow, "")], [Candidate(sys.executable, "")]])

        assert not second.result(SOON_S).problem
        assert not first.done()
        sign.touch()
        assert not first.result(SOON_S).problem


def test_a_search_that_is_shut_down_leaves_nothing(fake: Fake, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    hanging = fake(f"touch {sign}; sleep 1000")
    search = Search(limit_s=1000, whole_s=1000)
    probes = search.probe_all([[Candidate(hanging, "")]] * 9)
    eventually(sign.exists, "one hangs")

    search.shutdown()

    assert all(probe.done() for probe in probes)
    assert any(probe.cancelled() for probe in probes)


def test_who_has_no_turn_within_the_whole_time_is_told_so() -> None:
    with Search(whole_s=0) as search:
        (probe,) = search.probe_all([[Candidate(sys.executable, "")]])

        assert probe.result(SOON_S).problem == (
            "The search ended before its turn came: look again."
        )


def test_callbacks_never_run_in_the_thread_that_asks() -> None:
    threads = []
    with Search() as search:
        probe = search.probe([Candidate(sys.executable, "")])
        probe.add_done_callback(lambda _: threads.append(threading.current_thread().name))
        probe.result(SOON_S)

    assert threads != [threading.current_thread().name]


# ------------------------------------------------------------------------------ the same, sorted


def test_ours_is_first_then_the_new_before_the_old_and_the_useless_last() -> None:
    ours = interpreter("3.11.7", source=OWN)
    new, old = interpreter("3.14.1"), interpreter("3.9.0")
    useless = Interpreter(path="/a", source="PATH", problem="No.")

    assert merged([useless, replace(old, place=1), new, ours])[0] == ours
    assert merged([useless, new])[-1] == useless


def test_the_order_of_answers_does_not_matter() -> None:
    some = [
        replace(
            interpreter("3.13.1", path=f"/{place}/python", base="/usr/bin/python3"),
            place=place,
            source=source,
        )
        for place, source in enumerate(["PATH", "pyenv", "added by hand"])
    ]

    (one,) = merged(some)

    assert merged(reversed(some)) == (one,)
    assert (one.path, one.also) == ("/2/python", ("/0/python", "/1/python"))


# -------------------------------------------------------------------------------------- choosing


def test_the_shortest_name_that_fits_one_only_is_its_name() -> None:
    assert names(interpreter("3.13.0"), interpreter("3.12.1")) == ["3.13", "3.12"]
    assert names(interpreter("3.13.1"), interpreter("3.13.0")) == ["3.13.1", "3.13.0"]
    assert names(interpreter("3.13.1", "/a"), interpreter("3.13.1", "/b")) == ["/a", "/b"]
    assert names(interpreter("3.13.1"), interpreter("3.13.1", "/p", implementation="pypy")) == [
        "3.13",
        "pypy3.13",
    ]


def test_the_python_that_an_installation_brings_is_named_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.engines.interpreters.is_installed", lambda: True)
    ours = interpreter("3.13.1", "/usr/lib/futures-lab/futures-lab-worker", source=OWN)

    assert names(ours, interpreter("3.13.0")) == ["3.13.1", "3.13.0"]
    assert names(ours, interpreter("3.13.1", "/b")) == ["3.13.1 of Futures Lab", "/b"]


def test_a_free_threaded_build_can_be_chosen_without_the_gil_and_with_it() -> None:
    locked, free = interpreter("3.13.1"), interpreter("3.13.1", free_threaded=True, gil=False)

    plain, off, on = choices([locked, free])

    assert (plain.name, off.name, on.name) == ("3.13", "3.13t", "3.13t+gil")
    assert (plain.gil, off.gil, on.gil) == (True, False, True)
    assert (plain.lab.variables, off.lab.variables) == ((), ())
    assert on.lab.variables == (("PYTHON_GIL", "1"),)
    assert on.lab.command == off.lab.command


def test_what_has_a_problem_cannot_be_chosen() -> None:
    useless = Interpreter(path="/a", source="PATH", problem="No.")

    assert choices([useless]) == ()
    with pytest.raises(BadInput, match=r"“/a” cannot be used\. No\."):
        resolve(["/a"], [useless])


KNOWN = (
    interpreter("3.11.7", "/venv/bin/python", source=OWN),
    interpreter("3.14.1", free_threaded=True, gil=False),
    interpreter("3.13.1"),
    interpreter("3.13.0"),
    interpreter("3.11.2"),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("this", "3.11.7"),
        ("3.11", "3.11.7"),
        ("3.11.2", "3.11.2"),
        ("3.13", "3.13.1"),
        ("python3.13", "3.13.1"),
        ("3.14t", "3.14t"),
        ("3.14.1t", "3.14t"),
        ("3.14t+gil", "3.14t+gil"),
        ("3.14.1t+gil", "3.14t+gil"),
        ("/usr/bin/python3.13.0", "3.13.0"),
        ("/usr/bin/python3.14.1+gil", "3.14t+gil"),
    ],
)
def test_names_and_paths_are_understood(text: str, name: str) -> None:
    (choice,) = resolve([text], KNOWN)

    assert choice.name == name


def test_a_path_may_be_typed_in_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = tmp_path / "venv" / "bin" / "python"
    put.parent.mkdir(parents=True)
    put.write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    known = [interpreter("3.13.1", str(put))]

    for text in ("~/venv", "venv", "./venv/bin/python", '"~/venv/bin/python"'):
        (choice,) = resolve([text], known)
        assert choice.interpreter == known[0]


def test_all_is_every_choice_and_each_counts_once() -> None:
    assert [choice.name for choice in resolve(["3.13.1", "all", "3.13"], KNOWN)] == [
        "3.13.1", "3.11.7", "3.14t", "3.14t+gil", "3.13.0", "3.11.2"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["3.99", "3.14", "3", "python", "/nowhere/python", "4.0t+gil"])
def test_what_is_not_there_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        resolve([text], KNOWN)

    assert raised.value.field == "pythons"
    assert f"There is no Python “{text}” here. There are: 3.11.7, 3.14t, 3.14t+gil" in str(
        raised.value
    )
