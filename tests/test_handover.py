"""Figures that a report hands to its notebooks."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from kao_metrics import analysis as module
from kao_metrics import handover
from kao_metrics.analysis import analyse, for_notebooks


@pytest.fixture
def handed(analysis, data_dir, tmp_path, monkeypatch):
    for name, value in for_notebooks(analysis, data_dir, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "open_data", lambda _folder: pytest.fail("computed again"))
    return analysis


def test_what_was_handed_over_is_what_would_be_computed(handed, data_dir):
    found = analyse("107年上半年", data_dir)
    assert_frame_equal(found.results, handed.results)
    assert found.findings == handed.findings
    assert found.passages == handed.passages
    for name, table in handed.tables.items():
        assert_frame_equal(found.tables[name], table)


@pytest.mark.usefixtures("handed")
@pytest.mark.parametrize(("period", "lang"), [("107H2", "zh-TW"), ("107H1", "en")])
def test_anything_else_is_computed(data_dir, period, lang):
    with pytest.raises(pytest.fail.Exception, match="computed again"):
        analyse(period, data_dir, lang)


@pytest.mark.usefixtures("handed")
def test_another_folder_is_computed(broken):
    with pytest.raises(pytest.fail.Exception, match="computed again"):
        analyse("107H1", broken)


def test_a_kernel_that_outlives_its_report_computes_for_itself(monkeypatch, tmp_path):
    monkeypatch.setenv(handover.HANDED, str(tmp_path / "gone"))
    assert handover.handed(("key",)) is None
