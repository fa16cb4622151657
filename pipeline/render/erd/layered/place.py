"""Coordinates: how far down each node stands."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from pipeline.render.erd.layered.graph import BOX_GAP, WIRE_GAP, Graph, Port

_SWEEPS = 24
_SLACK = 1.04
"""How much taller than its fullest rank a layout may be, for the sake of straight wires."""
_STRAIGHT_WEIGHT = 24.0
"""How much more a passing wire wants to stay straight than a box wants to be near."""


def place_nodes(graph: Graph) -> None:
    """Find the tops of all nodes: in order, apart, and as near to their partners as can be."""
    graph.tops = [0.0] * len(graph.heights)
    tallest = 0.0
    for nodes in graph.order:
        y = 0.0
        for place, node in enumerate(nodes):
            y += _gap(graph, nodes[place - 1], node) if place else 0.0
            graph.tops[node] = y
            y += graph.heights[node]
        tallest = max(tallest, y)
    wishes = _wishes(graph)
    for sweep in range(_SWEEPS):
        ranks = range(len(graph.order)) if sweep % 2 == 0 else range(len(graph.order) - 1, -1, -1)
        for rank in ranks:
            _settle(graph, graph.order[rank], wishes, tallest * _SLACK)
    for nodes in graph.order:
        _straighten(graph, nodes, wishes)
    lowest = min(graph.tops, default=0.0)
    graph.tops = [float(round(top - lowest)) for top in graph.tops]


def _gap(graph: Graph, above: int, below: int) -> float:
    boxes = graph.is_box(above) + graph.is_box(below)
    return (WIRE_GAP, (BOX_GAP + WIRE_GAP) / 2, BOX_GAP)[boxes]


def _wishes(graph: Graph) -> list[list[tuple[Port, float, float]]]:
    """List for every node the ports it wants to be level with, its own offset, and how much."""
    wishes: list[list[tuple[Port, float, float]]] = [[] for _ in graph.heights]
    for hops in graph.hops:
        for hop in hops:
            for right in hop.rights:
                bends = 2 - graph.is_box(hop.left.box) - graph.is_box(right.box)
                weight = (1.0, 2.0, _STRAIGHT_WEIGHT)[bends] / len(hop.rights)
                wishes[hop.left.box].append((right, hop.left.offset, weight))
                wishes[right.box].append((hop.left, right.offset, weight))
    return wishes


def _straighten(
    graph: Graph, nodes: Sequence[int], wishes: Sequence[Sequence[tuple[Port, float, float]]]
) -> None:
    """Move bends level with the nearest of their partners that their neighbours let them reach."""
    for place, node in enumerate(nodes):
        if graph.is_box(node):
            continue
        top, lowest, highest = graph.tops[node], -inf, inf
        if place:
            above = nodes[place - 1]
            lowest = graph.tops[above] + graph.heights[above] + WIRE_GAP
        if place + 1 < len(nodes):
            highest = graph.tops[nodes[place + 1]] - WIRE_GAP
        levels = [graph.y(port) for port, _, _ in wishes[node]]
        reached = [level for level in levels if lowest <= level <= highest]
        graph.tops[node] = min(reached, key=lambda level: abs(level - top), default=top)


def _settle(
    graph: Graph,
    nodes: Sequence[int],
    wishes: Sequence[Sequence[tuple[Port, float, float]]],
    limit: float,
) -> None:
    """Move a rank's nodes to the least squares of their wishes, between 0 and `limit`.

    Wishes that would break the order are pooled (Ayer et al., "An Empirical Distribution Function
    for Sampling with Incomplete Information", 1955).
    """
    pools: list[tuple[float, float, int]] = []
    shifts: list[float] = []
    shift = 0.0
    for place, node in enumerate(nodes):
        if place:
            previous = nodes[place - 1]
            shift += graph.heights[previous] + _gap(graph, previous, node)
        shifts.append(shift)
        weight = sum(w for _, _, w in wishes[node])
        if weight:
            wanted = sum(w * (graph.y(p) - own) for p, own, w in wishes[node]) / weight
        else:
            wanted, weight = graph.tops[node], 0.01
        mean, count = wanted - shift, 1
        while pools and pools[-1][0] > mean:
            other_mean, other_weight, other_count = pools.pop()
            mean = (mean * weight + other_mean * other_weight) / (weight + other_weight)
            weight += other_weight
            count += other_count
        pools.append((mean, weight, count))
    settled = [mean for mean, _, count in pools for _ in range(count)]
    room = max(0.0, limit - shifts[-1] - graph.heights[nodes[-1]])
    for node, mean, moved in zip(nodes, settled, shifts, strict=True):
        graph.tops[node] = min(max(mean, 0.0), room) + moved
