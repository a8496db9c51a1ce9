"""Nodes of graphs to classify: communities drawn at random, and Zachary's karate club; one sample is one graph."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting

_SCALING = "adjacency as it is, each row divided by its sum, or D^−½ A D^−½"


@dataset
class Communities(Dataset):
    """Graphs whose nodes are mostly linked inside their own community.  Source: Holland et al. 1983, block model.

    x [N, nodes, features]: noise around a middle of each community;  adjacency [N, nodes, nodes];  y [N, nodes].
    """

    graphs: int = setting(20, low=1, high=10_000, help="graphs, one sample each")
    nodes: int = setting(60, low=2, high=2000, help="nodes in a graph")
    communities: int = setting(3, low=1, high=100, help="communities and classes")
    features: int = setting(8, low=1, high=1000, help="numbers known of every node")
    inside: float = setting(0.3, low=0.0, high=1.0, help="chance of a link inside a community")
    between: float = setting(0.03, low=0.0, high=1.0, help="chance of a link between two")
    noise: float = setting(2.0, low=0.0, high=1e3, help="standard deviation of the features")
    loops: bool = setting(True, help="link every node to itself too")
    scaling: str = setting("plain", choices=("plain", "rows", "symmetric"), help=_SCALING)

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {
            "x": Field((self.nodes, self.features)),
            "adjacency": Field((self.nodes, self.nodes)),
            "y": Field((self.nodes,), self._names),
        }

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.graphs, self.nodes, max(self.nodes, self.features))
        random = np.random.default_rng(seed)
        shape = (self.graphs, self.nodes)
        even = np.broadcast_to(np.arange(self.nodes) % self.communities, shape)
        y = random.permuted(even, axis=1)
        middles = random.standard_normal((self.communities, self.features))
        x = middles[y] + self.noise * random.standard_normal((*shape, self.features))
        same = y[:, :, None] == y[:, None, :]
        chance = np.where(same, self.inside, self.between)
        upper = np.triu(random.random(chance.shape) < chance, 1)
        links = (upper | upper.swapaxes(1, 2)).astype(np.float64)
        fields = {"x": x, "adjacency": _scaled(links, self.loops, self.scaling), "y": y}
        return Data(self.title, fields, {"y": self._names})

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"community {n}" for n in range(1, self.communities + 1))


@dataset
class KarateClub(Dataset):
    """34 members of a karate club and who met whom; after a quarrel they went two ways.  One sample.

    x [1, 34, 34]: every member's own column;  adjacency [1, 34, 34];  y [1, 34].  Source: Zachary 1977, by networkx.
    """

    loops: bool = setting(True, help="link every node to itself too")
    scaling: str = setting("plain", choices=("plain", "rows", "symmetric"), help=_SCALING)

    def fields(self, folder: str = "") -> dict[str, Field]:
        square = Field((34, 34))
        return {"x": square, "adjacency": square, "y": Field((34,), ("Mr. Hi", "Officer"))}

    def make(self, seed: int, folder: str = "") -> Data:
        import networkx

        club = networkx.karate_club_graph()
        links = networkx.to_numpy_array(club, weight=None)[None]
        sides = [club.nodes[n]["club"] == "Officer" for n in club]
        fields = {
            "x": np.eye(34)[None],
            "adjacency": _scaled(links, self.loops, self.scaling),
            "y": np.array([sides], dtype=np.int64),
        }
        return Data(self.title, fields, {"y": ("Mr. Hi", "Officer")})


def _scaled(links: np.ndarray, loops: bool, scaling: str) -> np.ndarray:
    """Adjacency matrices `[N, n, n]` with loops added and rows or both sides divided by the degrees."""
    links = links + np.eye(links.shape[-1]) if loops else links
    degree = np.maximum(links.sum(axis=-1), 1.0)  # a lonely node keeps its row of zeros
    if scaling == "rows":
        return links / degree[:, :, None]
    if scaling == "symmetric":
        return links / np.sqrt(degree[:, :, None] * degree[:, None, :])
    return links
