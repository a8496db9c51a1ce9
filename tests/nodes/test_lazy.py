"""The block library without torch: what the screen needs of it must not load the engine."""

import subprocess
import sys

SCRIPT = """
import pkgutil, sys
import nodes.catalogue, nodes.names, nodes.shapes, nodes.sketch, nodes.variables
from graph.diagram import Diagram
from nodes.catalogue import catalogue
from nodes.names import names
from graph.settings import settings_of

for cls in catalogue().values():
    settings_of(cls)
sketch = nodes.sketch.Sketch()
x = sketch.observed("x")
sketch.cross_entropy(sketch.linear(x), sketch.observed("y"))
print(names(sketch.diagram(data="spiral")).labels["linear1"])
heavy = {"torch", "numpy", "PySide6", "sklearn"} & set(sys.modules)
sys.exit(", ".join(sorted(heavy)) or 0)
"""


def test_nothing_but_build_imports_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, "w₀x"), done.stderr
