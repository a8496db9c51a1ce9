"""The gradient graph over the diagram."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Mirroring(Commands):
    """Of the menu View what shows the gradient graph."""

    def table(self) -> Table:
        return {"mirror": self.mirror}

    def mirror(self, wanted: bool) -> None:
        """Shows the mirror image, and the whole of it, or takes it away."""
        window = self._window
        if wanted != window.scene.mirror.wanted:
            window.scene.mirror.wanted = wanted
            window.view.frame_all()
