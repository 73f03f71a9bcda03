"""Colours: they keep apart for colour-blind readers and in grey print, and text can be read.

Contrast is that of WCAG 2.2; colour blindness is simulated as in Machado, Oliveira and
Fernandes (2009), at full severity.
"""

import itertools
import re
from importlib import resources

import numpy as np
import pytest

from kao_metrics import theme

STYLE = (
    resources.files("kao_metrics.report")
    .joinpath("templates/style.css")
    .read_text(encoding="utf-8")
)

MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}

TEXTS = ("ink", "soft", "link", "accent")
DATA = ("now", "base", "others")


def variables(block):
    """The colours that a block of the style sheet names, in full."""
    found = re.findall(r"--(\w+): (#[0-9a-f]{3,6})\b", block)
    return {
        name: colour if len(colour) > 4 else "#" + "".join(2 * each for each in colour[1:])
        for name, colour in found
    }


LIGHT = variables(STYLE.partition("@media")[0])
DARK = LIGHT | variables(STYLE.partition("(prefers-color-scheme: dark)")[2].partition("* {")[0])
PAPER = LIGHT | variables(STYLE.partition("@media print")[2])
SCHEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}


def linear(colour):
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(light):
    return float(np.clip(light, 0, 1) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_black_and_white_is_21():
    assert contrast(linear("#000000"), linear("#ffffff")) == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(scheme, ground, text):
    colours = SCHEMES[scheme]
    assert contrast(linear(colours[text]), linear(colours[ground])) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mark", ["now", "interval", "others"])
def test_what_is_drawn_stands_out_from_the_ground(scheme, mark):
    colours = SCHEMES[scheme]
    assert contrast(linear(colours[mark]), linear(colours["paper"])) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", MACHADO)
@pytest.mark.parametrize("pair", list(itertools.combinations(DATA, 2)), ids="-".join)
def test_bars_keep_apart_by_lightness_alone_whoever_sees_them(scheme, sight, pair):
    seen = [np.array(MACHADO[sight]) @ linear(SCHEMES[scheme][name]) for name in pair]
    assert contrast(*seen) >= 1.5


def test_the_style_sheet_replaces_the_very_colours_that_charts_are_drawn_in():
    replaced = set(re.findall(r'\[(?:fill|stroke)="(#\w{6})"\]', STYLE))
    assert replaced == set(theme.PALETTE.values())
    assert {name: LIGHT[name] for name in theme.PALETTE} == theme.PALETTE
