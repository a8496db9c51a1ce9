"""Attention, what it needs to know places, and aggregation over a graph."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, Weighted, block, setting
from nodes.shapes import Shape, check_attention, check_sequence, shown


@block
class ScaledDotProductAttention(Function):
    """Weighted sums of the values, the weights from queries and keys; a mask is not 0 where it may look.  [B, T, d], [B, S, d], [B, S, m] -> [B, T, m].  Source: LeCun 2020, attention.

    Its second output shows the weights [B, T, S].  A mask is [T, S] or [B, T, S]; who may look nowhere looks everywhere.
    """

    section = "Attention, graphs"
    title = "attention"
    mark = "Σwv"
    label = "attn({0},{1},{2})"
    symbol = "s"
    outputs = ("y", "weights")
    formula = "s_t = Σ w_ti v_i,  w_t = softmax(K q_t / √d)"
    gradient = "∂C/∂v_i = Σ w_ti g_t,  ∂C/∂(K q_t/√d) = w_t (V g_t − w_t′ V g_t),  g = ∂C/∂s"
    causal: bool = setting(False, help="whether nothing looks at what comes later")

    def build(self, query: Shape, key: Shape, value: Shape, mask: Shape | None = None) -> Any:
        from nodes.modules.attention import Attention

        check_attention(self.kind, query, key, value, mask)
        if query[-1] != key[-1]:
            raise ValueError(
                f"{self.kind}: queries and keys must be equally long, not {query[-1]} and {key[-1]}."
            )
        return Attention(self.causal)


@block
class MultiHeadAttention(Weighted):
    """Several attentions side by side, each with its own projections of queries, keys and values.  [B, T, d], [B, S, k], [B, S, m] -> [B, T, d].  Source: LeCun 2020, transformer.

    Its second output shows the weights [B, T, S], the mean over the heads.  A mask is [T, S] or [B, T, S], not 0 where it may look.
    """

    section = "Attention, graphs"
    title = "multi-head attention"
    mark = "MHA"
    label = "MH({0},{1},{2})"
    symbol = "s"
    outputs = ("y", "weights")
    formula = "s = W_o [head₁, head₂, …] + b_o,  headₕ = attention(W_q q, W_k k, W_v v)"
    gradient = "each head's as in attention, each projection's as in linear; they add up at q, k, v"
    flanks = (
        "query_weight",
        "key_weight",
        "value_weight",
        "out_weight",
        "query_bias",
        "key_bias",
        "value_bias",
        "out_bias",
    )
    heads: int = setting(4, low=1, high=10_000, help="how many; they divide the queries' length")
    causal: bool = setting(False, help="whether nothing looks at what comes later")
    bias: bool = setting(True, help="whether constants are added to each projection")

    def build(self, query: Shape, key: Shape, value: Shape, mask: Shape | None = None) -> Any:
        from nodes.modules.attention import MultiHeadAttention as Heads

        check_attention(self.kind, query, key, value, mask)
        if query[-1] % self.heads:
            raise ValueError(
                f"{self.kind}: queries of length {query[-1]} cannot be divided into {self.heads} heads."
            )
        return Heads(query[-1], key[-1], value[-1], self.heads, self.causal, self.bias)


@block
class PositionalEncoding(Function):
    """Sines and cosines of the place, added to a sequence.  [B, T, d] -> [B, T, d].  Source: Vaswani 2017, LeCun 2020 transformer."""

    section = "Attention, graphs"
    mark = "~~"
    label = "{0}+pos"
    symbol = "s"
    formula = "s_t,2i = z_t,2i + sin(t/ω^(2i/d)),  s_t,2i+1 = z_t,2i+1 + cos(t/ω^(2i/d))"
    gradient = "∂C/∂z = ∂C/∂s"
    base: float = setting(
        10_000.0, low=1.0, high=1e9, help="ω, the slowest wave is about 2πω steps long", step="log"
    )

    def build(self, z: Shape) -> Any:
        from nodes.modules.attention import PositionalEncoding as Waves

        check_sequence(self.kind, z)
        return Waves(z[1], z[2], self.base)


@block
class LearnedPosition(Trainable, Function):
    """A learned vector for each place, added to a sequence.  [B, T, d] -> [B, T, d].  Source: LeCun 2020, transformer."""

    section = "Attention, graphs"
    title = "learned position"
    mark = "+wₜ"
    label = "{0}+{w}"
    symbol = "s"
    formula = "s_t = z_t + w_t"
    gradient = "∂C/∂z = ∂C/∂s,  ∂C/∂w = Σ ∂C/∂s over the samples"
    flanks = ("weight",)
    spread: float = setting(
        0.02, low=0.0, high=1e6, help="standard deviation of the first values", step="log"
    )

    def build(self, z: Shape) -> Any:
        from nodes.modules.attention import LearnedPosition as Places

        check_sequence(self.kind, z)
        return Places(z[1], z[2], self.spread)


@block
class Aggregate(Function):
    """Every node of a graph receives the sum of its neighbours.  [B, N, d], [B, N, N] -> [B, N, d].  Source: LeCun 2020, graph networks.

    Row i of the adjacency says from which nodes node i receives; [N, N] serves all samples.
    """

    section = "Attention, graphs"
    title = "aggregate neighbours"
    mark = "A z"
    label = "{1}{0}"
    symbol = "s"
    formula = "s = Â z;  Â = A, D⁻¹A or D^(−½) A D^(−½), D the row sums"
    gradient = "∂C/∂z = Â′ ∂C/∂s"
    how: str = setting(
        "symmetric",
        choices=("none", "row", "symmetric"),
        help="the sum; the mean; or each neighbour over the root of both nodes' numbers of neighbours",
    )
    loops: bool = setting(True, help="whether every node is a neighbour of itself: A + 1")

    def build(self, z: Shape, adjacency: Shape) -> Any:
        from nodes.modules.graph import Aggregate as Gathered

        if len(z) != 3 or len(adjacency) not in (2, 3) or adjacency[-2:] != (z[1], z[1]):
            raise ValueError(
                f"aggregate needs nodes [B, N, d] and their adjacency [B, N, N] or [N, N], not {shown(z)} and {shown(adjacency)}."
            )
        return Gathered(self.how, self.loops)
