"""Contrast by WCAG 2: texts of at least 4.5 on what is behind them in both themes, other things of at least 3."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QColor

from app.theme import STYLES, THEMES, Theme, mixed, styled


def luminance(color: str) -> float:
    """Relative luminance, 0..1, of #rrggbb in sRGB (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    channels = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.005
    )  # known to fail by little
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


SURFACES = ("background", "panel", "bar", "field", "button", "cost_fill")


def _behind(theme: Theme) -> dict[str, str]:
    """What texts stand on: surfaces, and rows that are chosen or under the mouse."""
    found = {name: getattr(theme, name) for name in SURFACES}
    found["chosen row"] = mixed(theme.panel, theme.selection, 0.2).name()
    found["chosen in the palette"] = mixed(theme.panel, theme.selection, 0.16).name()
    found["chosen in a search"] = mixed(theme.field, theme.selection, 0.18).name()
    return found


TEXTS = ("text", "muted", "problem", "gradient_text")


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("token", TEXTS)
def test_every_text_can_be_read(name: str, token: str) -> None:
    theme = THEMES[name]
    for place, behind in _behind(theme).items():
        assert contrast(getattr(theme, token), behind) >= 4.5, place


@pytest.mark.parametrize("name", THEMES)
def test_texts_with_one_background_can_be_read(name: str) -> None:
    theme = THEMES[name]
    hover = mixed(theme.button, theme.selection, 0.14).name()
    pressed = mixed(theme.button, theme.selection, 0.28).name()
    pairs = {
        "a link": (theme.link, theme.panel),
        "a link on the canvas": (theme.link, theme.background),
        "selected text": (theme.background, theme.selection),
        "a button under the mouse": (theme.text, hover),
        "a pressed button": (theme.text, pressed),
        "the name of the validation curve": (theme.classes[1], theme.panel),
    }
    for what, (front, behind) in pairs.items():
        assert contrast(front, behind) >= 4.5, what


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("style", STYLES)
def test_labels_in_every_shape_can_be_read(name: str, style: str) -> None:
    theme = styled(THEMES[name], style)
    for fill in (theme.background, theme.observed_fill, theme.cost_fill, theme.computed_fill):
        assert contrast(theme.text, fill) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_things_can_be_told_from_what_is_behind(name: str) -> None:
    theme = THEMES[name]
    icon = "#ffffff" if name == "paper" else theme.bar
    pairs = {
        "a function": (theme.function, theme.background),
        "a cost": (theme.cost, theme.background),
        "a latent variable": (theme.latent, theme.background),
        "a parameter": (theme.parameter, theme.background),
        "an observed variable": (theme.observed_rim, theme.background),
        "a wire": (theme.wire, theme.background),
        "a gradient": (theme.gradient, theme.background),
        "the focus in a panel": (theme.selection, theme.panel),
        "the focus in the bar": (theme.selection, theme.button),
        "the triangle of play": (icon, theme.gradient),
        "the button of play": (theme.gradient, theme.panel),
        **{f"class {k}": (color, theme.panel) for k, color in enumerate(theme.classes)},
        **{f"class {k}'s rim": (color, theme.field) for k, color in enumerate(theme.classes)},
    }
    for what, (front, behind) in pairs.items():
        assert contrast(front, behind) >= 3.0, what
    # the circle of a computed variable keeps the lectures' pale blue; what tells it is the name that stands in it
    assert contrast(theme.computed, theme.background) >= 2.5


def test_colours_of_the_shapes_are_the_lectures(qapp: Any) -> None:
    paper = THEMES["paper"]
    assert (paper.function, paper.computed, paper.cost, paper.latent) == (
        "#6262f5",
        "#9696fa",
        "#f53c3c",
        "#f53c3c",
    )
    assert (paper.cost_fill, paper.observed_fill, paper.gradient) == (
        "#fddede",
        "#dedede",
        "#1f9d55",
    )
    assert all(QColor(c).isValid() for theme in THEMES.values() for c in theme.classes)
