"""What is shown on the drawing while it trains: View > On the drawing."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Drawing(Commands):
    """Switches of what runs along the wires and of the signs beside blocks; each is remembered."""

    def table(self) -> Table:
        return {
            "gradients": self.show_gradients,
            "values": self.show_values,
            "marks": self.show_marks,
            "dead": self.show_dead,
            "tint": self.show_tint,
            "legend": self.show_legend,
            "shapes": self.show_shapes,
            "card": self.show_card,
        }

    def show_gradients(self, wanted: bool) -> None:
        """Green pulses and numbers."""
        self._window.scene.pulses.flows.show_gradients = wanted
        self._keep("gradients", wanted)

    def show_values(self, wanted: bool) -> None:
        """Grey pulses and numbers of the values."""
        self._window.scene.pulses.flows.show_values = wanted
        self._keep("values", wanted)

    def show_marks(self, wanted: bool) -> None:
        """Where gradients begin to vanish or explode."""
        self._window.scene.signs.marks = wanted
        self._keep("marks", wanted)

    def show_dead(self, wanted: bool) -> None:
        """The share of dead units below rectifiers."""
        self._window.scene.signs.dead_wanted = wanted
        self._keep("dead", wanted)

    def show_tint(self, wanted: bool) -> None:
        """A tint where weights have moved."""
        self._window.scene.signs.tint_wanted = wanted
        self._window.scene.tinted.emit()
        self._keep("tint", wanted)

    def show_legend(self, wanted: bool) -> None:
        """What the pulses stand for."""
        self._window.view.legend_wanted = wanted
        self._keep("legend", wanted)

    def show_shapes(self, wanted: bool) -> None:
        """The sizes above circles."""
        self._window.scene.show_shapes(wanted)
        self._keep("shapes", wanted)

    def show_card(self) -> None:
        """The card of the selected block's variable."""
        self._window.view.card.toggle()

    def _keep(self, name: str, wanted: bool) -> None:
        self._window.preferences.keep(name, wanted)
        self._window.scene.ticked.emit()
        self._window.live.look_again()
