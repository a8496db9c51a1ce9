"""Attention, memory, transformers, nets over graphs.  Source: LeCun 2020; course notes 2020."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import placed, widened
from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch

SECTION = SECTIONS[3]
REVERSE = {"kind": "sequences", "task": "reverse", "length": 8, "symbols": 5}


def attention() -> Diagram:
    """Queries, keys and values, w = softmax(K q), s = Σ w v, each a block."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.learned_position(s.embedding(x, count=6, units=32), spread=1.0)
    v, k, q = (s.linear(z, units=32, bias=False, id=n, label=n) for n in ("v", "k", "q"))
    w = s.softmax(s.scale(s.matmul(q, k, transpose_b=True), factor=32**-0.5), axis=2, label="w")
    out = s.linear(s.matmul(w, v), units=6)
    s.cross_entropy(s.permute(out), y)
    return placed(s.diagram(data=REVERSE, optimizer="adam", rate=3e-3, epochs=20))


def multi_head_attention() -> Diagram:
    """The same with four heads in one block."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.learned_position(s.embedding(x, count=6, units=32), spread=1.0)
    out = s.linear(s.multi_head_attention(z, z, z, heads=4), units=6)
    s.cross_entropy(s.permute(out), y)
    drawn = placed(s.diagram(data=REVERSE, optimizer="adam", rate=3e-3, epochs=20))
    return widened(drawn, "multi_head_attention1")


def memory_net() -> Diagram:
    """c = softmax(K x), s = Σ c v."""
    s = Sketch()
    query, y = s.observed("query", label="x"), s.observed("y")
    keys, values = s.observed("keys", label="K"), s.observed("values", label="V")
    x = s.reshape(s.linear(query, units=16, bias=False), size=[1, 16])
    c = s.softmax(s.matmul(x, keys, transpose_b=True), axis=2, label="c")
    out = s.flatten(s.matmul(c, values, label="s"))
    s.cross_entropy(s.linear(out, units=4), y)
    return placed(s.diagram(data="memory", optimizer="adam", rate=2e-2, epochs=60))


def adapter() -> Sketch:
    """A net through 16 units beside a straight path; it begins as the path alone."""
    s = Sketch()
    z = s.inlet()
    s.outlet(s.sum(z, s.linear(s.relu(s.linear(z, units=16)), units=32, init="zeros")))
    return s


def encoder(with_adapters: bool = False) -> Sketch:
    """Attention and a two-layer net, each with a path around it and a normalization after it.

    With adapters behind them, attention and net are frozen.
    """
    s = Sketch()
    if with_adapters:
        s.define("adapter", adapter())
    frozen = {"freeze": with_adapters}

    def adapted(z: Pin) -> Pin:
        return s.use("adapter", z) if with_adapters else z

    z = s.inlet()
    attended = s.multi_head_attention(z, z, z, heads=4, **frozen)
    z = s.layer_norm(s.sum(z, adapted(attended)))
    net = s.linear(s.relu(s.linear(z, units=64, **frozen)), units=32, **frozen)
    s.outlet(s.layer_norm(s.sum(z, adapted(net))))
    return s


def _through(part: Sketch, **recipe: object) -> Diagram:
    """Symbols and their places through two encoders."""
    s = Sketch()
    s.define("encoder", part)
    x, y = s.observed("x"), s.observed("y")
    z = s.positional_encoding(s.embedding(x, count=6, units=32))
    for _ in range(2):
        z = s.use("encoder", z)
    s.cross_entropy(s.permute(s.linear(z, units=6)), y)
    return placed(s.diagram(data=REVERSE, optimizer="adam", **recipe))


def transformer() -> Diagram:
    """Two encoders, all weights trained."""
    return _through(encoder(), rate=3e-3, epochs=20)


def transformer_adapter() -> Diagram:
    """Two frozen encoders with adapters inside."""
    return _through(encoder(with_adapters=True), rate=1e-2, epochs=40)


def graph_net() -> Diagram:
    """Two rounds of: sum over the neighbours, then a weighted sum."""
    s = Sketch()
    x, a, y = s.observed("x"), s.observed("adjacency", label="A"), s.observed("y")
    z = s.relu(s.linear(s.aggregate(x, a), units=16))
    z = s.linear(s.aggregate(z, a), units=3)
    s.cross_entropy(s.permute(z), y)
    data = {"kind": "communities", "graphs": 60}
    return placed(s.diagram(data=data, optimizer="adam", rate=1e-2, batch=8, epochs=60))


def karate_club() -> Diagram:
    """The same on one graph; the cost knows the sides of its two leaders, members 0 and 33."""
    s = Sketch()
    x, a, y = s.observed("x"), s.observed("adjacency", label="A"), s.observed("y")
    z = s.tanh(s.linear(s.aggregate(x, a, loops=False), units=8))
    sides = s.permute(s.linear(s.aggregate(z, a, loops=False), units=2))
    s.cross_entropy(sides, y, use="inference", id="all")  # counted, not trained
    s.cross_entropy(s.slice(sides, axis=2, step=33), s.slice(y, step=33), id="leaders")
    whole = {"batch": 1, "validation": 0.0, "test": 0.0}
    return placed(s.diagram(data="karate_club", optimizer="adam", rate=1e-2, epochs=200, **whole))


PAGES = (
    Page(
        "attention",
        SECTION,
        "Reversing a sequence: the weights w become a table in which every place looks at its mirror image, an anti-diagonal.",
        attention,
        views={"attention": ""},
    ),
    Page(
        "multi-head-attention",
        SECTION,
        "The same task with four attentions side by side in one block; see which heads find the mirror image. The second circle is their mean.",
        multi_head_attention,
        views={"attention": ""},
    ),
    Page(
        "memory-net",
        SECTION,
        "c = softmax(K x) finds the key that the question resembles, s = Σ c v reads the value beside it.",
        memory_net,
        views={"attention": ""},
    ),
    Page(
        "transformer",
        SECTION,
        "Two encoders, one part drawn once, reverse sequences without a mistake. Open the part; its attention shows each head's table.",
        transformer,
        views={"attention": ""},
    ),
    Page(
        "transformer-adapter",
        SECTION,
        "The encoders stay as they were drawn at random; small adapters in them, the first and the last layer learn.",
        transformer_adapter,
    ),
    Page(
        "graph-net",
        SECTION,
        "Nodes hear their neighbours twice: 95 % and more find their community; without A it is near 80 %.",
        graph_net,
    ),
    Page(
        "karate-club",
        SECTION,
        "Told only the sides of the two leaders, the net gives the other 32 members theirs; two at most are wrong.",
        karate_club,
    ),
)
