"""What the table of all blocks does not show of costs: which answers are right, targets' types, large scores."""

import math

import pytest
import torch

from nodes.catalogue import catalogue
from nodes.modules.costs import cross_entropy, logistic, nll_loss, perceptron, squared_error

T = torch.tensor


def correct(kind: str, prediction: torch.Tensor, target: torch.Tensor) -> list[bool] | None:
    found = catalogue()[kind]().correct(prediction, target)  # type: ignore[attr-defined]
    return None if found is None else found.tolist()


@pytest.mark.parametrize("kind", ["cross_entropy", "nll_loss"])
def test_the_largest_score_is_the_answer(kind: str) -> None:
    scores = T([[1.0, 2.0], [1.0, 2.0], [3.0, 2.0]])
    assert correct(kind, scores, T([1, 0, 0])) == [True, False, True]
    assert correct(kind, scores, T([[1], [0], [0]])) == [True, False, True]
    places = scores.T.reshape(
        1, 2, 3
    )  # one sample with three places, as right as the share of them
    assert correct(kind, places, T([[1, 1, 0]])) == [1.0]
    assert correct(kind, places, T([[1, 0, 0]])) == [pytest.approx(2 / 3)]


@pytest.mark.parametrize("kind", ["perceptron", "logistic"])
def test_the_sign_is_the_answer(kind: str) -> None:
    assert correct(kind, T([[2.0], [2.0], [0.0]]), T([1.0, -1.0, 1.0])) == [True, False, False]
    assert correct(kind, T([[2.0, -1.0]]), T([[1.0, 1.0]])) == [False]


def test_squared_error_answers_class_numbers_only() -> None:
    outputs = T([[0.2], [0.7], [1.9]])
    assert correct("squared_error", outputs, T([0, 0, 1])) == [True, False, True]
    assert correct("squared_error", outputs, T([0.0, 0.0, 1.0])) is None
    assert correct("squared_error", T([[0.2, 0.7]]), T([[0, 1]])) is None
    assert correct("l2", outputs, outputs) is None


def test_class_numbers_become_reals_of_the_predictions_type() -> None:
    for dtype in (torch.float32, torch.float64):
        got = squared_error(torch.zeros(3, 1, dtype=dtype), T([0, 1, 2]))
        assert got.dtype == dtype
        assert got.tolist() == [0.0, 1.0, 4.0]
    assert squared_error(T([1, 2]), T([0.5, 0.5])).tolist() == [0.25, 2.25]
    assert cross_entropy(torch.zeros(1, 2), T([1.0])).item() == pytest.approx(math.log(2))


def test_a_column_never_meets_a_row() -> None:
    column, row = torch.arange(4.0).reshape(4, 1), torch.arange(4.0)
    for cost in (squared_error, perceptron, logistic):
        assert cost(column, row).shape == (4,)
        assert cost(row, column).shape == (4,)
    assert squared_error(column, row).tolist() == [0.0] * 4


def test_scores_of_any_size_stay_finite_and_exact() -> None:
    s = T([-800.0, -25.0, 0.0, 25.0, 800.0], dtype=torch.float64, requires_grad=True)
    cost = logistic(s, torch.ones(5))
    exact = [1600.0, 50.0 + math.log1p(math.exp(-50)), math.log(2), math.log1p(math.exp(-50)), 0.0]
    assert cost.tolist() == pytest.approx(exact, rel=1e-14, abs=0)
    (gradient,) = torch.autograd.grad(cost.sum(), s)
    torch.testing.assert_close(gradient, torch.tanh(s) - 1)
    assert torch.isfinite(cross_entropy(T([[1e4, -1e4]]), T([1]))).all()


def test_the_perceptrons_gradient_is_the_lectures_rule() -> None:
    x = T([[1.0, 2.0], [3.0, -1.0]], dtype=torch.float64)
    w = T([[0.5, -1.0]], dtype=torch.float64, requires_grad=True)
    y = T([1.0, -1.0])
    s = x @ w.T
    (gradient,) = torch.autograd.grad(perceptron(s, y).sum(), w)
    update = sum((y[i] - s[i].sign()) * x[i] for i in range(2))
    torch.testing.assert_close(-gradient[0], update)


def test_log_probabilities_give_cross_entropy() -> None:
    scores, y = torch.randn(6, 4, dtype=torch.float64), T([0, 1, 2, 3, 0, 1])
    torch.testing.assert_close(nll_loss(scores.log_softmax(1), y), cross_entropy(scores, y))


def test_yes_and_no_are_right_on_the_right_side() -> None:
    cost = catalogue()["binary_cross_entropy"]
    y = T([[1, 0], [1, 0]])
    scores = T([[2.0, -0.1], [0.3, 0.2]])
    assert cost().correct(scores, y).tolist() == [1.0, 0.5]  # type: ignore[attr-defined]
    assert cost(logits=False).correct(scores.sigmoid(), y).tolist() == [1.0, 0.5]  # type: ignore[attr-defined]
    assert cost().correct(T([0.2, 0.3]), T([1, 0])).tolist() == [True, False]  # type: ignore[attr-defined]


def test_pairs_are_right_on_their_side_of_half_the_margin() -> None:
    cost = catalogue()["contrastive"](margin=2.0)
    right = cost.correct(T([0.9, 0.9, 1.1, 1.1]), T([1, 0, 1, 0]))  # type: ignore[attr-defined]
    assert right.tolist() == [True, False, False, True]


def test_only_the_margin_pushes_different_pairs() -> None:
    cost = catalogue()["contrastive"](margin=1.0).build((2,), (2,))
    distance = T([0.5, 0.5, 2.0, 2.0], requires_grad=True)
    energy = cost(distance, T([1, 0, 1, 0]))
    assert energy.tolist() == [0.125, 0.125, 2.0, 0.0]
    (slope,) = torch.autograd.grad(energy.sum(), distance)
    assert slope.tolist() == [0.5, -0.5, 2.0, 0.0]


def test_smoothing_ranks_answers_as_before() -> None:
    cost = catalogue()["cross_entropy"](smoothing=0.1).build((4, 3), (4,))
    scores = torch.randn(4, 3)
    assert isinstance(cost, torch.nn.Module)
    assert catalogue()["cross_entropy"]().build((4, 3), (4,)) is cross_entropy
    torch.testing.assert_close(
        cost(scores, T([0, 1, 2, 0])),
        torch.nn.functional.cross_entropy(
            scores, T([0, 1, 2, 0]), label_smoothing=0.1, reduction="none"
        ),
    )


def test_the_divergence_of_a_distribution_from_itself_is_nothing() -> None:
    p = torch.randn(3, 4, dtype=torch.float64).log_softmax(1)
    kl = catalogue()["kl_div"]().build((3, 4), (3, 4))
    torch.testing.assert_close(kl(p, p), torch.zeros(3, dtype=torch.float64))
    assert (kl(p, p.roll(1, 1)) > 0).all()
    standard = catalogue()["kl_normal"]().build((3, 4), (3, 4))
    assert standard(torch.zeros(3, 4), torch.zeros(3, 4)).tolist() == [0.0] * 3
