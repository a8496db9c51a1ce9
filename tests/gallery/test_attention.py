"""Attention, memory, transformers, nets over graphs: what the systems of the lectures must show."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import gradboard as gb
from runtime.train import Result
from tests.gallery.by_hand import Tensors, assert_gradients_equal, beginning, layer, out, seen
from tests.gallery.numbers import changed, held_out, trained

WIDTH, HEADS = 32, 4


def by_place(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Cross entropy averaged over places and samples.  [B, T, classes], [B, T]."""
    return F.cross_entropy(scores.flatten(0, 1), y.flatten())


def test_attention_drawn_from_blocks_equals_pytorchs() -> None:
    run, fields, own = beginning("attention")
    z = F.embedding(fields["x"], own["embedding1.weight"]) + own["learned_position1.weight"]
    q, k, v = (F.linear(z, own[f"{n}.weight"]) for n in ("q", "k", "v"))
    scores = layer(own, "linear1", F.scaled_dot_product_attention(q, k, v))
    assert_gradients_equal(run, fields, own, by_place(scores, fields["y"]))


def test_attention_looks_at_the_mirror_image_of_each_place() -> None:
    result = trained("attention")
    weights = out(seen(result.run, result.run.batches.part("test")), "softmax1")
    torch.testing.assert_close(weights.sum(2), torch.ones_like(weights[..., 0]))
    table = weights.mean(0)
    assert table.argmax(1).tolist() == list(range(len(table)))[::-1]
    assert table.flip(1).diagonal().min() > 0.9
    assert held_out(result) > 0.99


def heads_of(own: Tensors, block: str) -> Tensors:
    """The block's weights by the names of nn.MultiheadAttention."""
    parts = ("query", "key", "value")
    return {
        "in_proj_weight": torch.cat([own[f"{block}.{p}_weight"] for p in parts]),
        "in_proj_bias": torch.cat([own[f"{block}.{p}_bias"] for p in parts]),
        "out_proj.weight": own[f"{block}.out_weight"],
        "out_proj.bias": own[f"{block}.out_bias"],
    }


def test_multi_head_attention_equals_pytorchs() -> None:
    run, fields, own = beginning("multi-head-attention")
    z = F.embedding(fields["x"], own["embedding1.weight"]) + own["learned_position1.weight"]
    heads = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, dtype=torch.float64)
    weights = heads_of(own, "multi_head_attention1")
    attended, _ = torch.func.functional_call(heads, weights, (z, z, z))
    scores = layer(own, "linear1", attended)
    assert_gradients_equal(run, fields, own, by_place(scores, fields["y"]))


def test_multi_head_attention_reverses_sequences() -> None:
    assert held_out(trained("multi-head-attention")) > 0.99


def test_a_memory_is_read_where_the_question_points() -> None:
    run, fields, own = beginning("memory-net")
    x = F.linear(fields["query"], own["linear1.weight"])
    c = torch.einsum("bsk,bk->bs", fields["keys"], x).softmax(1)
    s = torch.einsum("bs,bsa->ba", c, fields["values"])
    loss = F.cross_entropy(layer(own, "linear2", s), fields["y"])
    assert_gradients_equal(run, fields, own, loss)


def test_a_memory_answers() -> None:
    result = trained("memory-net")
    fields = result.run.batches.part("test")
    asked = torch.einsum("bsk,bk->bs", fields["keys"], fields["query"]).argmax(1)
    chosen = out(seen(result.run, fields), "softmax1")[:, 0].argmax(1)
    assert (chosen == asked).double().mean() > 0.98
    assert held_out(result) > 0.97


def encoded(own: Tensors, path: str, z: torch.Tensor) -> torch.Tensor:
    """One encoder by PyTorch, with the weights of the use of the part at `path`."""
    theirs = nn.TransformerEncoderLayer(
        WIDTH, HEADS, 64, dropout=0.0, batch_first=True, dtype=torch.float64
    )
    heads = heads_of(own, f"{path}/multi_head_attention1")
    weights = {f"self_attn.{name}": value for name, value in heads.items()}
    ours = {
        "linear1": "linear1",
        "linear2": "linear2",
        "norm1": "layer_norm1",
        "norm2": "layer_norm2",
    }
    for name, block in ours.items():
        weights |= {f"{name}.{p}": own[f"{path}/{block}.{p}"] for p in ("weight", "bias")}
    result: torch.Tensor = torch.func.functional_call(theirs, weights, (z,))
    return result


