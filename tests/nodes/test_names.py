"""The names that stand in a drawn diagram are the lecture's."""

import time

import pytest

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from nodes.catalogue import catalogue
from nodes.names import LONGEST, names, shortened, subscript


def diagram(blocks: dict[str, str], *wires: str, **changes: dict[str, object]) -> Diagram:
    """`blocks` is id -> kind; a wire is written "x.y > linear1.z"; `changes` are fields of a block by its id."""
    made = {name: Block(name, kind, **changes.get(name, {})) for name, kind in blocks.items()}
    ends = [tuple(Pin(*end.strip().split(".")) for end in wire.split(">")) for wire in wires]
    return Diagram(Frozen(made), tuple(Wire(*pair) for pair in ends))


def chain(*kinds: str, **changes: dict[str, object]) -> Diagram:
    """x -> kind -> kind -> ...; ids are a, b, c, ..."""
    ids = [chr(ord("a") + i) for i in range(len(kinds))]
    wires = [f"{s}.y > {t}.z" for s, t in zip(["x", *ids], ids, strict=False)]
    return diagram({"x": "observed", **dict(zip(ids, kinds, strict=True))}, *wires, **changes)


def test_the_lectures_chain() -> None:
    found = names(
        diagram(
            {
                "x": "observed",
                "linear1": "linear",
                "relu1": "relu",
                "linear2": "linear",
                "cost": "cross_entropy",
                "target": "observed",
                "decay": "l2",
            },
            "x.y > linear1.z",
            "linear1.y > relu1.z",
            "relu1.y > linear2.z",
            "linear2.y > cost.prediction",
            "target.y > cost.target",
            target={"settings": Frozen(field="y")},
        )
    )
    assert found.labels == {
        "x": "x",
        "linear1": "w₀x",
        "relu1": "h(s₁)",
        "linear2": "w₁z₁",
        "cost": "C(y,ȳ)",
        "target": "y",
        "decay": "λ‖w‖²",
    }
    assert {str(pin): name for pin, name in found.variables.items()} == {
        "x.y": "x",
        "linear1.y": "s₁",
        "relu1.y": "z₁",
        "linear2.y": "ȳ",
        "target.y": "y",
    }
    assert found.weights == {"linear1": "w₀", "linear2": "w₁"}


def test_each_family_has_its_form() -> None:
    found = names(
        chain("conv2d", "tanh", "avg_pool2d", "flatten", "linear", "batch_norm", "dropout")
    )
    assert list(found.labels.values())[1:] == [
        "w₀∗x",
        "tanh(s₁)",
        "avg(z₁)",
        "flat(z₂)",
        "w₁z₃",
        "BN(s₂)",
        "drop(s₃)",
    ]


def test_an_empty_diagram_has_no_names() -> None:
    assert names(Diagram()).variables == {}


def test_open_pins_show_a_dot() -> None:
    found = names(
        diagram({"a": "linear", "b": "sum", "c": "squared_error", "d": "l1", "e": "concat"})
    )
    assert found.labels == {"a": "w₀·", "b": "·+·", "c": "‖·−·‖²", "d": "λ|w|", "e": "[·,·]"}


def test_a_regulariser_names_what_enters_it() -> None:
    made = diagram({"x": "observed", "a": "relu", "b": "l2"}, "x.y > a.z", "a.y > b.z")
    assert names(made).labels["b"] == "λ‖z₁‖²"


def test_several_predictions_are_numbered_and_one_in_two_costs_is_not() -> None:
    blocks = {"a": "linear", "b": "linear", "c": "squared_error", "d": "squared_error"}
    two = names(diagram(blocks, "a.y > c.prediction", "b.y > d.prediction"))
    assert two.variables[Pin("a", "y")] == "ȳ₁"
    assert two.variables[Pin("b", "y")] == "ȳ₂"
    one = names(diagram(blocks, "a.y > c.prediction", "a.y > d.prediction"))
    assert one.variables[Pin("a", "y")] == "ȳ"


def test_a_variable_that_enters_a_cost_keeps_its_name() -> None:
    made = diagram({"z": "latent", "c": "squared_error"}, "z.y > c.prediction")
    assert names(made).variables[Pin("z", "y")] == "z"


def test_several_latents_and_activations_never_share_a_name() -> None:
    blocks = {"p": "latent", "q": "latent", "a": "relu", "b": "relu"}
    found = names(diagram(blocks, "p.y > a.z", "q.y > b.z")).variables
    assert sorted(found.values()) == ["z₁", "z₂", "z₃", "z₄"]


def test_a_label_names_the_output_or_the_cost() -> None:
    found = names(
        diagram(
            {"a": "linear", "b": "relu", "c": "cross_entropy"},
            "a.y > b.z",
            "b.y > c.prediction",
            a={"label": "pre"},
            b={"label": "post"},
            c={"label": "E"},
        )
    )
    assert found.labels == {"a": "w₀·", "b": "h(pre)", "c": "E"}
    assert set(found.variables.values()) == {"pre", "post"}


def test_generated_names_avoid_given_ones() -> None:
    found = names(chain("linear", "linear", b={"label": "s₁"}))
    assert found.variables[Pin("a", "y")] == "s₂"


def test_braces_in_a_label_are_text() -> None:
    found = names(chain("linear", "relu", a={"label": "{0.__class__}"}))
    assert found.labels["b"] == shortened("h({0.__class__})")


def test_shared_weights_have_one_name() -> None:
    found = names(chain("linear", "linear", "linear", c={"shares": "a"}))
    assert found.weights == {"a": "w₀", "b": "w₁", "c": "w₀"}
    assert found.labels["c"] == "w₀s₂"


