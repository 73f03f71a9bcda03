"""The whole way of an import, on small files with the faults of real ones."""

from unittest.mock import Mock

import pytest
from exporting import (
    AGENCY,
    CASES,
    COUNTS,
    HEADER,
    ROWS,
    counts,
    csv_text,
    data_folder,
    imported,
    old_workbook,
    open_document,
    state,
    table,
    workbook,
    write_csv,
)

from kao_metrics.failures import DataError
from kao_metrics.importing import records
from kao_metrics.importing.exports import TooManyRejectsError, import_exports
from kao_metrics.readers import open_data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16", "utf-16-le"])
def test_text_in_every_encoding_gives_the_same_counts(tmp_path, encoding):
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS], encoding), CASES)
    assert counts(tmp_path) == COUNTS
    assert (outcome.rows, outcome.rejected) == (4, 0)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_delimiter_is_found(tmp_path, delimiter):
    path = write_csv(tmp_path / "a.txt", [HEADER, *ROWS], delimiter=delimiter)
    imported(tmp_path, path, CASES)
    assert counts(tmp_path) == COUNTS


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.xlsx", workbook), ("a.xls", old_workbook), ("a.ods", open_document)],
)
def test_every_spreadsheet_gives_the_same_counts_with_titles_above_and_notes_below(
    tmp_path, name, write
):
    rows = [("107年申訴案件一覽", None, None, None, None), HEADER, *ROWS]
    rows.append(("註：本表含線上申訴", None, None, None, None))
    outcome = imported(tmp_path, write(tmp_path / name, rows), CASES)
    assert counts(tmp_path) == COUNTS
    assert "footnotes: 1 rows" in outcome.notes
    assert outcome.rejected == 0


def test_parquet_gives_the_same_counts(tmp_path):
    import polars as pl

    path = tmp_path / "a.parquet"
    pl.DataFrame(ROWS, schema=list(HEADER), orient="row").write_parquet(path)
    imported(tmp_path, path, CASES)
    assert counts(tmp_path) == COUNTS


def test_parquet_with_dates_and_times_gives_the_same_counts(tmp_path):
    import datetime as dt

    import polars as pl

    days = [(4, 1), (4, 2), (4, 3), (5, 4)]
    frame = pl.DataFrame(ROWS, schema=list(HEADER), orient="row").with_columns(
        pl.Series("受理日期", [dt.datetime(2018, *day, 23, 59) for day in days]),  # noqa: DTZ001
        pl.col("階段").cast(pl.Categorical),
    )
    frame.write_parquet(tmp_path / "a.parquet")
    imported(tmp_path, tmp_path / "a.parquet", CASES)
    assert counts(tmp_path) == COUNTS


def test_times_of_day_do_not_matter(tmp_path):
    rows = [(a, f"{b} 下午 3:45", *rest) for a, b, *rest in ROWS]
    imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *rows]), CASES)
    assert counts(tmp_path) == COUNTS


def test_several_files_are_counted_together(tmp_path):
    first = write_csv(tmp_path / "a.csv", [HEADER, *ROWS[:2]])
    second = write_csv(tmp_path / "b.csv", [HEADER, *ROWS[2:]], "cp950")
    imported(tmp_path, [first, second], CASES)
    assert counts(tmp_path) == COUNTS


def test_many_files_are_scanned_and_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr("kao_metrics.importing.exports._AT_ONCE", 0)
    files = [
        write_csv(tmp_path / f"{encoding}.csv", [HEADER, row], encoding)
        for encoding, row in zip(("utf-8", "cp950", "utf-16", "utf-8-sig"), ROWS, strict=True)
    ]
    scanned = Mock(wraps=records._scan)
    monkeypatch.setattr(records, "_scan", scanned)
    imported(tmp_path, files, CASES)
    assert scanned.call_count == 4
    assert counts(tmp_path) == COUNTS