def waves(length: int) -> torch.Tensor:
    """Sines and cosines of the place, from their formula.  [length, WIDTH]."""
    angles = np.arange(length)[:, None] / 10_000 ** (np.arange(0, WIDTH, 2) / WIDTH)
    return torch.as_tensor(np.stack([np.sin(angles), np.cos(angles)], -1).reshape(length, WIDTH))


def test_a_transformer_of_parts_equals_pytorchs_encoder() -> None:
    run, fields, own = beginning("transformer")
    z = F.embedding(fields["x"], own["embedding1.weight"]) + waves(fields["x"].shape[1])
    for use in ("encoder1", "encoder2"):
        z = encoded(own, use, z)
    scores = layer(own, "linear1", z)
    assert_gradients_equal(run, fields, own, by_place(scores, fields["y"]))


def test_a_transformer_reverses_sequences() -> None:
    assert held_out(trained("transformer")) > 0.99


def assert_body_rests(result: Result, before: Tensors) -> None:
    """Attention and net of the encoders are as before, the adapters have moved."""
    after = result.program.module.state_dict()
    resting = [
        n for n in after if n.startswith("encoder") and "/adapter" not in n and "norm" not in n
    ]
    assert len(resting) == 2 * (8 + 4)
    for name in resting:
        torch.testing.assert_close(after[name], before[name], rtol=0, atol=0)
    moved = [n for n in after if "/adapter" in n and n.endswith("linear2.weight")]
    assert len(moved) == 4 and all(after[n].norm() > 0 for n in moved)  # they began at 0


def test_adapters_begin_as_the_transformer_and_leave_its_body_alone() -> None:
    weights = trained("transformer").program.module.state_dict()
    before = {name: value.clone() for name, value in weights.items()}
    start = gb.train(changed("transformer-adapter"), weights=before, steps=0)
    part = start.run.batches.part("test")
    torch.testing.assert_close(
        start.program.predict(x=part["x"]), trained("transformer").program.predict(x=part["x"])
    )
    result = gb.train(changed("transformer-adapter"), weights=before, steps=5)
    assert_body_rests(result, before)


@pytest.mark.slow
def test_adapters_learn_in_a_body_that_was_drawn_at_random() -> None:
    assert held_out(trained("transformer-adapter")) > 0.97


@pytest.mark.slow
def test_adapters_teach_a_trained_transformer_another_task() -> None:
    weights = trained("transformer").program.module.state_dict()
    before = {name: value.clone() for name, value in weights.items()}
    data = {**changed("transformer-adapter").recipe["data"], "task": "copy"}
    task = changed("transformer-adapter", data=data)
    assert gb.train(task, weights=before, steps=0).metrics["test"]["accuracy"] < 0.5
    result = gb.train(task, weights=before, epochs=15)
    assert held_out(result) > 0.97
    assert_body_rests(result, before)


def scaled(links: torch.Tensor) -> torch.Tensor:
    """D^−½ (A + 1) D^−½ where A has no loops yet, by numpy.  [..., N, N]."""
    a = links.numpy()
    root = np.sqrt(a.sum(-1))
    return torch.as_tensor(a / root[..., :, None] / root[..., None, :])


def test_a_graph_net_averages_over_neighbours() -> None:
    run, fields, own = beginning("graph-net", 4)
    a = scaled(fields["adjacency"] + torch.eye(60, dtype=torch.float64))
    z = torch.relu(layer(own, "linear1", a @ fields["x"]))
    scores = layer(own, "linear2", a @ z)
    assert_gradients_equal(run, fields, own, by_place(scores, fields["y"]))


def test_a_graph_net_finds_communities_and_needs_the_graph() -> None:
    assert held_out(trained("graph-net")) > 0.95
    data = {**changed("graph-net").recipe["data"], "inside": 0.0, "between": 0.0}
    assert held_out(gb.train(changed("graph-net", data=data))) < 0.85


def test_the_karate_club_from_its_two_leaders() -> None:
    run, fields, own = beginning("karate-club", 1)
    a = scaled(fields["adjacency"])
    z = torch.tanh(layer(own, "linear1", a @ fields["x"]))
    scores = layer(own, "linear2", a @ z)
    assert_gradients_equal(run, fields, own, by_place(scores[:, [0, 33]], fields["y"][:, [0, 33]]))

    result = trained("karate-club")
    answer = out(seen(result.run, result.run.batches.part("training")), "permute1")[0].argmax(0)
    club = networkx.karate_club_graph()
    sides = [int(club.nodes[n]["club"] == "Officer") for n in club]
    right = int((answer == torch.tensor(sides)).sum())
    assert right >= 32
    assert result.metrics["training"]["accuracy"] == pytest.approx(right / 34)
