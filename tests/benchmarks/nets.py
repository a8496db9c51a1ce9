"""The diagrams that are measured, and the same nets written by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from graph.diagram import Diagram
from nodes.sketch import Sketch


def mlp(hidden: int, depth: int = 1, **recipe: object) -> Diagram:
    """2 -> hidden (depth times) -> 3 with ReLU on the spiral."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = x
    for _ in range(depth):
        z = s.relu(s.linear(z, units=hidden))
    s.cross_entropy(s.linear(z, units=3), y)
    return s.diagram(**{"data": "spiral", "batch": 64, "seed": 0, "device": "cpu", **recipe})


def mlp_by_hand(hidden: int, depth: int = 1) -> nn.Module:
    """The same in PyTorch."""
    layers: list[nn.Module] = []
    width = 2
    for _ in range(depth):
        layers += [nn.Linear(width, hidden), nn.ReLU()]
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, 3))


def convnet(size: int = 28) -> Diagram:
    """Two stages of convolution, ReLU and max pooling on made-up images of size × size pixels."""
    random = np.random.default_rng(0)
    images = random.normal(size=(128, 1, size, size)).round(3)
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.max_pool2d(s.relu(s.conv2d(x, channels=8, kernel=5, padding=2)), kernel=2)
    z = s.max_pool2d(s.relu(s.conv2d(z, channels=16, kernel=5, padding=2)), kernel=2)
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    data = {"x": images, "y": random.integers(0, 10, size=128)}
    return s.diagram(data=data, batch=32, seed=0, device="cpu", validation=0.0, test=0.0)


class ConvNet(nn.Module):
    """The same in PyTorch."""

    def __init__(self, size: int = 28) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 5, padding=2), nn.Conv2d(8, 16, 5, padding=2)
        self.pool1, self.pool2 = nn.MaxPool2d(2), nn.MaxPool2d(2)
        self.last = nn.Linear(16 * (size // 4) ** 2, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = self.pool1(torch.relu(self.conv1(x)))
        z = self.pool2(torch.relu(self.conv2(z)))
        return self.last(torch.flatten(z, 1))
