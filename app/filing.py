"""Opening, saving and closing: files in and out of the document, and never a loss of work without a question."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.document import SUFFIX, UNTITLED, Document
from app.keeping import before, keep_before, stamp
from app.live import Live
from app.settings import Preferences
from graph.diagram import Diagram
from graph.problem import FileError
from runtime.messages import SaveWeights

Answer = Literal["save", "discard", "cancel"]
Conflict = Literal["overwrite", "save as", "cancel"]
FILTER = f"Diagrams (*{SUFFIX});;All files (*)"
OPENED = f"Diagrams, and pictures that carry one (*{SUFFIX} *.png *.svg *.pdf);;All files (*)"


class Filing(QObject):
    """Reads and writes the document's file and its weights.  `refused(sentence)` says why something was not done."""

    refused = Signal(str)
    done = Signal(str)
    opened = Signal()  # another diagram is shown

    def __init__(
        self, document: Document, live: Live, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document = document
        self._live = live
        self._preferences = preferences
        self._window = window
        self.as_saved: Callable[[Diagram], Diagram] = lambda diagram: diagram
        self.trained = False  # there are weights worth saving
        self._stamp = ""  # of the file as it was read or written last

    # --- questions; tests put their own answers in their place ------------------------------------------------------

    def ask_unsaved(self) -> Answer:
        """What to do with unsaved work."""
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(f"Save the changes of {self._document.name}?")
        box.setInformativeText("They are lost when you do not save them.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answers: dict[int, Answer] = {buttons.Save.value: "save", buttons.Discard.value: "discard"}
        return answers.get(box.exec(), "cancel")

    def ask_conflict(self, path: Path) -> Conflict:
        """What to do when somebody else has written the file since it was read."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"{path.name} was changed by another program or window since you opened it.")
        box.setInformativeText(
            f"The other version is kept as {before(path).name} if you overwrite it."
        )
        overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        aside = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(aside)
        box.exec()
        chosen = box.clickedButton()
        return "overwrite" if chosen is overwrite else "save as" if chosen is aside else "cancel"

    def ask_open_path(self) -> str:
        """Which file to open, "" for none."""
        title, folder = "Open a diagram", self._folder()
        return QFileDialog.getOpenFileName(self._window, title, folder, OPENED)[0]

    def ask_save_path(self, title: str, suffix: str, filter: str) -> str:
        """Under which name to save, "" for not at all."""
        start = str(Path(self._folder()) / Path(self._document.name).with_suffix(suffix))
        path = QFileDialog.getSaveFileName(self._window, title, start, filter)[0]
        return path if not path or Path(path).suffix else path + suffix

    # --- commands ------------------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Whether the diagram may be left: nothing is unsaved, or it was saved now, or it may be lost."""
        if self._document.is_clean:
            return True
        answer = self.ask_unsaved()
        return self.save() if answer == "save" else answer == "discard"

    def new(self) -> None:
        """An empty canvas."""
        if self.may_leave():
            self._take(Diagram(), None, UNTITLED)

    def open(self) -> None:
        """Asks for a file and opens it."""
        path = self.ask_open_path()
        if path:
            self.open_file(path)

    def open_file(self, path: str | Path) -> bool:
        """Opens a file; one of the gallery, or out of a picture, without a name.  A bad file changes nothing but the notice."""
        from app import gallery
        from graph.files import is_of_picture, load

        file = Path(path).expanduser()
        try:
            diagram = load(file)
        except FileError as error:
            self.refused.emit(str(error))
            return False
        if not self.may_leave():
            return False
        if gallery.holds(file) or is_of_picture(file):
            self._take(diagram, None, file.stem)
        else:
            file = file.resolve()
            self._preferences.remember(file)
            self._take(diagram, file, file.stem)
        return True

    def save(self) -> bool:
        """Saves under the present name, or asks for one.  Returns whether it is saved."""
        return self._write(self._document.path) if self._document.path else self.save_as()

    def save_as(self) -> bool:
        """Asks for a name and saves."""
        path = self.ask_save_path("Save the diagram", SUFFIX, FILTER)
        return bool(path) and self._write(Path(path))

    def save_weights(self) -> None:
        """Asks for a name and writes the weights alone."""
        path = self.ask_save_path("Save the weights", ".safetensors", "Weights (*.safetensors)")
        if path:
            self._live.send(SaveWeights(path))

    def is_changed_elsewhere(self) -> bool:
        """Whether the file holds something else than what was read from it or written to it last."""
        now = stamp(self._document.path)
        return now not in ("", self._stamp)

    def reload(self) -> None:
        """Reads the document's file again, after a question when there is unsaved work."""
        if self._document.path is not None:
            self.open_file(self._document.path)

    def open_before(self) -> None:
        """Shows the version before the last save, as unsaved work on the same file."""
        from graph.files import load

        path = self._document.path
        if path is None or not before(path).is_file():
            self.refused.emit(
                "There is no version before: it is kept when a diagram is saved again."
            )
            return
        try:
            diagram = load(before(path))
        except FileError as error:
            self.refused.emit(str(error))
            return
        if self.may_leave():
            self.take_unsaved(diagram, path, path.stem)

    def take_unsaved(self, diagram: Diagram, path: Path | None, name: str) -> None:
        """Shows a diagram that is not what stands in its file."""
        self._take(diagram, path, name)
        self._document.mark_unsaved()

    def _write(self, path: Path) -> bool:
        from graph.files import atomic_write, to_text

        if path == self._document.path and self.is_changed_elsewhere():
            answer = self.ask_conflict(path)
            if answer != "overwrite":
                return answer == "save as" and self.save_as()
        try:
            content = to_text(self.as_saved(self._document.diagram), str(path)).encode()
            with contextlib.suppress(OSError):  # saving is what was asked for
                keep_before(path, content)
            atomic_write(path, content)
        except FileError as error:
            self.refused.emit(str(error))
            return False
        self._stamp = stamp(path)
        self._document.mark_saved(path.resolve())
        self._preferences.remember(path)
        if self.trained:
            self._live.send(SaveWeights(str(path)))
        self.done.emit(f"{path.name} saved")
        return True

    def _take(self, diagram: Diagram, path: Path | None, name: str) -> None:
        self.trained = False
        self._stamp = stamp(path)
        self._document.load(diagram, path, name)
        weights = str(path) if path is not None else ""
        self._live.show(diagram, self._document.folder, fresh=True, weights=weights)
        self.opened.emit()

    def _folder(self) -> str:
        recent = self._preferences.recent
        near = self._document.path or (recent[0] if recent else None)
        return str(near.parent) if near is not None else str(Path.home())
