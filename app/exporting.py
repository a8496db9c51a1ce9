"""What is to be in a picture of the canvas: the choices, and the dialog that asks for them and shows what they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.canvas.picture import Picture, Shown
from app.canvas.scene import CanvasScene
from app.panels.quiet import QuietCombo
from app.theme import STYLES, THEMES, styled
from graph.diagram import Diagram

PREVIEW = QSize(560, 260)
FORMATS = {
    ".png": "PNG, pixels",
    ".svg": "SVG, for the web",
    ".pdf": "PDF, for print",
    ".tex": "TikZ, for LaTeX",
}
Carried = Callable[[bool], Diagram]  # of the selection, or of all


@dataclass(frozen=True)
class Choice:
    """What of a scene is drawn, and how."""

    scene: CanvasScene
    theme: str
    style: str
    selection: bool = False
    shapes: bool = True
    gradients: bool = True
    background: bool = True
    suffix: str = ".png"

    def shown(self, carried: Carried) -> Shown:
        """What the picture shows."""
        scene, report = self.scene, self.scene.report
        return Shown(
            scene.diagram,
            styled(THEMES[self.theme], self.style),
            report if self.shapes else replace(report, shapes={}),
            scene.pulses.snapshot if self.gradients else None,
            values=scene.pulses.flows.show_values,
            motion=scene.pulses.motion,
            mirror=scene.mirror.wanted and self.gradients,
            ids=scene.selected if self.selection else None,
            notes=scene.frames.selected if self.selection else frozenset(),
            background=self.background,
            carried=carried(self.selection),
        )


class ExportDialog(QDialog):
    """Asks for a Choice, beginning with `first`; `possible` names what there is to choose among."""

    def __init__(
        self, first: Choice, possible: frozenset[str], carried: Carried, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self._first, self._carried = first, carried
        self.format = _combo(FORMATS, first.suffix)
        self.what = _combo({"": "The whole diagram", "selection": "What is selected"}, "")
        self.what.setCurrentIndex(int(first.selection))
        self.what.setEnabled("selection" in possible)
        self.shapes = _check("Shapes at the variables", first.shapes, "shapes" in possible)
        self.gradients = _check("Gradients and costs", first.gradients, "gradients" in possible)
        self.background = _check("Background", first.background, True)
        self.style_names = _combo(STYLES, first.style)
        self.themes = _combo({name: name.capitalize() for name in THEMES}, first.theme)
        self.preview = QLabel()
        self.preview.setFixedSize(PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("Preview")
        self._lay_out()
        for combo in (self.what, self.style_names, self.themes):
            combo.currentIndexChanged.connect(self._show)
        for box in (self.shapes, self.gradients, self.background):
            box.toggled.connect(self._show)
        self._show()

    def choice(self) -> Choice:
        """What is chosen at present."""
        return replace(
            self._first,
            theme=self.themes.currentData(),
            style=self.style_names.currentData(),
            selection=self.what.currentData() == "selection",
            shapes=self.shapes.isChecked(),
            gradients=self.gradients.isChecked(),
            background=self.background.isChecked(),
            suffix=self.format.currentData(),
        )

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Format", self.format)
        form.addRow("Show", self.what)
        form.addRow("Style", self.style_names)
        form.addRow("Theme", self.themes)
        for box in (self.shapes, self.gradients, self.background):
            form.addRow("", box)
        note = QLabel("PNG, SVG and PDF carry the diagram: drop one on the window to open it.")
        note.setProperty("role", "small")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        export = buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        export.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self.preview)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(buttons)

    def _show(self) -> None:
        picture = Picture(self.choice().shown(self._carried))
        ratio = self.devicePixelRatioF()
        room = PREVIEW * ratio
        scale = min(room.width() / picture.rect.width(), room.height() / picture.rect.height())
        pixels = QPixmap.fromImage(picture.image(min(scale, 2.0 * ratio)))
        pixels.setDevicePixelRatio(ratio)
        self.preview.setPixmap(pixels)


def _combo(texts: dict[str, str], chosen: str) -> QuietCombo:
    combo = QuietCombo()
    for name, text in texts.items():
        combo.addItem(text, name)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    return combo


def _check(text: str, wanted: bool, possible: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(wanted and possible)
    box.setEnabled(possible)
    return box
