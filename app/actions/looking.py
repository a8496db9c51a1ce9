"""What part of the diagram is seen, and how."""

from __future__ import annotations

from app.actions.commands import Commands, Table

ZOOM = 1.25  # factor of one zoom step


class Looking(Commands):
    """The menu View."""

    def table(self) -> Table:
        view = self._window.view
        return {
            "frame_all": view.frame_all,
            "frame_selection": self.frame_selection,
            "zoom_in": lambda: view.set_zoom(view.zoom * ZOOM),
            "zoom_out": lambda: view.set_zoom(view.zoom / ZOOM),
            "zoom_reset": lambda: view.set_zoom(1.0),
            "minimap": self.show_minimap,
            "calm": self.calm,
        }

    def frame_selection(self) -> None:
        """Shows the selected blocks, or all."""
        picked = self.picked()
        if picked:
            self._window.view.zoom_to(picked)
        else:
            self._window.view.frame_all()

    def show_minimap(self, wanted: bool) -> None:
        """The overview in the corner."""
        self._window.view.minimap = wanted
        self._window.preferences.keep("minimap", wanted)

    def calm(self, wanted: bool) -> None:
        """No running pulses, and nothing else that moves by itself."""
        self._window.scene.pulses.motion = not wanted
        self._window.figures.set_motion(not wanted)
        self._window.preferences.keep("calm", wanted)
