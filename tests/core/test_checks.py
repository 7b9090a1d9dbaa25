"""What a self-test tells reaches the window line by line, whatever stands between the lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.checks import Check, Report, from_line, text, to_line, verdict, whole

checks = st.builds(
    Check,
    name=st.text(),
    outcome=st.sampled_from(("ok", "failed", "skipped")),
    said=st.text(),
    took_s=st.floats(0, 1e6),
    detail=st.text(),
)
reports = st.builds(
    Report,
    version=st.text(),
    installed=st.booleans(),
    program=st.lists(st.text()).map(tuple),
    python=st.text(),
    system=st.text(),
    passed=st.booleans(),
    checks=st.lists(checks).map(tuple),
)


@given(checks | reports)
def test_a_line_brings_back_what_was_written(what: Check | Report) -> None:
    line = to_line(what)
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert from_line(line) == what


@given(st.binary())
def test_what_else_is_printed_is_no_check(line: bytes) -> None:
    assert from_line(b"Qt says: " + line) is None


def test_a_line_that_says_nothing_is_no_check() -> None:
    assert from_line(b"{}\n") is None


def test_the_verdict_counts_what_failed_and_what_was_left_out() -> None:
    fine, bad = Check("a", "ok", "", 0.1), Check("b", "failed", "no", 0.1)
    left = Check("c", "skipped", "", 0.1)
    assert verdict((fine, bad, left)) == "1 of 3 checks failed: b."
    assert verdict((fine, left)).startswith("All is well: 1 checks passed, and 1 ")
    assert verdict((fine,)) == "All is well: 1 checks passed."


@given(reports)
def test_the_whole_has_every_check_and_the_verdict(report: Report) -> None:
    words = whole(report)
    assert all(text(check) in words for check in report.checks)
    assert verdict(report.checks) in words
    assert report.version in words
