"""The two looks of the screen, paper and board, and how one is put on a QApplication."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Theme:
    """Every colour the screen uses, as #rrggbb texts.

    `classes` are strong colours for points, `areas` the pale ones of the same classes behind them; both repeat
    when there are more classes.  `gradient` paints, `gradient_text` is the same hue strong enough to be read; so is `link`
    for `function`.  Texts have a contrast of at least 4.5 on what is behind them, other things of 3.
    """

    name: str
    background: str
    grid: str
    panel: str
    bar: str
    border: str
    field: str
    text: str
    muted: str
    function: str
    computed: str
    computed_fill: str
    latent: str
    parameter: str
    cost: str
    cost_fill: str
    observed_rim: str
    observed_fill: str
    gradient: str
    gradient_text: str
    wire: str
    selection: str
    problem: str
    link: str
    button: str
    classes: tuple[str, ...]
    areas: tuple[str, ...]


PAPER = Theme(
    name="paper",
    background="#ffffff",
    grid="#dcdcd8",
    panel="#fafaf8",
    bar="#e7e7e4",
    border="#e0e0dc",
    field="#ffffff",
    text="#222222",
    muted="#585858",
    function="#6262f5",
    computed="#9696fa",
    computed_fill="#ffffff",
    latent="#f53c3c",
    parameter="#f53c3c",
    cost="#f53c3c",
    cost_fill="#fddede",
    observed_rim="#111111",
    observed_fill="#dedede",
    gradient="#1f9d55",
    gradient_text="#116634",
    wire="#111111",
    selection="#6262f5",
    problem="#b3191c",
    link="#4747cf",
    button="#eeeeec",
    classes=(
        "#2f6fc4", "#bf4f1c", "#3c9a4a", "#8a56c2", "#b58a00",
        "#c2417e", "#1f8f9b", "#7d5a44", "#6a6f7a", "#7c8f1e",
    ),
    areas=(
        "#aac8f0", "#f4be96", "#bee1be", "#d7c3ee", "#efdf9c",
        "#f2bcd5", "#afe0e4", "#dcc9bb", "#d2d5da", "#dae3a5",
    ),
)  # fmt: skip

BOARD = Theme(
    name="board",
    background="#1e2327",
    grid="#3a4249",
    panel="#262c31",
    bar="#191d21",
    border="#3b434a",
    field="#1b2024",
    text="#eceae4",
    muted="#aab3b9",
    function="#8c90ff",
    computed="#b4b6ff",
    computed_fill="#1e2327",
    latent="#ff6f69",
    parameter="#ff6f69",
    cost="#ff6f69",
    cost_fill="#4a2a2e",
    observed_rim="#f2efe6",
    observed_fill="#50585f",
    gradient="#3ecf86",
    gradient_text="#5fdc9d",
    wire="#e2dfd6",
    selection="#8c90ff",
    problem="#ff948b",
    link="#a3a6ff",
    button="#343c43",
    classes=(
        "#6ea8ff", "#ff9a5c", "#6fd17e", "#c39bff", "#f0c94a",
        "#ff8bbd", "#5fd3df", "#d0a78a", "#b9c0c9", "#c4d85a",
    ),
    areas=(
        "#274468", "#6b4026", "#2a5533", "#4b3869", "#61501d",
        "#672f4b", "#225459", "#544131", "#454b53", "#505a22",
    ),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (PAPER, BOARD)}
STYLES = {"nyu": "NYU 2020", "filled": "Filled: computed variables filled, latent ones hollow"}
FILLING = 0.62  # how much of the background is in the filling of a computed variable


def styled(theme: Theme, style: str) -> Theme:
    """A theme in one of STYLES: as in the lectures of 2020, or with only the latent variables hollow."""
    if style != "filled":
        return theme
    return replace(theme, computed_fill=mixed(theme.computed, theme.background, FILLING).name())


def apply(app: QApplication, theme: Theme) -> None:
    """Puts a theme on all widgets: Fusion style, palette, style sheet.  The canvas paints itself and is told apart."""
    sheet = style_sheet(theme)
    if app.styleSheet() == sheet:
        return  # each of the three has every widget there is polished anew
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet)


def palette(theme: Theme) -> QPalette:
    """The QPalette of a theme, with its disabled colours."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.button,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.problem,
        QPalette.ColorRole.ToolTipBase: theme.field,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.background,
        QPalette.ColorRole.Link: theme.link,
        QPalette.ColorRole.LinkVisited: theme.computed,
        QPalette.ColorRole.Light: theme.field,
        QPalette.ColorRole.Midlight: theme.button,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.muted,
        QPalette.ColorRole.Shadow: theme.border,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    faded = mixed(theme.muted, theme.panel, 0.35)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return made