def test_a_weight_at_the_flank_is_named_after_its_variable() -> None:
    made = diagram(
        {"x": "observed", "u": "parameter", "a": "linear", "b": "linear"},
        "x.y > a.z",
        "u.y > a.weight",
        "a.y > b.z",
    )
    found = names(made)
    assert found.labels["a"] == "ux"
    assert found.labels["b"] == "w₀s₁"


def test_unknown_kinds_show_their_kind_and_name_the_outputs_that_are_used() -> None:
    found = names(diagram({"m": "mystery", "a": "relu"}, "m.left > a.z"))
    assert found.labels == {"m": "mystery", "a": "h(z₁)"}


def test_a_broken_field_setting_does_not_stop_the_names() -> None:
    found = names(diagram({"x": "observed"}, x={"settings": Frozen(field=[1])}))
    assert found.labels["x"] == "x"


def test_long_texts_are_shortened() -> None:
    found = names(chain("relu", a={"label": "n" * 200}, x={"label": "o" * 200}))
    assert all(len(text) <= LONGEST for text in found.labels.values())
    many = diagram(
        {f"x{i}": "observed" for i in range(1, 10)} | {"plus": "sum"},
        *(f"x{i}.y > plus.z{i}" for i in range(1, 10)),
        **{f"x{i}": {"label": f"in{i}"} for i in range(1, 10)},
    )
    assert names(many).labels["plus"] == "in1+…+in9"


def test_subscripts() -> None:
    assert subscript("z", 120) == "z₁₂₀"


def test_ten_thousand_blocks_are_named_while_the_mouse_moves() -> None:
    made = [Block(f"b{i}", "relu" if i % 2 else "linear") for i in range(10_000)]
    wires = (Wire(Pin(f"b{i}", "y"), Pin(f"b{i + 1}", "z")) for i in range(9_999))
    big = Diagram(Frozen({b.id: b for b in made}), tuple(wires))

    def once() -> float:
        start = time.process_time()  # the machine may be busy with others
        assert len(names(big).variables) == 10_000
        return time.process_time() - start

    assert min(once() for _ in range(3)) < 0.15


def test_the_pins_of_a_part_are_called_by_their_ids() -> None:
    part = Diagram(
        {n: Block(n, kind) for n, kind in (("skip", "inlet"), ("a", "relu"), ("out", "outlet"))},
        (Wire(Pin("skip", "y"), Pin("a", "z")), Wire(Pin("a", "y"), Pin("out", "z"))),
    )
    found = names(part)
    assert found.variables[Pin("skip", "y")] == "skip"
    assert found.labels["out"] == "out" and found.labels["a"] == "h(skip)"


@pytest.mark.parametrize(
    ("kind", "settings", "label"),
    [
        ("slice", {}, "x[:]"),
        ("slice", {"start": 2, "stop": 5}, "x[2:5]"),
        ("slice", {"stop": -1, "step": 3}, "x[:−1:3]"),
        ("slice", {"start": 2, "axis": 2}, "x[:,2:]"),
        ("slice", {"start": 2, "axis": -2}, "x[…,2:,:]"),
        ("select", {"index": 0}, "x[0]"),
        ("select", {"axis": -1}, "x[…,−1]"),
        ("split", {}, "x|"),
        ("split", {"at": -2}, "x|−2"),
        ("scale", {}, "1·x"),
        ("slice", {"start": 12345678}, "x[12345678:]"),
        ("scale", {"factor": 0.5}, "0.5·x"),
        ("scale", {"factor": 32**-0.5}, "0.177·x"),
        ("scale", {"factor": -1.0, "shift": 1.0}, "−x+1"),
        ("scale", {"shift": -2.5}, "x−2.5"),
        ("lp_pool", {"p": 1.0}, "‖x‖₁"),
        ("lp_pool", {"p": 1.5}, "‖x‖ₚ"),
        ("sum_over", {"axis": -1}, "Σ₋₁(x)"),
        ("mean_over", {}, "mean(x)"),
        ("upsample", {"factor": 4}, "x↑4"),
        ("winner_takes_all", {}, "WTA(x)"),
        ("polynomial", {"degree": 12}, "P₁₂(x)"),
        ("reshape", {"size": [1, -1, 8]}, "x→1×·×8"),
        ("permute", {"axes": [2, 1]}, "x′"),
        (
            "slice",
            {"start": "two"},
            "x[a:b]",
        ),  # as a file may have it; the problem stands elsewhere
    ],
)
def test_settings_stand_in_the_label(kind: str, settings: dict[str, object], label: str) -> None:
    made = chain(kind, a={"settings": Frozen(settings)})
    assert names(made).labels["a"] == label


@pytest.mark.parametrize(
    ("kind", "settings", "label"),
    [
        ("distance", {}, "‖x−v‖"),
        ("distance", {"squared": True}, "‖x−v‖²"),
        ("distance", {"squared": True, "pairwise": True}, "‖xᵢ−vⱼ‖²"),
        ("matmul", {"transpose_b": True}, "xv′"),
        ("matmul", {"transpose_a": True}, "x′v"),
    ],
)
def test_settings_of_two_inputs_stand_in_the_label(
    kind: str, settings: dict[str, object], label: str
) -> None:
    first, second = catalogue()[kind].inputs
    made = diagram(
        {"x": "observed", "v": "observed", "a": kind},
        f"x.y > a.{first}",
        f"v.y > a.{second}",
        a={"settings": Frozen(settings)},
        v={"settings": Frozen(field="v")},
    )
    assert names(made).labels["a"] == label