def test_what_is_imported_names_its_document_and_the_document_its_file(tmp_path):
    imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS]), CASES)
    assert {row["source_id"] for row in table(tmp_path)} == {"agency"}
    source = open_data(tmp_path / "data").sources["agency"]
    (record,) = source.imports
    assert (record["file"], record["table"], record["period"]) == ("a.csv", "complaints", "2018-S1")
    assert len(record["sha256"]) == len(record["mapping_sha256"]) == 64
    text = (tmp_path / "data" / "sources.toml").read_text(encoding="utf-8")
    assert text.startswith("# kept as it is")


def test_the_same_import_again_changes_nothing(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    imported(tmp_path, path, CASES)
    before = state(tmp_path / "data")
    outcome = imported(tmp_path, path, CASES)
    assert outcome.plan.changes == []
    assert state(tmp_path / "data") == before


def test_a_new_month_is_added_and_a_corrected_one_replaced(tmp_path):
    imported(tmp_path, write_csv(tmp_path / "april.csv", [HEADER, *ROWS[:3]]), CASES)
    imported(tmp_path, write_csv(tmp_path / "may.csv", [HEADER, ROWS[3]]), CASES)
    assert counts(tmp_path) == COUNTS
    corrected = [HEADER, ROWS[0], ("A9", "107/4/9", "調解", "醫療", "戊")]
    mapping = CASES.replace('column = "階段"', 'column = "階段"\ncodes = {"調解" = "mediation"}')
    outcome = imported(tmp_path, write_csv(tmp_path / "april.csv", corrected), mapping)
    assert sorted(map(str, outcome.plan.changes)) == [
        "+ 2018-S1: 2018-04-01, mediation, _T, medical: 1",
        "- 2018-S1: 2018-04-01, second, _T, travel: 1",
        "~ 2018-S1: 2018-04-01, first, _T, food: 2 -> 1",
    ]
    assert counts(tmp_path)["2018-05-01", "first", "travel"] == 1


def test_a_dry_run_shows_the_changes_and_makes_none(tmp_path):
    data_folder(tmp_path / "data")
    before = state(tmp_path / "data")
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    outcome = imported(tmp_path, path, CASES, dry_run=True)
    assert len(outcome.plan.changes) == 3
    assert state(tmp_path / "data") == before


def test_rows_of_another_document_stay_and_are_not_overruled(tmp_path):
    data = data_folder(tmp_path / "data")
    (data / "complaints").mkdir()
    there = "month,stage,sector,category,count,source_id\n2018-04-01,first,_T,food,5,report\n"
    (data / "complaints/2018-S1.csv").write_text(there, encoding="utf-8")
    before = state(data)
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    with pytest.raises(DataError, match="row 2, column count: found 5 of report for 2018-04-01"):
        imported(tmp_path, path, CASES)
    assert state(data) == before


def test_a_row_that_another_document_has_with_the_same_figure_stays_its_own(tmp_path):
    data = data_folder(tmp_path / "data")
    (data / "complaints").mkdir()
    there = "month,stage,sector,category,count,source_id\n2018-04-01,first,_T,food,2,report\n"
    (data / "complaints/2018-S1.csv").write_text(there, encoding="utf-8")
    imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS]), CASES)
    assert [row["source_id"] for row in table(tmp_path)] == ["report", "agency", "agency"]


def test_a_period_without_a_row_gets_one_and_is_told(tmp_path):
    rows = [HEADER, ("A1", "107/07/01", "第一次申訴", "食品", "甲")]
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", rows), CASES, period="107H2")
    assert any("a row for 2018-S2" in note for note in outcome.notes)
    assert open_data(tmp_path / "data").period("2018-S2").covered_days == 184


def test_cases_of_other_half_years_and_uncovered_days_are_counted_apart(tmp_path):
    more = [
        ("B1", "107/01/15", "第一次申訴", "食品", "甲"),
        ("B2", "106/12/31", "第一次申訴", "食品", "甲"),
    ]
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS, *more]), CASES)
    assert counts(tmp_path) == COUNTS
    (note,) = [note for note in outcome.notes if note.startswith("case rows that are not of")]
    assert "2 (2017-S2: 1, 2018-S1, on days that its report does not cover: 1)" in note


