"""The report as PDF: pages, real fonts, and that another thread may write it."""

from __future__ import annotations

import dataclasses
import re
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from core.report.report import Report, report_of
from core.report.table import Table
from gui.export import pdf as pdf_module
from gui.export.pdf import pdf
from tests.gui.sweeps import begun, sweep


def report(workers: tuple[int, ...] = (1, 2, 3, 4)) -> Report:
    trials = tuple(sweep(5, workers))
    return report_of(replace(begun(blocks=5), trials=trials, status="finished"), "<b>one</b>")


def without_script(one: Report) -> Report:
    return dataclasses.replace(one, script=None, no_script="There is none.")


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", data))


def drawn(data: bytes) -> bytes:
    """Unpack what is painted on the pages."""
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return found


def test_all_but_the_script_is_on_one_page(qapp: QApplication) -> None:
    with_script = pdf(report())
    without = pdf(without_script(report()))
    assert without.startswith(b"%PDF")
    assert pages(without) == 1
    assert pages(with_script) in (2, 3)
    assert b"/FontFile2" in without
    assert b"/Subtype /Image" not in without  # charts are lines, and letters
    assert drawn(without).count(b" l\n") > 100


def test_what_fits_on_no_page_goes_on_the_next(qapp: QApplication) -> None:
    assert pages(pdf(without_script(report(tuple(range(1, 40)))))) > 1


def test_columns_are_wide_enough_for_their_words(qapp: QApplication) -> None:
    word, sentence = "FIRST_EXCEPTION", "give what it needs as an argument " * 9
    table = Table(("mode", "n", "way"), (False, True, False), ((word, "1", sentence),))
    mode, number, way = pdf_module._widths(table)
    assert mode > 0.6 * len(word), "an em and a half beside capitals, which are wide"
    assert number < mode < way
    assert mode + number + way == pytest.approx(pdf_module._ROOM)
    few = pdf_module._widths(Table(("a", "b"), (False, False), (("short one", "x"),)))
    assert sum(few) < pdf_module._ROOM
    many = pdf_module._widths(Table((word,) * 12, (False,) * 12, ()))
    assert len(set(many)) == 1
    assert sum(many) > pdf_module._ROOM, "which makes the letters smaller"


def test_another_thread_may_write_it(qapp: QApplication) -> None:
    with ThreadPoolExecutor(1) as pool:
        data = pool.submit(pdf, report()).result()
    assert pages(data) == pages(pdf(report()))
