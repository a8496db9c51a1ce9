"""The modules of a program's blocks, under the generated names that fx needs, and what their weights are called outside."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import fx, nn

from graph.diagram import Diagram
from nodes.block import Regulariser
from runtime.making import Stage, owner_of


class Modules:
    """`root` holds the modules, which all graphs of a program run: so these share their weights.

    `targets` gives the generated name of a block's module.  A state_dict of a graph has the public names, as
    `linear1.weight`, of all blocks, also of those that the graph does not run.
    """

    def __init__(
        self, diagram: Diagram, stages: Mapping[str, Stage], dtype: torch.dtype, device: str
    ) -> None:
        self.root = nn.Module()
        self.targets: dict[str, str] = {}
        self.gates: dict[str, str] = {}  # by regulariser that begins later: 0 until then, then 1
        self._owners: dict[str, str] = {}  # by generated name: the block whose weights they are
        known: dict[int, str] = {}  # by the module's identity: sharing blocks have one
        for number, (name, stage) in enumerate(stages.items()):
            if isinstance(stage.op, nn.Module):
                target = self.targets[name] = known.setdefault(id(stage.op), f"m{number}")
                self._owners[target] = owner_of(diagram, name)
                self.root.add_module(target, stage.op)
            if isinstance(stage.type, Regulariser) and stage.type.start:
                self.gates[name] = f"gate{number}"
                closed = torch.zeros((), dtype=dtype)
                self.root.register_buffer(self.gates[name], closed, persistent=False)
        if device != "meta":
            self.root.to(device)
        # where every trainable weight lies inside, and the weight itself, by its public name
        self.paths = {self._public(path): path for path, _ in self.root.named_parameters()}
        self.parameters = {n: self.root.get_parameter(path) for n, path in self.paths.items()}

    def _public(self, key: str) -> str:
        """`linear1.weight` for fx's `m3.weight`."""
        target, _, rest = key.partition(".")
        while rest.startswith("inner."):  # of what wraps a block's own module
            rest = rest.removeprefix("inner.")
        return f"{self._owners.get(target, target)}.{rest}"

    def is_weight(self, name: str) -> bool:
        """Whether a regulariser of all weights counts this parameter: matrices, filters, drawn-out parameters; no biases."""
        return self.parameters[name].dim() >= 2 or name.endswith(".value")

    def open_gate(self, name: str, is_open: bool) -> None:
        """Whether a regulariser that begins later counts by now."""
        if name in self.gates:
            self.root.get_buffer(self.gates[name]).fill_(float(is_open))

    # --- graphs over them ------------------------------------------------------------------------------------

    def graph_module(self, graph: fx.Graph) -> fx.GraphModule:
        """A module that runs a graph over these modules."""
        graph.lint()
        made = fx.GraphModule(self.root, graph, class_name="Diagram")
        for name, child in self.root.named_children():
            if not hasattr(
                made, name
            ):  # not run by this graph, its weights are in the state all the same
                made.add_module(name, child)
        made.register_state_dict_post_hook(
            partial(self._named)
        )  # a method takes no mark of torch's
        made.register_load_state_dict_pre_hook(self._unnamed)
        weakref.finalize(made, _forget, type(made).forward.__code__.co_filename)
        # it shares its sub-modules with the others: setting its mode here would set theirs, in the middle of a judgement
        return made

    def _named(self, _module: nn.Module, state: dict[str, Any], prefix: str, _meta: Any) -> None:
        inside = {k.removeprefix(prefix): state.pop(k) for k in [*state] if k.startswith(prefix)}
        for key, value in inside.items():
            if "." in key:  # gates stay inside
                state[prefix + self._public(key)] = value

    def _unnamed(self, _module: nn.Module, state: dict[str, Any], prefix: str, *_rest: Any) -> None:
        inside = {key: self._public(key) for key in self.root.state_dict()}
        found = {
            key: state[prefix + name] for key, name in inside.items() if prefix + name in state
        }
        for name in {*inside.values()}:
            state.pop(prefix + name, None)
        state.update({prefix + key: value for key, value in found.items()})
        gates = self.root.named_buffers(recurse=False)
        state.update({f"{prefix}{name}": gate for name, gate in gates})


def _forget(file: str) -> None:
    """A graph's end: fx keeps the source of every one for tracebacks, which over many edits becomes much."""
    loader = getattr(fx.graph_module, "_loader", None)
    getattr(loader, "eval_cache", {}).pop(file, None)
    linecache.cache.pop(file, None)
