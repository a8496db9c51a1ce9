"""What all tests share: no screen, one thread, one QApplication, and no warning of Qt goes unseen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

# before torch or Qt is imported by any test
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

# said by Qt about the machine, not about our use of it
_OF_THE_MACHINE = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise",
    "This plugin does not support grabbing the keyboard",
    "QStandardPaths: XDG_RUNTIME_DIR not set",
    "QStandardPaths: runtime directory",
)


@pytest.fixture(scope="session")
def qapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The one QApplication; what it remembers goes to a temporary folder."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    folder = str(tmp_path_factory.mktemp("settings"))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, folder)
    application = QApplication.instance() or QApplication(["gradboard"])
    yield application


@pytest.fixture(autouse=True)
def _no_warnings_of_qt(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that uses Qt when Qt warns of anything while it runs."""
    if "qapp" not in request.fixturenames:
        yield
        return
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    request.getfixturevalue("qapp")
    said: list[str] = []

    def listen(kind: QtMsgType, _context: object, text: str) -> None:
        serious = kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)
        if serious and not text.startswith(_OF_THE_MACHINE):
            said.append(text)

    before = qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(before)
    assert not said, "Qt warned: " + " | ".join(said)
