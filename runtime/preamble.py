"""What stands above the class in a diagram's source: its first words, imports, and the definitions that it needs."""

from __future__ import annotations

from collections.abc import Iterable

_HEAD = '''\
"""The predictor of a diagram, written by Gradboard.

    from safetensors.torch import load_file
    model = Diagram()
    model.load_state_dict(load_file("WEIGHTS.safetensors"))
    model.eval()
"""
'''
_IMPORTS = ("import torch", "import torch.nn.functional as F", "from torch import nn")
_REPLACING = '''\
def _without(module: nn.Module, *names: str) -> nn.Module:
    """The module whose parameters of these names are given at every call: neither trained nor saved."""
    for name in names:
        value = getattr(module, name).detach()
        delattr(module, name)
        module.register_buffer(name, value, persistent=False)
    return module


def _with(module, inputs, given):
    """The module's output with other values for some of its parameters."""
    shaped = {name: v.reshape(getattr(module, name).shape) for name, v in given.items()}
    return torch.func.functional_call(module, shaped, inputs)


def _with_own(module, inputs, batched, given, own):
    """The same, the parameters in `own` being others for each sample; `batched` tells of each input whether it is."""

    def shaped(name, value):
        size = getattr(module, name).shape
        return value.reshape((value.shape[0], *size) if name in own else size)

    def sample(inputs, given):
        alone = tuple(v.unsqueeze(0) if one else v for v, one in zip(inputs, batched))
        out = torch.func.functional_call(module, given, alone)
        if not any(batched):
            return out
        return tuple(o.squeeze(0) for o in out) if isinstance(out, tuple) else out.squeeze(0)

    given = {name: shaped(name, value) for name, value in given.items()}
    axes = tuple(0 if one else None for one in batched), {n: 0 if n in own else None for n in given}
    return torch.func.vmap(sample, axes, randomness="different")(inputs, given)'''


def preamble(imports: Iterable[str], definitions: Iterable[str], replacing: bool) -> str:
    """The text down to the class; `replacing` tells that wires bring parameters of some blocks."""
    written = [*definitions]
    future = "\nfrom __future__ import annotations\n" if written else ""
    text = _HEAD + future + "\n" + "\n".join(_import_lines({*_IMPORTS, *imports})) + "\n"
    return text + "".join(f"\n\n{d}\n" for d in [*written, *([_REPLACING] if replacing else [])])


def _import_lines(wanted: set[str]) -> list[str]:
    """One line for each module: plain imports first, PyTorch last."""
    wanted = wanted - {"from torch.nn import functional as F"}  # it is imported already
    plain = sorted(line for line in wanted if line.startswith("import"))
    by_home = dict[str, list[str]]()
    for line in sorted(wanted - set(plain)):
        home, _, name = line.partition(" import ")
        by_home.setdefault(home, []).append(name)
    lines = [*plain, *(f"{home} import {', '.join(names)}" for home, names in by_home.items())]
    return sorted(lines, key=lambda line: "torch" in line)
