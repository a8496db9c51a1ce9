"""What this machine lacks: Python, packages, torch, Qt, system libraries, fonts, a place for settings."""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from app.screen import screen_trouble

# what Qt loads -> the Debian package that has it
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONTS = "fonts-dejavu"
NOTATION = "ȳžλ∂₀‖−"  # must have glyphs

_TORCH = """
import json, torch
devices = ["cpu"] + [f"cuda:{n} {torch.cuda.get_device_name(n)}" for n in range(torch.cuda.device_count())]
if torch.backends.mps.is_available():
    devices.append("mps")
print(json.dumps({"version": torch.__version__, "devices": devices}))
"""

_QT = """
import json, sys
from PySide6.QtCore import QSettings, qVersion
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics
from PySide6.QtWidgets import QApplication
application = QApplication([])
store = QSettings("gradboard", "gradboard")
metrics = QFontMetrics(QFont("DejaVu Sans"))
print(json.dumps({
    "version": qVersion(), "platform": application.platformName(), "font": QFontInfo(QFont("DejaVu Sans")).family(),
    "families": len(QFontDatabase.families()), "lacks": [c for c in sys.argv[1] if not metrics.inFontUcs4(ord(c))],
    "store": store.fileName(), "writable": store.isWritable(),
}))
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.  `advice` says what to do about it; when it is empty, all is well."""

    what: str
    found: str
    advice: str = ""


def examine() -> list[Finding]:
    """Looks at everything; takes some seconds, because torch and Qt are started in processes of their own."""
    return [_python(), *_packages(), _torch(), *_libraries(), *_qt(), _screen()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("Python", version, "" if good else "Install Python 3.11 or newer.")


def _packages() -> list[Finding]:
    try:
        wanted = importlib.metadata.requires("gradboard") or []
    except importlib.metadata.PackageNotFoundError:
        return [Finding("packages", "Gradboard is not installed", "Run: pip install -e .")]
    found = []
    for text in wanted:
        if "extra ==" in text:
            continue
        name = re.split(r"[^A-Za-z0-9_.-]", text)[0]
        try:
            found.append(Finding(name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(name, "missing", f'Run: pip install "{text}"'))
    return found


def _torch() -> Finding:
    told, trouble = _told_by(_TORCH, {})
    if trouble:
        return Finding(
            "torch starts", trouble, "Install it anew: pip install --force-reinstall torch"
        )
    return Finding("torch starts", f"{told['version']}, devices: {', '.join(told['devices'])}")


def _libraries() -> list[Finding]:
    if not sys.platform.startswith("linux"):
        return []
    needed = {**LIBRARIES, **(X11_LIBRARIES if os.environ.get("DISPLAY") else {})}
    missing = [name for name in needed if not _loads(name)]
    if not missing:
        return [Finding("system libraries", f"all {len(needed)} there")]
    packages = " ".join(needed[name] for name in missing)
    return [
        Finding(
            "system libraries",
            f"missing: {', '.join(missing)}",
            f"On Debian: sudo apt-get install -y {packages}",
        )
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _qt() -> list[Finding]:
    told, trouble = _told_by(_QT, {"QT_QPA_PLATFORM": "offscreen"}, NOTATION)
    if trouble:
        return [
            Finding("Qt starts", trouble, "See the lines on pyside6 and system libraries above.")
        ]
    return [
        Finding("Qt starts", f"{told['version']}, without a screen"),
        _fonts(told),
        _store(told),
    ]


def _fonts(told: dict[str, Any]) -> Finding:
    found = f"{told['families']} families, notation in {told['font'] or 'none'}"
    if not told["lacks"]:
        return Finding("fonts", found)
    advice = f"Install the DejaVu fonts; on Debian: sudo apt-get install -y {FONTS}"
    return Finding("fonts", f"{found}, which lacks {' '.join(told['lacks'])}", advice)


def _store(told: dict[str, Any]) -> Finding:
    advice = f"Make {told['store']} writable, or the window forgets recent files and theme."
    return Finding("settings", told["store"], "" if told["writable"] else advice)


def _screen() -> Finding:
    trouble = screen_trouble()
    if trouble:
        return Finding("screen", f"none, only the commands work here. {trouble}")
    told, trouble = _told_by(_QT, {}, NOTATION)
    if trouble:
        return Finding("screen", trouble, "Qt cannot open a window: see system libraries above.")
    return Finding("screen", f"windows open on {told['platform']}")


def _told_by(program: str, environment: dict[str, str], *words: str) -> tuple[dict[str, Any], str]:
    """What a Python program prints as JSON, and what went wrong with it ("" when nothing did)."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return {}, "did not answer within 120 seconds"
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    if done.returncode == 0 and lines:
        return json.loads(lines[-1]), ""
    return {}, lines[-1] if lines else f"ended with code {done.returncode}"