@pytest.mark.parametrize(
    "rows", [[], [("", "", "", "", "")], [("A", "99/1/1", "調解", "食品", "甲")]]
)
def test_an_export_without_a_row_of_the_period_says_what_it_has(tmp_path, rows):
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows])
    with pytest.raises(DataError, match="found no row of 2018-S1") as caught:
        imported(tmp_path, path, CASES)
    assert ("2010-S1: 1" in str(caught.value)) == bool(rows and rows[0][0])


def test_case_rows_can_make_several_periods(tmp_path):
    rows = [HEADER, *ROWS, ("B2", "106/12/31", "第一次申訴", "食品", "甲")]
    imported(tmp_path, write_csv(tmp_path / "a.csv", rows), CASES, period=["106H2", "107H1"])
    assert counts(tmp_path) == COUNTS
    assert counts(tmp_path, "2017-S2") == {("2017-12-01", "first", "food"): 1}


def test_personal_columns_are_left_behind_and_named(tmp_path):
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS]), CASES)
    assert "left behind, as it looks personal: 姓名" in outcome.notes
    assert "丁".encode() not in b"".join(state(tmp_path / "data").values())


def test_a_mapping_that_reads_a_personal_column_is_warned_of(tmp_path):
    mapping = CASES + '[keep]\n"姓名" = ["甲", "乙", "丙", "丁"]\n'
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *ROWS]), mapping)
    assert "warning: the mapping reads what looks personal: 姓名" in outcome.notes


def test_more_rejects_than_the_limit_fail_and_change_nothing(tmp_path):
    data_folder(tmp_path / "data")
    before = state(tmp_path / "data")
    rows = [HEADER, *ROWS, ("A5", "不詳", "第一次申訴", "食品", "戊")]
    path = write_csv(tmp_path / "a.csv", rows)
    with pytest.raises(TooManyRejectsError, match="1 of 5 rows that cannot be read") as caught:
        imported(tmp_path, path, CASES)
    assert state(tmp_path / "data") == before
    (reject,) = caught.value.rejects
    assert (reject.row, reject.column) == (6, "受理日期")
    outcome = imported(tmp_path, path, CASES, reject_limit=0.2)
    assert outcome.rejected == 1
    assert counts(tmp_path) == COUNTS


def test_a_rejected_cell_is_not_shown_where_it_may_be_about_a_person(tmp_path):
    rows = [HEADER, *ROWS, ("A5", "王小明申訴", "第一次申訴", "食品", "戊")]
    path = write_csv(tmp_path / "a.csv", rows)
    outcome = imported(tmp_path, path, CASES, reject_limit=0.2)
    assert outcome.rejects[0].found == "文文文文文"


def test_rows_whose_columns_moved_are_found_by_content(tmp_path):
    header = ("受理日期", "階段", "類別")
    text = csv_text([("地址", *header)])
    text += "甲路1號,107/04/01,第一次申訴,食品\n" * 3
    text += "乙路2號,3樓,107/05/01,第一次申訴,旅遊\n"
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    outcome = imported(tmp_path, path, CASES, reject_limit=0.5)
    assert outcome.rejects[0].reason.startswith("受理日期 stands 1 to the right")
    assert outcome.rejects[0].found != "3樓"
    mapping = CASES + '[checks]\nshifted = "realign"\n'
    outcome = imported(tmp_path, path, mapping)
    assert "rows read where their columns moved to: 1" in outcome.notes
    assert counts(tmp_path) == {
        ("2018-04-01", "first", "food"): 3,
        ("2018-05-01", "first", "travel"): 1,
    }


def test_exact_duplicates_are_reported_and_removed_only_when_asked(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS, ROWS[0], ROWS[0]])
    outcome = imported(tmp_path, path, CASES)
    (note,) = [note for note in outcome.notes if note.startswith("exact")]
    assert note.startswith("exact duplicates of other rows: 2 (first ")
    assert note.endswith("counted all the same")
    assert counts(tmp_path)["2018-04-01", "first", "food"] == 4
    imported(tmp_path, path, CASES + '[checks]\nduplicates = "remove"\n')
    assert counts(tmp_path) == COUNTS


def test_the_same_file_twice_is_refused_with_and_without_a_byte_order_mark(tmp_path):
    first = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    second = write_csv(tmp_path / "b.csv", [HEADER, *ROWS], "utf-8-sig")
    with pytest.raises(DataError, match="found the same 4 rows that are in"):
        imported(tmp_path, [first, second], CASES)