def mixed(color: str, other: str, part: float) -> QColor:
    """`color` with `part` (0..1) of `other` in it."""
    a, b = QColor(color), QColor(other)
    keep = 1.0 - part
    return QColor.fromRgbF(
        a.redF() * keep + b.redF() * part,
        a.greenF() * keep + b.greenF() * part,
        a.blueF() * keep + b.blueF() * part,
    )


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme: quiet buttons, thin borders, round corners."""
    hover = mixed(theme.button, theme.selection, 0.14).name()
    pressed = mixed(theme.button, theme.selection, 0.28).name()
    chosen = mixed(theme.panel, theme.selection, 0.2).name()
    return f"""
QMainWindow, QDialog {{ background: {theme.panel}; }}
QMainWindow::separator {{ background: {theme.border}; width: 1px; height: 1px; }}
QDockWidget {{ color: {theme.muted}; font-weight: 600; }}
QDockWidget::title {{ background: {theme.panel}; padding: 8px 12px 4px 12px; text-align: left; }}
QToolBar {{ background: {theme.panel}; border: 0; border-bottom: 1px solid {theme.border}; spacing: 8px; padding: 6px 10px; }}
QStatusBar {{ background: {theme.bar}; color: {theme.text}; }}
QStatusBar::item {{ border: 0; }}
QMenuBar {{ background: {theme.bar}; color: {theme.text}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 5px; background: transparent; }}
QMenuBar::item:selected {{ background: {chosen}; }}
QMenu {{ background: {theme.field}; color: {theme.text}; border: 1px solid {theme.border}; padding: 5px; }}
QMenu::item {{ padding: 5px 26px 5px 22px; border-radius: 5px; }}
QMenu::item:selected {{ background: {chosen}; color: {theme.text}; }}
QMenu::item:disabled {{ color: {theme.muted}; }}
QMenu::separator {{ height: 1px; background: {theme.border}; margin: 5px 8px; }}
QPushButton, QToolButton {{ background: {theme.button}; color: {theme.text}; border: 1px solid transparent; border-radius: 7px; padding: 5px 12px; }}
QToolButton {{ padding: 6px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {pressed}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {theme.selection}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {theme.muted}; }}
QLineEdit, QPlainTextEdit, QTextEdit {{ background: {theme.field}; color: {theme.text};
  border: 1px solid {theme.border}; border-radius: 7px; padding: 4px 8px; selection-background-color: {theme.selection};
  selection-color: {theme.background}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border: 1px solid {theme.selection}; }}
QComboBox QAbstractItemView {{ background: {theme.field}; border: 1px solid {theme.border}; selection-background-color: {chosen};
  selection-color: {theme.text}; }}
QAbstractItemView {{ background: {theme.panel}; border: 0; outline: 0; selection-background-color: {chosen}; selection-color: {theme.text}; }}
QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: 0; border-bottom: 1px solid {theme.border}; padding: 4px 8px; }}
QTabBar::tab {{ background: transparent; color: {theme.muted}; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.selection}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.border}; }}
QToolTip {{ background: {theme.field}; color: {theme.text}; border: 1px solid {theme.border}; padding: 5px 7px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {theme.border}; border-radius: 4px; margin: 1px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {theme.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
