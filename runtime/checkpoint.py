"""A run on disk: NAME.safetensors holds the weights, NAME.state.safetensors what else the next step depends on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from graph.files import atomic_write
from graph.problem import FileError
from runtime.kept import Kept

if TYPE_CHECKING:
    from runtime.run import Run

_FORMAT = "gradboard state 1"


def weights_path(path: str | Path) -> Path:
    """Where the weights of the diagram at `path` lie."""
    return Path(path).with_suffix(".safetensors")


def state_path(path: str | Path) -> Path:
    """Where optimizer and random state of the diagram at `path` lie."""
    return Path(path).with_suffix(".state.safetensors")


def save_run(state: Mapping[str, Any], path: str | Path) -> Path:
    """Writes a Run's `state()` beside the diagram at `path`; returns the file of the weights.  Raises FileError."""
    weights = {k: v.contiguous().cpu() for k, v in state["weights"].items()}
    tensors, plain = _flatten(state["optimizer"])
    tensors["generator"], tensors["random"] = state["batches"]["generator"], state["random"]
    place = {
        "epoch": state["batches"]["epoch"],
        "position": state["batches"]["position"],
        "step": state["step"],
        "losses": state["record"]["losses"],
        "best_epoch": state["record"]["best_epoch"],
    }
    tensors |= {f"best.{name}": value for name, value in state["record"]["best"].items()}
    metadata = {"format": _FORMAT, "optimizer": json.dumps(plain), "place": json.dumps(place)}
    # the weights first: alone they are of use, the state without them is not
    atomic_write(weights_path(path), save(weights))
    atomic_write(
        state_path(path), save({k: v.contiguous().cpu() for k, v in tensors.items()}, metadata)
    )
    return weights_path(path)


def load_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file by name.  Raises FileError."""
    return _read(Path(path))


def load_run(path: str | Path) -> dict[str, Any] | None:
    """The state saved beside the diagram at `path`, None when there is none.  Raises FileError."""
    if not weights_path(path).exists() or not state_path(path).exists():
        return None
    weights, tensors = _read(weights_path(path)), _read(state_path(path))
    try:
        return {"weights": weights, **_state(tensors, _metadata(state_path(path)))}
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise FileError(
            f"{state_path(path)} does not hold the state of a run ({error}): delete it to go on without."
        ) from None


def _state(tensors: dict[str, torch.Tensor], metadata: Mapping[str, str]) -> dict[str, Any]:
    """What `save_run` has written besides the weights.  Raises KeyError, ValueError, TypeError, RecursionError."""
    if metadata.get("format") != _FORMAT:
        raise ValueError("it is of another version")
    place, plain = json.loads(metadata["place"]), json.loads(metadata["optimizer"])
    generator, random = tensors.pop("generator"), tensors.pop("random")
    best = {k.removeprefix("best."): tensors.pop(k) for k in [*tensors] if k.startswith("best.")}
    record = {
        "losses": place.get("losses", []),
        "best_epoch": place.get("best_epoch", 0),
        "best": best,
    }
    return {
        "optimizer": _unflatten(plain, tensors),
        "batches": {
            "epoch": place["epoch"],
            "position": place["position"],
            "generator": generator,
        },
        "random": random,
        "step": int(place["step"]),
        "record": record,
    }


def resume(run: Run, path: str | Path) -> bool:
    """Puts a run where the state saved beside the diagram at `path` stands, and has its past begin there.

    Weights without a state are taken into the run as it stands; False when there are none.
    Raises FileError when they belong to another diagram or optimizer; the run then stands where it stood.
    """
    if not weights_path(path).exists():
        return False
    fresh = run.state()
    saved = load_run(path) or {**fresh, "weights": load_weights(weights_path(path))}
    if _shapes(saved["weights"]) != _shapes(fresh["weights"]):
        raise FileError(
            f"{weights_path(path)}: these weights belong to another diagram; they were left alone."
        )
    if _entries(saved["optimizer"]) != _entries(fresh["optimizer"]):
        raise FileError(
            f"{state_path(path)}: this state belongs to another optimizer; it was left alone."
        )
    try:
        run.restore(saved)
        _check_optimizer(run)
    except (ValueError, KeyError, RuntimeError, TypeError) as error:
        run.restore(fresh)
        raise FileError(
            f"{state_path(path)}: this state does not fit ({error}); it was left alone."
        ) from None
    run.trail.clear()
    run.trail.note(run.step_count, run.state)
    run.origin = Kept(run.program.parameters)
    return True


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in weights.items()}


def _entries(optimizer: Mapping[str, Any]) -> list[set[str]]:
    return [set(group) for group in optimizer.get("param_groups", [])]


def _check_optimizer(run: Run) -> None:
    for parameter, state in run.optimizer.state.items() if run.optimizer else ():
        for name, value in state.items():
            whole = "old_dirs" in state  # L-BFGS: all weights in one long vector
            if whole or not torch.is_tensor(value) or not value.dim():
                continue
            if value.shape != parameter.shape:
                raise ValueError(f"{name} is {tuple(value.shape)}, not {tuple(parameter.shape)}")


def _read(path: Path) -> dict[str, torch.Tensor]:
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is a folder, a device or a pipe")
        found: dict[str, torch.Tensor] = load_file(path)
        return found
    except FileNotFoundError:
        raise FileError(f"{path} is not there.") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise FileError(f"{path} cannot be read as safetensors ({error}).") from None


def _metadata(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return dict(file.metadata() or {})


def _flatten(optimizer: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """An optimizer's state_dict as tensors with names, and the rest as JSON-plain values."""
    tensors: dict[str, torch.Tensor] = {}
    plain: dict[str, Any] = {
        "groups": optimizer.get("param_groups", []),
        "state": {},
        "lists": {},
    }
    for number, state in optimizer.get("state", {}).items():
        for name, value in state.items():
            if torch.is_tensor(value):
                tensors[f"{number}.{name}"] = value
            elif isinstance(value, list):
                # L-BFGS keeps lists of tensors; its list of None is scratch space that it makes anew
                if all(torch.is_tensor(v) for v in value):
                    lists = plain["lists"].setdefault(str(number), {})
                    lists[name] = len(value)
                    tensors |= {f"{number}.{name}.{n}": v for n, v in enumerate(value)}
            else:
                plain["state"].setdefault(str(number), {})[name] = value
    return tensors, plain


def _unflatten(plain: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    if not plain["groups"]:
        return {}
    state: dict[int, dict[str, Any]] = {
        int(n): dict(values) for n, values in plain["state"].items()
    }
    rest = dict(tensors)
    for number, lists in plain.get("lists", {}).items():
        for name, count in lists.items():
            entries = [rest.pop(f"{number}.{name}.{n}") for n in range(count)]
            state.setdefault(int(number), {})[name] = entries
    for key, value in rest.items():
        number, name = key.split(".", 1)
        state.setdefault(int(number), {})[name] = value
    return {"state": state, "param_groups": plain["groups"]}
