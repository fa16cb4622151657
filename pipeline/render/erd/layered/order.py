"""Order: how the nodes of each rank follow each other, so that few wires cross."""

from __future__ import annotations

from bisect import bisect_right, insort

from pipeline.render.erd.layered.graph import Graph, Port

_SWEEPS = 24


def reduce_crossings(graph: Graph) -> None:
    """Order each rank by what its nodes are wired to, back and forth, and keep the best order."""
    best, fewest = [list(rank) for rank in graph.order], _crossings(graph)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        ranks = range(1, len(graph.order)) if forward else range(len(graph.order) - 2, -1, -1)
        for rank in ranks:
            _sort_rank(graph, rank, from_left=forward)
        found = _crossings(graph)
        if found < fewest:
            best, fewest = [list(rank) for rank in graph.order], found
    graph.order = best
    _transpose(graph, fewest)


def _places(graph: Graph, rank: int) -> dict[int, float]:
    return {node: float(place) for place, node in enumerate(graph.order[rank])}


def _spot(graph: Graph, places: dict[int, float], port: Port) -> float:
    height = graph.heights[port.box]
    return places[port.box] + (0.8 * port.offset / height if height else 0.4)


def _sort_rank(graph: Graph, rank: int, *, from_left: bool) -> None:
    """Sort a rank by the mean place of what its nodes are wired to on one side."""
    places, own = _places(graph, rank - 1 if from_left else rank + 1), _places(graph, rank)
    sums: dict[int, list[float]] = {node: [] for node in graph.order[rank]}
    for hop in graph.hops[rank - 1 if from_left else rank]:
        if from_left:
            for right in hop.rights:
                sums[right.box].append(_spot(graph, places, hop.left))
        else:
            sums[hop.left.box] += [_spot(graph, places, right) for right in hop.rights]
    last = float(len(places))
    keys = {
        node: sum(found) / len(found) if found else last * own[node] / max(1, len(own))
        for node, found in sums.items()
    }
    graph.order[rank].sort(key=lambda node: (keys[node], own[node]))


def _crossings(graph: Graph) -> int:
    return sum(_channel_crossings(graph, rank) for rank in range(len(graph.order) - 1))


def _channel_crossings(graph: Graph, rank: int) -> int:
    lefts, rights = _places(graph, rank), _places(graph, rank + 1)
    pairs = sorted(
        (_spot(graph, lefts, hop.left), _spot(graph, rights, right))
        for hop in graph.hops[rank]
        for right in hop.rights
    )
    seen: list[float] = []
    count = 0
    for _, right in pairs:
        count += len(seen) - bisect_right(seen, right)
        insort(seen, right)
    return count


def _transpose(graph: Graph, fewest: int) -> None:
    """Swap neighbours as long as that saves crossings."""
    improved = True
    while improved and fewest:
        improved = False
        for rank, nodes in enumerate(graph.order):
            near = [r for r in (rank - 1, rank) if 0 <= r < len(graph.order) - 1]
            for place in range(len(nodes) - 1):
                before = sum(_channel_crossings(graph, r) for r in near)
                nodes[place], nodes[place + 1] = nodes[place + 1], nodes[place]
                saved = before - sum(_channel_crossings(graph, r) for r in near)
                if saved > 0:
                    fewest -= saved
                    improved = True
                else:
                    nodes[place], nodes[place + 1] = nodes[place + 1], nodes[place]
