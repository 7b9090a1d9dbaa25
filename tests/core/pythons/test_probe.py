"""Asking an interpreter who it is: whatever it does, there is an answer or a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.probe import (
    Abilities,
    Answer,
    Identity,
    ProbeError,
    Stop,
    ask,
    check,
    find_answer,
)
from tests.core.pythons.conftest import HONEST, Fake, altered
from tests.core.watching import eventually, pythons

SHORT_S = 0.5
LONG_S = 60.0
MARK = "mark:"
NEWER = {"3.14", "3.15"}

IDENTITY: dict[str, Any] = {
    "version": "3.13.1",
    "version_info": (3, 13, 1),
    "hexversion": 0x030D01F0,
    "implementation": "cpython",
    "executable": "/usr/bin/python3.13",
    "base_executable": "/usr/bin/python3.13",
    "prefix": "/usr",
    "base_prefix": "/usr",
    "finds_the_lab": True,
}
ABILITIES: dict[str, Any] = {
    "build": "built",
    "gil": True,
    "free_threaded": False,
    "start_methods": ("fork", "spawn"),
    "default_start_method": "fork",
    "interpreters": False,
    "jit": None,
    "debug": False,
    "bits": 64,
}


def identity(**changes: Any) -> Identity:
    return Identity(**{**IDENTITY, **changes})


def abilities(**changes: Any) -> Abilities:
    return Abilities(**{**ABILITIES, **changes})


def refusal(command: str, limit_s: float = LONG_S) -> ProbeError:
    with pytest.raises(ProbeError) as raised:
        ask([command], limit_s)
    return raised.value


# ------------------------------------------------------------------------------ real interpreters


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.15"])
def test_a_python_tells_what_it_is(version: str) -> None:
    if version not in pythons():
        # CI brings them all, and counts a skip as a failure.
        pytest.skip(f"There is no Python {version} here; .ci/pythons gets newer ones.")
    python = pythons()[version]
    said = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout

    who, can, noise = ask([python])

    assert f"Python {who.version}\n" == said
    assert (who.implementation, noise) == ("cpython", "")
    assert can.interpreters == (version in NEWER)
    assert can.default_start_method == ("forkserver" if version in NEWER else "fork")
    assert set(can.start_methods) == {"fork", "forkserver", "spawn"}
    assert can.free_threaded == version.endswith("t")
    assert can.gil is not can.free_threaded


def test_a_python_that_is_too_old_says_its_age(fake: Fake) -> None:
    old = fake(
        altered("import sys; sys.version='2.7.18 x'; sys.version_info=(2,7,18)").replace(
            "(2,7,18)", "(2,7,18); sys.hexversion=0x02071200"
        )
    )

    assert str(refusal(old)) == "Python 2.7.18 is too old: the lab needs 3.10 or later."


# ------------------------------------------------------------------------------- what is no Python


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("echo I am a printer", "does not answer as Python does: it printed “I am a printer”"),
        ("true", "does not answer as Python does: it printed nothing"),
        (r"printf '\000\377\376'", "does not answer as Python does: it printed “�"),
        ('echo \'{"identity": {}}\'', "does not answer as Python does: it printed “{"),
        ("exit 3", "ended with exit code 3 without an answer"),
        ("kill -SEGV $$", "was killed by SIGSEGV without an answer"),
        ('printf "%s" "$3$3"', "Its answer makes no sense"),
        ('printf "%s" "$3{}$3"', "Its answer makes no sense: Object missing required field"),
        ('printf "%s" "${3}nonsense$3"', "Its answer makes no sense"),
        ('printf "%s" "${3}{}"', "does not answer as Python does"),
    ],
    ids=[
        "garbage", "silence", "bytes", "canned", "exits", "crashes", "empty", "hollow", "nonsense",
        "half",
    ],
)  # fmt: skip
def test_what_is_no_python_is_told_so(fake: Fake, lines: str, sentence: str) -> None:
    assert sentence in str(refusal(fake(lines)))


def test_what_it_complained_of_is_kept(fake: Fake) -> None:
    assert refusal(fake("echo no libpython here >&2; exit 127")).detail == "no libpython here"


@pytest.mark.parametrize(
    "lines",
    [
        "while :; do echo spam spam spam spam; done",
        "while :; do echo spam spam spam spam >&2; done",
        f"head -c 100000000 /dev/zero; {HONEST}",
    ],
    ids=["stdout", "stderr", "100 MB"],
)
def test_a_flood_is_cut_short(fake: Fake, lines: str) -> None:
    assert str(refusal(fake(lines))) == "It prints without end instead of answering."


@pytest.mark.parametrize(
    "lines",
    [
        "sleep 1000",
        "trap '' TERM; while :; do sleep 1; done",
        "sleep 1000 & wait",
        "echo loading; sleep 1000",
        f"{HONEST.removeprefix('exec ')}; sleep 1000",
    ],
    ids=["sleeps", "ignores SIGTERM", "has a child", "talks first", "answers first"],
)
def test_a_hanging_one_is_given_up_and_leaves_nothing(fake: Fake, lines: str) -> None:
    if "$@" in lines:
        who, _, _ = ask([fake(lines)], LONG_S)
        assert who.executable == sys.executable  # it had answered; that it hangs is no matter
    else:
        assert str(refusal(fake(lines), SHORT_S)) == "It did not answer within 0.5 s."


def test_a_hanging_one_can_be_stopped(fake: Fake, tmp_path: Path) -> None:
    stop, sign = Stop(), tmp_path / "sign"
    hanging = fake(f"touch {sign}; sleep 1000")
    raised: list[ProbeError] = []

    def probe() -> None:
        try:
            ask([hanging], LONG_S, stop)
        except ProbeError as error:
            raised.append(error)

    thread = threading.Thread(target=probe)
    thread.start()
    eventually(sign.exists, "it hangs")
    stop.set()
    thread.join(LONG_S / 2)

    assert [str(error) for error in raised] == ["The search was stopped before it answered."]


@pytest.mark.parametrize("path", ["/", "/etc/passwd", "/nowhere/python", "a\0b"])
def test_what_cannot_be_started_is_told_so(path: str) -> None:
    assert "It cannot be started: " in str(refusal(path))


# ----------------------------------------------------------------------- odd, but good enough


def test_what_a_hook_prints_first_is_skipped_and_told(fake: Fake) -> None:
    who, _, noise = ask([fake(f"echo Activating base...; {HONEST}")])

    assert who.executable == sys.executable
    assert noise == "Activating base..."


def test_a_site_module_that_prints_and_registers_an_end_does_no_harm(fake: Fake) -> None:
    lines = altered("import atexit; print('hi', flush=True); atexit.register(print, 'bye')")

    assert ask([fake(lines)])[2] == "hi"


def test_variables_that_change_python_are_kept_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONVERBOSE", "1")

    assert ask([sys.executable])[0].executable == sys.executable


# ------------------------------------------------------------------------------------- liars


@pytest.mark.parametrize(
    "prelude",
    [
        "import sys; sys.version_info = (3, 99, 0)",
        "import sys; sys.hexversion = 0x030b00f0",
        "import sys; sys.version = '4.0.0 (surely)'",
        "import sys; sys.version = sys.version.split()[0] + '0 (surely)'",
    ],
)
def test_one_that_contradicts_itself_is_not_believed(fake: Fake, prelude: str) -> None:
    assert "It contradicts itself: Python " in str(refusal(fake(altered(prelude))))


def test_one_with_half_a_library_says_which_half(fake: Fake) -> None:
    lines = altered("import sys; sys.modules['multiprocessing'] = None")

    assert "A part of its standard library is missing (" in str(refusal(fake(lines)))


def test_one_that_would_not_find_the_lab_is_no_use(fake: Fake) -> None:
    lines = altered("import sys; del sys.path[0]")

    assert "It looks for modules in its own folders only" in str(refusal(fake(lines)))


def test_one_that_does_not_know_itself_is_no_use(fake: Fake) -> None:
    assert "does not know where its own program is" in str(
        refusal(fake(altered("import sys; sys.executable = ''")))
    )


# ------------------------------------------------------------------------------------ the parser


@given(st.binary())
def test_no_output_breaks_the_parser(output: bytes) -> None:
    with pytest.raises(ProbeError):
        find_answer(output, MARK)


@given(st.binary(), st.binary())
def test_no_answer_breaks_the_parser(body: bytes, after: bytes) -> None:
    with pytest.raises(ProbeError):
        find_answer(MARK.encode() + body.replace(b"}", b"") + MARK.encode() + after, MARK)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@given(st.data())
def test_an_answer_with_one_thing_of_another_kind_is_refused_or_sound(data: st.DataObject) -> None:
    parts = {"identity": dict(IDENTITY), "abilities": dict(ABILITIES)}
    part = parts[data.draw(st.sampled_from(["identity", "abilities"]))]
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)
    whole = {**parts, "missing": ""}
    try:
        _, answer = find_answer(f"{MARK}{json.dumps(whole)}{MARK}".encode(), MARK)
        who, can = check(answer)
    except ProbeError:
        return
    assert msgspec.convert(msgspec.to_builtins(who), Identity) == who
    assert can.default_start_method in can.start_methods


@given(
    st.binary().filter(lambda noise: MARK.encode() not in noise + MARK.encode()[:-1]),
    st.binary(),
    st.integers(10, 99),
    st.integers(0, 99),
    st.sampled_from(["", "a1", "b2", "rc1", "+"]),
)
def test_an_answer_is_found_in_whatever_is_around_it(
    before: bytes, after: bytes, minor: int, patch: int, stage: str
) -> None:
    who = identity(
        version=f"3.{minor}.{patch}{stage}",
        version_info=(3, minor, patch),
        hexversion=(3 << 24) + (minor << 16) + (patch << 8) + 0xF0,
    )
    answer = Answer(who, abilities(), "")
    body = MARK.encode() + msgspec.json.encode(answer) + MARK.encode()

    noise, found = find_answer(before + body + after, MARK)

    assert found == answer
    assert check(found) == (who, abilities())
    assert noise.isprintable()
    assert len(noise) <= 80
