"""Pictures of the canvas: into a file, and onto the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

from app.actions.commands import Commands, Table
from graph.problem import FileError

if TYPE_CHECKING:
    from app.exporting import Choice
    from graph.diagram import Diagram

FORMATS = {".png": "PNG", ".svg": "SVG", ".pdf": "PDF", ".tex": "TikZ"}


class Picturing(Commands):
    """Of the menus File and Edit what makes pictures."""

    def table(self) -> Table:
        return {"export_picture": self.export, "copy_picture": self.copy}

    def ask(self) -> Choice | None:
        """What is to be in the picture; None when there is to be none.  Tests put their own answer in its place."""
        from app.exporting import ExportDialog

        dialog = ExportDialog(self.now(), self.can_have(), self.carried, self._window)
        return dialog.choice() if dialog.exec() else None

    def export(self) -> None:
        """Asks what and where, and writes the picture."""
        if (choice := self.ask()) is None:
            return
        kinds = ";;".join(f"{name} (*{suffix})" for suffix, name in FORMATS.items())
        first = f"{FORMATS[choice.suffix]} (*{choice.suffix})"
        filing = self._window.filing
        path = filing.ask_save_path("Export picture", choice.suffix, f"{first};;{kinds}")
        if path:
            self.write(choice, Path(path))

    def write(self, choice: Choice, path: Path) -> None:
        """Writes a picture in the format that the file's name tells."""
        from app.canvas.picture import Picture
        from graph.files import atomic_write

        filing, suffix = self._window.filing, path.suffix.lower()
        if suffix not in FORMATS:
            known = ", ".join(FORMATS)
            filing.refused.emit(f"{path.name}: a picture's name ends in one of {known}.")
            return
        try:
            atomic_write(path, Picture(choice.shown(self.carried)).file(suffix))
        except FileError as error:
            filing.refused.emit(str(error))
        else:
            filing.done.emit(f"{path.name} exported")

    def copy(self) -> None:
        """What is selected, or all, to the clipboard as it is seen: PNG and SVG with the diagram inside."""
        from app.canvas.picture import Picture

        picture = Picture(self.now().shown(self.carried))
        data = QMimeData()
        data.setImageData(picture.image())
        data.setData("image/png", QByteArray(picture.png()))
        data.setData("image/svg+xml", QByteArray(picture.svg()))
        QGuiApplication.clipboard().setMimeData(data)
        what = "selection" if self._is_something_selected() else "diagram"
        self._window.status.say(f"Copied a picture of the {what}")

    def now(self) -> Choice:
        """What is seen at present, what is selected alone when there is something."""
        from app.exporting import Choice

        window = self._window
        theme, style = window.theme.name, window.style_name
        return Choice(window.scene, theme, style, selection=self._is_something_selected())

    def _is_something_selected(self) -> bool:
        scene = self._window.scene
        return bool(scene.selected or scene.frames.selected)

    def can_have(self) -> frozenset[str]:
        """Which choices there are: "selection", "shapes", "gradients"."""
        scene = self._window.scene
        found = {
            "selection": self._is_something_selected(),
            "shapes": bool(scene.report.shapes),
            "gradients": scene.pulses.snapshot is not None or scene.mirror.wanted,
        }
        return frozenset(name for name, there in found.items() if there)

    def carried(self, selection: bool) -> Diagram:
        """The diagram that goes into the picture: what is drawn there, and outside all parts what a file would hold."""
        from app.copying import part_of

        window = self._window
        if selection:
            notes = window.scene.frames.selected
            return part_of(window.levels.diagram, self.picked(), notes)
        if window.levels.path:
            return window.levels.diagram
        return window.filing.as_saved(window.document.diagram)