def test_a_key_that_a_spreadsheet_damaged_is_noticed_and_not_used(tmp_path):
    rows = [("2.02505E+12", *row[1:]) for row in ROWS]
    mapping = CASES + '[checks]\nkey = "案件編號"\nduplicates = "remove"\n'
    outcome = imported(tmp_path, write_csv(tmp_path / "a.csv", [HEADER, *rows]), mapping)
    (note,) = [note for note in outcome.notes if "is no key" in note]
    assert "案件編號 is no key: 4 rows have 1 different ones" in note
    assert counts(tmp_path) == COUNTS


WIDE = f"""\
[fields.category]
column = "類別"
[[figures]]
stage = {{ value = "first" }}
count = {{ column = "第一次申訴" }}
[[figures]]
stage = {{ value = "second" }}
count = {{ column = "第二次申訴" }}
[totals]
"類別" = ["合計"]
{AGENCY}"""
TABLE = [
    ("高雄市消費申訴統計", None, None),
    ("107年1月至6月", None, None),
    ("類別", "第一次申訴", "第二次申訴"),
    ("食　品", "1,200件", "５０"),
    ("旅遊", "八百五十二", "－"),
    ("合　計", "2,052", "50"),
    ("註：不含電話諮詢", None, None),
]


def test_figures_in_columns_are_rows_of_the_table_and_totals_check_them(tmp_path):
    outcome = imported(tmp_path, workbook(tmp_path / "a.xlsx", TABLE), WIDE)
    assert [(row["stage"], row["category"], row["count"]) for row in table(tmp_path)] == [
        ("first", "food", "1200"),
        ("first", "travel", "852"),
        ("second", "food", "50"),
    ]
    assert "totals that agree with their details: 2" in outcome.notes


def test_a_total_that_differs_fails_with_its_place_or_is_reported(tmp_path):
    rows = [*TABLE[:5], ("合　計", "2,062", "50"), TABLE[6]]
    path = workbook(tmp_path / "a.xlsx", rows)
    with pytest.raises(DataError) as caught:
        imported(tmp_path, path, WIDE)
    (failure,) = caught.value.failures
    assert (failure.rows, failure.column) == ((6,), "第一次申訴")
    assert (failure.found, failure.expected) == ("a total of 2062", "2052, the sum of 2 rows")
    outcome = imported(tmp_path, path, WIDE + '[checks]\ntotals = "report"\n')
    assert any(note.startswith("warning:") and "a total of 2062" in note for note in outcome.notes)


def test_a_total_without_details_is_not_dropped_silently(tmp_path):
    rows = [*TABLE[:3], TABLE[5]]
    with pytest.raises(DataError, match="a total of 2052; expected rows that it is the total of"):
        imported(tmp_path, workbook(tmp_path / "a.xlsx", rows), WIDE)


def test_a_figure_that_comes_twice_fails_unless_it_is_added_up(tmp_path):
    header = ("分處", "類別", "第一次申訴", "第二次申訴")
    rows = [header, ("東", "食品", "3", "1"), ("西", "食品", "4", "2")]
    path = write_csv(tmp_path / "a.csv", rows)
    mapping = WIDE.replace('[totals]\n"類別" = ["合計"]\n', "")
    with pytest.raises(DataError, match="the figure first, food again"):
        imported(tmp_path, path, mapping)
    imported(tmp_path, path, mapping + '[checks]\nadd_up = ["分處"]\n')
    assert [row["count"] for row in table(tmp_path)] == ["7", "3"]


def test_a_table_as_it_would_be_is_held_against_its_contract(tmp_path):
    data = data_folder(tmp_path / "data")
    (data / "complaints").mkdir()
    there = "stage,sector,category,count,source_id\nfirst,_T,_T,100,report\n"
    (data / "complaints/2018-S1.csv").write_text(there, encoding="utf-8")
    before = state(data)
    with pytest.raises(DataError, match=r"as it would be.*over their total of 100"):
        imported(tmp_path, workbook(tmp_path / "a.xlsx", TABLE), WIDE)
    assert state(data) == before


