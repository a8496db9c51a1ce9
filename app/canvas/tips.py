"""What the tool tip at a point of the canvas says: what it is, its shape, what flows, what is wrong.  No Qt widgets."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF

from app.canvas import hits
from app.canvas.faces import energy, scientific, shape_text
from app.canvas.scene import CanvasScene
from graph.diagram import Pin, Wire
from nodes.parts import can_mute, type_in
from runtime.snapshot import Flow


def tip_at(scene: CanvasScene, point: QPointF, scale: float) -> str:
    """Rich text for a point of the scene, "" where there is nothing."""
    if (pin := hits.port_at(scene, point, hits.pin_reach(scale))) is not None:
        return _lines(f"<b>{pin}</b>", *_of_input(scene, pin))
    if (pin := hits.ring_at(scene, point)) is not None:
        return _lines(f"<b>{pin}</b>", *_of_output(scene, pin))
    if (item := hits.block_at(scene, point)) is not None:
        return _lines(*_of_block(scene, item.block))
    if (wire := hits.wire_at(scene, point, hits.wire_reach(scale))) is not None:
        return _lines(f"<b>{escape(str(wire))}</b>", *_of_wire(scene, wire))
    return ""


def _lines(*lines: str) -> str:
    return "<br>".join(line for line in lines if line)


def _of_input(scene: CanvasScene, pin: Pin) -> list[str]:
    source = scene.diagram.inputs.get(pin)
    comes = f"from {source}, {_shape(scene, source)}" if source else "no wire yet: drag one here"
    return [comes.rstrip(", "), *_troubles(scene, pin)]


def _of_output(scene: CanvasScene, pin: Pin) -> list[str]:
    snapshot = scene.pulses.snapshot
    flow = snapshot.variables.get(pin) if snapshot else None
    told = f"output, {_shape(scene, pin)}".rstrip(", ")
    return [
        told,
        _flow(flow),
        scene.signs.of_pin(pin),
        *_troubles(scene, pin),
        "drag a wire out of it; double click names it",
    ]


def _of_wire(scene: CanvasScene, wire: Wire) -> list[str]:
    snapshot = scene.pulses.snapshot
    return [_shape(scene, wire.source), _flow(snapshot.flows.get(wire) if snapshot else None)]


def _of_block(scene: CanvasScene, name: str) -> list[str]:
    block, snapshot = scene.diagram.blocks[name], scene.pulses.snapshot
    kind = type_in(scene.diagram, block)
    told = [f"<b>{name}</b> · {escape(kind.title if kind else block.kind)}"]
    if block.muted and can_mute(scene.diagram, block):
        told.append("muted: what enters it goes straight on")
    if kind is not None and kind.formula:
        told.append(f"<i>{escape(kind.formula)}</i>")
    if (count := scene.report.counts.get(name)) is not None and count.weights:
        told.append(f"{count.weights:,} weights · {count.macs:,} MACs a sample")
    if snapshot is not None and name in snapshot.weight_gradients:
        told.append(f"|∂C/∂w| = {scientific(snapshot.weight_gradients[name])}")
    told += scene.signs.of_block(name)
    if snapshot is not None and name in snapshot.costs:
        told.append(f"C = {energy(snapshot.costs[name])}")
    if (verdict := scene.verdicts.get(name)) is not None:
        told.append(escape(verdict.text))
    problems = scene.blocks[name].face.troubles
    return told + [f"<b>{escape(p.message)}</b> {escape(p.hint)}".strip() for p in problems]


def _troubles(scene: CanvasScene, pin: Pin) -> list[str]:
    problem = scene.blocks[pin.block].face.trouble_at(pin.name)
    return [f"<b>{escape(problem.message)}</b> {escape(problem.hint)}"] if problem else []


def _shape(scene: CanvasScene, pin: Pin) -> str:
    return shape_text(scene.diagram, scene.report, pin)


def _flow(flow: Flow | None) -> str:
    if flow is None:
        return ""
    return f"|value| = {scientific(flow.value)} · |∂C| = {scientific(flow.gradient)}"
