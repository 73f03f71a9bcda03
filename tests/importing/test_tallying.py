"""Figures added up, and rows put in order."""

from exporting import AGENCY, imported, table, write_csv

from kao_metrics.importing.tallying import ordered


def test_a_sum_has_the_places_of_its_finest_part_and_a_single_figure_its_own(tmp_path):
    rows = [("機關", "項目", "金額"), ("甲", "已提撥", "1.5億元"), ("乙", "已提撥", "0.25億元")]
    rows.append(("甲", "不足", "3.20億元"))
    mapping = f"""
    [fields.item]
    column = "項目"
    codes = {{ "已提撥" = "contributed", "不足" = "initial_shortfall" }}
    [fields.amount]
    column = "金額"
    [checks]
    add_up = ["機關"]
    {AGENCY}"""
    imported(tmp_path, write_csv(tmp_path / "a.csv", rows), mapping, "retirement_reserve")
    found = {row["item"]: row["amount"] for row in table(tmp_path, "retirement_reserve")}
    assert found == {"contributed": "1.75", "initial_shortfall": "3.20"}


def test_rows_come_in_the_order_of_their_codes_totals_first():
    rows = [
        {"stage": stage, "category": kind, "month": ""}
        for stage, kind in (
            ("mediation", "food"),
            ("first", "travel"),
            ("first", "food"),
            ("first", "_T"),
        )
    ]
    assert [(row["stage"], row["category"]) for row in ordered(rows, "complaints")] == [
        ("first", "_T"),
        ("first", "food"),
        ("first", "travel"),
        ("mediation", "food"),
    ]
    assert ordered([], "complaints") == []
