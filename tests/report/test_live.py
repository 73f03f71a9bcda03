"""What makes charts live: packed once, named by hash, and the same every time."""

import base64
import hashlib
import json
import zlib

import pytest

from kao_metrics import charts
from kao_metrics.drawing import identity
from kao_metrics.report.live import hash_of, live


@pytest.fixture(scope="module")
def specs(analysis):
    return [charts.downsizing(analysis).to_dict(), charts.complaint_funnel(analysis).to_dict()]


def unpacked(packed):
    size, _, words = packed.partition(" ")
    data = base64.b85decode(words.translate(str.maketrans(",.", "<&")))
    return zlib.decompress(data[: int(size)], wbits=-zlib.MAX_WBITS).decode()


def test_without_charts_vega_stays_at_home():
    found = live([])
    assert (found.code, found.specs) == ("", "")
    assert found.hashes == (hash_of(found.script),)


def test_every_chart_has_a_specification_for_each_room(specs):
    found = json.loads(unpacked(live(specs).specs))
    assert set(found) == {
        f"{identity(spec)}-{room}" for spec in specs for room in ("wide", "narrow")
    }


def test_the_policy_names_the_code_as_the_browser_unpacks_it(specs):
    found = live(specs)
    code = unpacked(found.code)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert found.hashes[1] == f"'sha256-{digest}'"
    assert code.startswith("(()=>{")
    assert "kaoLive" in code


def test_what_is_packed_means_nothing_to_html(specs):
    found = live(specs)
    assert not set("<&'\"\\/") & set(found.code + found.specs)


def test_the_same_charts_are_the_same_bytes(specs):
    assert live(specs) == live(specs)