def test_a_broken_data_folder_is_told_and_left(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")
    with pytest.raises(DataError, match="no such folder"):
        import_exports(
            [path], "complaints", ["107H1"], tmp_path / "m.toml", data_dir=tmp_path / "x"
        )


def test_small_counts_are_left_out_with_what_would_give_them_away(tmp_path):
    days = [f"107/0{month}/0{day}" for month in (4, 5) for day in range(1, 9)]
    rows = [
        (f"A{day}{kind}", day, "第一次申訴", kind, "甲")
        for day in days
        for kind in ("食品", "旅遊", "醫療")
    ]
    rows.append(("B1", "107/04/01", "第一次申訴", "車輛", "乙"))
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows])
    mapping = CASES + "[checks]\nsuppress_below = 3\n"
    outcome = imported(tmp_path, path, mapping)
    found = counts(tmp_path)
    assert found["", "first", "_T"] == 49
    assert all(key[2] != "vehicles" for key in found)
    months = {month: found.get((month, "first", "_T")) for month in ("2018-04-01", "2018-05-01")}
    assert set(months.values()) == {25, 24}
    for month, total in months.items():
        shown = sum(n for (at, _, kind), n in found.items() if at == month and kind != "_T")
        assert total - shown != 1
    assert any("left out: 2, and" in note for note in outcome.notes)
    imported(tmp_path, path, mapping)
    assert counts(tmp_path) == found


ACCOUNTS = [
    ("高雄市政府勞工退休準備金專戶", None, None, None, None),
    ("專戶名稱", "主管機關", "應提撥金額", "專戶餘額", "已提撥金額"),
    ("甲專戶", "環保局", "1,200,000元", "900,000元", "900,000元"),
    ("乙專戶", "教育局", "46萬5,000元", "四十六萬五千元", "465,000"),
    ("合計", None, "1,665,000", "1,365,000", "1,365,000"),
]


def test_a_table_with_several_figures_a_row_has_its_totals_checked_and_its_rows_kept(tmp_path):
    mapping = f"""
    [fields.as_of]
    value = "107年6月30日"
    [fields.account]
    column = "專戶名稱"
    [fields.agency]
    column = "主管機關"
    [fields.required]
    column = "應提撥金額"
    [fields.balance]
    column = "專戶餘額"
    [fields.contributed]
    column = "已提撥金額"
    [totals]
    "專戶名稱" = ["合計"]
    {AGENCY}"""
    path = workbook(tmp_path / "a.xlsx", ACCOUNTS)
    outcome = imported(tmp_path, path, mapping, "retirement_accounts")
    found = [
        (row["account"], row["required"], row["balance"])
        for row in table(tmp_path, "retirement_accounts")
    ]
    assert found == [("乙專戶", "465000", "465000"), ("甲專戶", "1200000", "900000")]
    assert "totals that agree with their details: 3" in outcome.notes
    assert str(outcome.plan.changes[0]).endswith("乙專戶: 465000, 465000, 465000")
    short = [*ACCOUNTS[:3], ("乙專戶", "教育局", "465,000", "－", "465,000")]
    with pytest.raises(TooManyRejectsError, match=r"column 專戶餘額.*an empty cell"):
        imported(tmp_path, workbook(tmp_path / "b.xlsx", short), mapping, "retirement_accounts")


def test_an_amount_keeps_the_precision_that_it_was_printed_with(tmp_path):
    rows = [("項目", "金額"), ("已提撥", "約29.30億元"), ("專戶數", "519戶")]
    mapping = f"""
    [fields.item]
    column = "項目"
    codes = {{ "已提撥" = "contributed", "專戶數" = "accounts_total" }}
    [fields.amount]
    column = "金額"
    {AGENCY}"""
    imported(tmp_path, write_csv(tmp_path / "a.csv", rows), mapping, "retirement_reserve")
    found = table(tmp_path, "retirement_reserve")
    assert [(row["amount"], row["unit"], row["qualifier"]) for row in found] == [
        ("29.30", "hundred_million_twd", "about"),
        ("519", "account", "exact"),
    ]
