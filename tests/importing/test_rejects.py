"""What is kept of rows that could not be read."""

from kao_metrics.importing.rejects import Reject, as_csv, discreet, form, summary


def reject(found, row=2, reason="no date"):
    return Reject("a.csv", row, "日期", found, reason)


def test_a_text_that_stands_in_several_rows_is_shown_and_another_is_not():
    rejects = [reject("線上購物")] * 3 + [reject("王小明 0912-345-678")]
    found = [each.found for each in discreet(rejects, has_more_columns=True)]
    assert found == ["線上購物"] * 3 + ["文文文 9999-999-999"]


def test_all_is_shown_where_every_column_is_read():
    assert discreet([reject("王小明")], has_more_columns=False)[0].found == "王小明"


def test_a_long_text_is_cut():
    assert len(discreet([reject("x" * 1_000_000)], has_more_columns=False)[0].found) == 61


def test_digits_of_any_script_are_hidden():
    assert form("１２3٤") == "9999"


def test_a_formula_in_the_file_is_a_text():
    lines = as_csv([reject('=HYPERLINK("x")'), reject("-1+2"), reject("a,b\nc")]).splitlines()
    assert lines[1] == 'a.csv,2,日期,"\'=HYPERLINK(""x"")",no date'
    assert lines[2] == "a.csv,2,日期,'-1+2,no date"


def test_reasons_are_summed_up_the_most_frequent_first():
    rejects = [reject("a", row) for row in (5, 6, 7)] + [reject("b", 3, "no number")]
    assert summary(rejects) == [
        "a.csv, row 5 and 2 more, column 日期: found 'a'; no date",
        "a.csv, row 3, column 日期: found 'b'; no number",
    ]
    many = [reject("a", reason=f"reason {number}") for number in range(10)]
    assert summary(many)[-1] == "and 2 more reasons"
