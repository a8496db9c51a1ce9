"""The heading of a dock: its title by which it is dragged, help with the formula, and what can be done with its view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.views.table import Table, csv_text
from graph.files import atomic_write
from graph.problem import FileError

FINE = 2  # pixels of a picture for one of the screen
WIDE = 340  # pixels of the help


class Heading(QWidget):
    """A quiet line: what is pressed beside its buttons goes to the dock, which can be dragged by it."""

    def __init__(self, dock: QDockWidget, title: str, say: Callable[[str], None]) -> None:
        super().__init__(dock)
        self._dock, self._say = dock, say
        self._view: QWidget = self
        self.label = QLabel(title)
        self.label.setProperty("role", "title")
        self.help = self._button("?", f"what {title} shows", self.show_help)
        self.more = self._button("⋯", f"{title}: copy, save, float, close", self.show_menu)
        self.popup: QFrame | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 10, 12, 2)
        row.setSpacing(2)
        row.addWidget(self.label, 1)
        row.addWidget(self.help)
        row.addWidget(self.more)

    def _button(self, text: str, tip: str, press: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("role", "heading")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFixedSize(QSize(22, 20))
        button.clicked.connect(press)
        return button

    def hold(self, content: QWidget) -> None:
        """This is what stands below: it decides which buttons there are, and takes the keys of copying."""
        self._view = content
        self.help.setVisible(bool(getattr(content, "help", "")))
        if hasattr(content, "table"):
            if content.focusPolicy() == Qt.FocusPolicy.NoFocus:
                content.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            content.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy, pressed in the view, copies the view and not the blocks on the canvas."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.copy_picture()
                return True
        return super().eventFilter(watched, event)

    # --- help --------------------------------------------------------------------------------------------------------

    def show_help(self) -> None:
        """A sentence with the formula, until something else is pressed."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setObjectName("popup")
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title, text = (
            QLabel(self.label.text()),
            QLabel(str(getattr(self._view, "help", ""))),
        )
        title.setProperty("role", "title")
        for label in (title, text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        column = QVBoxLayout(popup)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(6)
        column.addWidget(title)
        column.addWidget(text)
        popup.setFixedWidth(WIDE)
        popup.adjustSize()
        right = self.help.mapToGlobal(QPoint(self.help.width(), self.help.height() + 2))
        popup.move(max(0, right.x() - WIDE), right.y())
        popup.setAccessibleName(f"help: {self.label.text()}")
        self.popup = popup
        popup.destroyed.connect(self._closed)
        popup.show()

    def _closed(self) -> None:
        self.popup = None

    # --- the menu ----------------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """What can be done with the view."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        if hasattr(self._view, "table"):
            copy = self._add(menu, "Copy as &picture", self.copy_picture)
            copy.setShortcut(QKeySequence.StandardKey.Copy)
            copy.setToolTip("also by Ctrl+C after a click into the view")
            self._add(menu, "&Save picture…", self.save_picture)
            numbers = bool(self._table()[1])
            self._add(menu, "Copy as &CSV", self.copy_csv).setEnabled(numbers)
            self._add(menu, "Save CS&V…", self.save_csv).setEnabled(numbers)
            menu.addSeparator()
        floats = self._dock.isFloating()
        self._add(menu, "&Dock" if floats else "&Float", lambda: self._dock.setFloating(not floats))
        self._add(menu, "C&lose", self._dock.close)
        return menu

    def _add(self, menu: QMenu, text: str, run: Callable[[], object]) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda _checked=False: run())
        return action

    def show_menu(self) -> None:
        """Opens it below its button."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    # --- pictures and numbers ----------------------------------------------------------------------------------------

    def picture(self) -> QImage:
        """The view as it is shown, at twice the resolution."""
        view = self._view
        image = QImage(view.size() * FINE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(FINE)
        image.fill(view.palette().window().color())
        painter = QPainter(image)
        view.render(painter, QPoint())
        painter.end()
        return image

    def _table(self) -> Table:
        table: Table = self._view.table()  # type: ignore[attr-defined]
        return table

    def copy_picture(self) -> None:
        """Puts the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())
        self._say(f"{self.label.text()}: picture copied")

    def copy_csv(self) -> None:
        """Puts the numbers on the clipboard."""
        QGuiApplication.clipboard().setText(csv_text(*self._table()))
        self._say(f"{self.label.text()}: numbers copied")

    def save_picture(self) -> None:
        """Asks for a file and writes the picture into it."""
        name = self._ask("PNG picture (*.png)", ".png")
        if name is None:
            return
        if self.picture().save(str(name), "PNG"):  # type: ignore[call-overload]
            self._say(f"{name.name} saved")
        else:
            self._say(f"{name} cannot be written: choose another folder.")

    def save_csv(self) -> None:
        """Asks for a file and writes the numbers into it."""
        name = self._ask("Table (*.csv)", ".csv")
        if name is None:
            return
        try:
            atomic_write(name, csv_text(*self._table()).encode())
        except FileError as error:
            self._say(str(error))
        else:
            self._say(f"{name.name} saved")

    def _ask(self, kinds: str, suffix: str) -> Path | None:
        start = self._dock.objectName() + suffix
        name, _ = QFileDialog.getSaveFileName(self, "Save", start, kinds)
        return Path(name).with_suffix(suffix) if name else None
