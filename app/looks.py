"""The style of the window's own parts on top of the theme: quiet labels, flat fields in the training bar, section titles."""

from __future__ import annotations

from app.theme import Theme, mixed


def looks(theme: Theme) -> str:
    """The style sheet of the window.  Widgets ask for it by the property `role` or by their class."""
    return f"""
QLabel[role="muted"], QToolButton[role="muted"] {{ color: {theme.muted}; }}
QLabel[role="cover"] {{ color: {theme.muted}; background: {theme.panel}; font-size: 11px; }}
QLabel[role="small"] {{ color: {theme.muted}; font-size: 11px; }}
QLabel[role="error"] {{ color: {theme.problem}; font-size: 11px; }}
QLabel[role="title"] {{ color: {theme.text}; font-weight: 600; font-size: 13px; }}
QLabel[role="gradient"] {{ color: {theme.gradient_text}; }}
QLabel[role="value"] {{ font-size: 15px; }}
QToolBar#training {{ padding: 0; spacing: 0; }}
QWidget#trainingBar > QAbstractSpinBox, QWidget#trainingBar > QComboBox {{
  background: transparent; border: 0; border-radius: 0; padding: 0; min-height: 0; font-size: 15px; }}
QWidget#trainingBar > QAbstractSpinBox:hover {{ border-bottom: 1px solid {theme.muted}; }}
QWidget#trainingBar > QAbstractSpinBox:focus {{ border-bottom: 1px solid {theme.selection}; }}
QAbstractSpinBox, QComboBox {{ background: {theme.field}; color: {theme.text}; border: 1px solid {theme.border};
  border-radius: 6px; padding: 1px 6px; min-height: 20px; selection-background-color: {theme.selection};
  selection-color: {theme.background}; }}
QAbstractSpinBox:focus, QComboBox:focus {{ border: 1px solid {theme.selection}; }}
QAbstractSpinBox QLineEdit {{ background: transparent; border: 0; padding: 0; }}
QAbstractSpinBox QLineEdit:focus {{ border: 0; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; background: transparent; width: 18px; }}
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow {{ image: none; width: 0; height: 0; }}
QCheckBox::indicator:unchecked {{ background: {theme.field}; border: 1px solid {theme.muted}; border-radius: 3px;
  width: 12px; height: 12px; }}
QMainWindow > QTabBar {{ qproperty-elideMode: ElideNone; }} /* arrows lead to titles that have no room */
QTreeView::item {{ padding: 3px 6px; }}
QTableView::item {{ padding: 0 5px; }} /* with the 3 of Qt as much as in the headings, under which they stand */
QListWidget[role="rows"]::item {{ padding: 3px 12px 3px 14px; }}
QToolButton[role="press"] {{ border-radius: 7px; padding: 0; }}
QToolButton[role="play"] {{ border-radius: 7px; padding: 0; background: {theme.gradient}; }}
QToolButton[role="play"]:hover {{ background: {theme.gradient_text}; }}
QToolButton[role="play"]:disabled {{ background: {theme.button}; }}
QToolButton[role="link"] {{ background: transparent; color: {theme.link}; border: 0; padding: 2px; }}
QToolButton[role="link"]:hover {{ color: {theme.text}; }}
QLabel[role="link"] {{ color: {theme.link}; }}
QToolButton[role="choice"] {{ background: transparent; color: {theme.text}; border: 0; padding: 2px; }}
QToolButton[role="choice"]:hover {{ color: {theme.link}; }}
QToolButton[role="choice"]::menu-indicator {{ image: none; width: 0; }}
QSpinBox[role="unit"] {{ padding: 0 4px; min-height: 18px; }}
QToolButton[role="here"] {{ background: transparent; color: {theme.muted}; border: 0; padding: 2px; }}
QToolButton[role="heading"] {{ background: transparent; color: {theme.muted}; border: 0; border-radius: 4px; padding: 0; }}
QToolButton[role="heading"]:hover, QToolButton[role="heading"]:focus {{ background: {theme.button}; color: {theme.text}; }}
QToolButton[role="plain"] {{ background: transparent; color: {theme.text}; border: 0; padding: 0 2px; }}
QToolButton[role="plain"]:hover {{ color: {theme.link}; }}
QToolButton[role]:focus, QPushButton:focus {{ border: 2px solid {theme.selection}; border-radius: 6px; }}
QCheckBox:focus, QSlider:focus, QTreeView:focus, QListView:focus {{ border: 1px solid {theme.selection}; border-radius: 4px; }}
QTabBar QToolButton {{ padding: 0; }}
QTabBar::tear {{ width: 0; }}
QTabBar::tab:focus {{ color: {theme.link}; }}
QFrame#notice {{ background: {theme.cost_fill}; border: 0; border-bottom: 1px solid {theme.border}; }}
QFrame#lookingBack {{ background: {mixed(theme.panel, theme.selection, 0.2).name()}; border: 0;
  border-bottom: 1px solid {theme.selection}; }}
QFrame#breadcrumb {{ background: {theme.panel}; border: 0; border-bottom: 1px solid {theme.border}; }}
QFrame#popup {{ background: {theme.field}; border: 1px solid {theme.border}; border-radius: 8px; }}
QScrollArea {{ border: 0; background: {theme.panel}; }}
QScrollArea > QWidget > QWidget {{ background: {theme.panel}; }}
QStatusBar {{ font-size: 11px; border-top: 1px solid {theme.border}; }}
QStatusBar QLabel, QStatusBar QToolButton {{ font-size: 11px; }}
QStatusBar QToolButton[role="plain"] {{ padding: 0 0 0 3px; margin: 0; border: 0; }}
QDockWidget > QWidget {{ background: {theme.panel}; }}
"""
