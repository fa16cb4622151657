"""Layered layout of boxes and the nets between them, with orthogonal wires.

After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
Structures" (IEEE SMC-11, 1981): boxes get ranks, ranks an order, the order coordinates. Wires run
horizontally through gaps that the order keeps free and vertically in the channels between ranks,
so none passes through a box. All lengths are in pixels.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

BOX_GAP = 30.0
"""Free space between two boxes of a rank."""
WIRE_GAP = 14.0
"""Free space between two wires that pass a rank."""
TRACK_GAP = 12.0
"""Distance of two vertical tracks in a channel."""
CHANNEL_MARGIN = 34.0
"""Space beside a box that marks and loops need and no track takes."""
_ASPECT = 1.5
"""Width by height that the layout aims at."""
_SWEEPS = 24
_SLACK = 1.04
"""How much taller than its fullest rank a layout may be, for the sake of straight wires."""
_STRAIGHT_WEIGHT = 24.0
"""How much more a passing wire wants to stay straight than a box wants to be near."""
_CLASH_COST = 50
"""Cost of two wires lying on each other, in crossings."""
_CLASH_DISTANCE = 4.0

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Box:
    """A box to place."""

    width: float
    height: float


@dataclass(frozen=True)
class Port:
    """Where a wire meets a box: the index of the box, and how far below its top."""

    box: int
    offset: float


@dataclass(frozen=True)
class Net:
    """Wires from one port to several, drawn as one tree."""

    source: Port
    sinks: tuple[Port, ...]


@dataclass(frozen=True)
class Attachment:
    """The end of a net at a box."""

    net: int
    port: Port
    side: Side
    x: float
    y: float


@dataclass(frozen=True)
class Wire:
    """A part of a net as a line of right angles."""

    net: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Layout:
    """The corners of the boxes, the wires, their ends, and the size of the whole."""

    corners: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]
    wires: tuple[Wire, ...]
    attachments: tuple[Attachment, ...]
    width: float
    height: float


@dataclass
class _Hop:
    """The part of a net in one channel: from an end on its left to ends on its right."""

    net: int
    left: Port
    rights: list[Port]
    track: int = -1


@dataclass
class _Graph:
    """The working state: boxes come first among the nodes, then the bends of passing wires."""

    heights: list[float]
    boxes: int
    ranks: list[int]
    order: list[list[int]] = field(default_factory=list[list[int]])
    hops: list[list[_Hop]] = field(default_factory=list[list[_Hop]])
    tops: list[float] = field(default_factory=list[float])

    def is_box(self, node: int) -> bool:
        return node < self.boxes

    def y(self, port: Port) -> float:
        return self.tops[port.box] + port.offset


def arrange(boxes: Sequence[Box], nets: Sequence[Net]) -> Layout:
    """Lay boxes and nets out. A net must not connect a box with itself."""
    graph = _Graph([box.height for box in boxes], len(boxes), _rank(boxes, nets))
    directed = _split(nets, graph.ranks)
    _connect(graph, directed)
    _reduce_crossings(graph)
    _place(graph)
    for hops in graph.hops:
        _assign_tracks(graph, hops)
    return _draw(graph, boxes)


# --- ranks ---


def _edges(nets: Sequence[Net]) -> list[tuple[int, int]]:
    found = [(net.source.box, sink.box) for net in nets for sink in net.sinks]
    return list(dict.fromkeys(found))


def _acyclic(count: int, edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Turn round the edges that close a cycle in a depth-first walk from the roots."""
    targets: list[list[int]] = [[] for _ in range(count)]
    incoming = [0] * count
    for a, b in edges:
        targets[a].append(b)
        incoming[b] += 1
    state = [0] * count
    made: list[tuple[int, int]] = []
    for start in sorted(range(count), key=lambda node: (incoming[node] > 0, node)):
        if state[start]:
            continue
        stack = [(start, iter(targets[start]))]
        state[start] = 1
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                stack.pop()
                continue
            made.append((following, node) if state[following] == 1 else (node, following))
            if state[following] == 0:
                state[following] = 1
                stack.append((following, iter(targets[following])))
    return list(dict.fromkeys(made))


def _rank(boxes: Sequence[Box], nets: Sequence[Net]) -> list[int]:
    """Give each box a rank right of those it depends on, in ranks of bounded height."""
    edges = _acyclic(len(boxes), _edges(nets))
    before: list[list[int]] = [[] for _ in boxes]
    after: list[list[int]] = [[] for _ in boxes]
    for a, b in edges:
        before[b].append(a)
        after[a].append(b)
    total = sum(box.height + BOX_GAP for box in boxes)
    pitch = max((box.width for box in boxes), default=0) + 2 * CHANNEL_MARGIN + 4 * TRACK_GAP
    columns = max(1.0, sqrt(_ASPECT * total / pitch))
    tallest = max((box.height for box in boxes), default=0)
    capacity = max(total / columns * 1.1, tallest + BOX_GAP)
    depth = [0] * len(boxes)
    for node in reversed(_topological(before, after)):
        depth[node] = max((depth[b] + 1 for b in after[node]), default=0)
    ranks = [0] * len(boxes)
    filled: list[float] = []
    waiting = [len(b) for b in before]
    ready = [node for node in range(len(boxes)) if not waiting[node]]
    while ready:
        ready.sort(key=lambda node: (not before[node] and not after[node], -depth[node], node))
        node = ready.pop(0)
        rank = max((ranks[b] + 1 for b in before[node]), default=0)
        while rank < len(filled) and filled[rank] + boxes[node].height > capacity:
            rank += 1
        while len(filled) <= rank:
            filled.append(0.0)
        filled[rank] += boxes[node].height + BOX_GAP
        ranks[node] = rank
        for follower in after[node]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    for node in range(len(boxes)):
        nearest = min((ranks[b] - 1 for b in after[node]), default=ranks[node])
        height = boxes[node].height + BOX_GAP
        if not before[node] and nearest > ranks[node] and filled[nearest] + height <= capacity:
            filled[ranks[node]] -= height
            filled[nearest] += height
            ranks[node] = nearest
    used = sorted(set(ranks))
    return [used.index(rank) for rank in ranks]


def _topological(before: list[list[int]], after: list[list[int]]) -> list[int]:
    waiting = [len(b) for b in before]
    ready = [node for node, count in enumerate(waiting) if not count]
    for node in ready:
        for follower in after[node]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return ready


# --- nets into hops ---


def _split(nets: Sequence[Net], ranks: Sequence[int]) -> list[tuple[int, Port, list[Port]]]:
    """Make every net run from left to right; sinks left of their source become sources."""
    directed: list[tuple[int, Port, list[Port]]] = []
    for number, net in enumerate(nets):
        ahead = [sink for sink in net.sinks if ranks[sink.box] > ranks[net.source.box]]
        if ahead:
            directed.append((number, net.source, ahead))
        for sink in net.sinks:
            if ranks[sink.box] < ranks[net.source.box]:
                directed.append((number, sink, [net.source]))
    return directed


def _connect(graph: _Graph, directed: Sequence[tuple[int, Port, list[Port]]]) -> None:
    """Cut nets into hops of one channel, with a bend in every rank that a net passes."""
    count = max(graph.ranks, default=0) + 1
    graph.order = [[] for _ in range(count)]
    graph.hops = [[] for _ in range(count)]
    for node, rank in enumerate(graph.ranks):
        graph.order[rank].append(node)
    for number, source, sinks in directed:
        left = source
        first, last = graph.ranks[source.box], max(graph.ranks[sink.box] for sink in sinks)
        for rank in range(first, last):
            rights = [sink for sink in sinks if graph.ranks[sink.box] == rank + 1]
            bend = None
            if rank + 1 < last:
                bend = Port(len(graph.heights), 0.0)
                graph.heights.append(0.0)
                graph.ranks.append(rank + 1)
                graph.order[rank + 1].append(bend.box)
                rights.append(bend)
            graph.hops[rank].append(_Hop(number, left, rights))
            if bend is not None:
                left = bend


# --- order ---


def _reduce_crossings(graph: _Graph) -> None:
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


def _places(graph: _Graph, rank: int) -> dict[int, float]:
    return {node: float(place) for place, node in enumerate(graph.order[rank])}


def _spot(graph: _Graph, places: dict[int, float], port: Port) -> float:
    height = graph.heights[port.box]
    return places[port.box] + (0.8 * port.offset / height if height else 0.4)


def _sort_rank(graph: _Graph, rank: int, *, from_left: bool) -> None:
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


def _crossings(graph: _Graph) -> int:
    return sum(_channel_crossings(graph, rank) for rank in range(len(graph.order) - 1))


def _channel_crossings(graph: _Graph, rank: int) -> int:
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


def _transpose(graph: _Graph, fewest: int) -> None:
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


# --- coordinates ---


def _place(graph: _Graph) -> None:
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
    lowest = min(graph.tops, default=0.0)
    graph.tops = [float(round(top - lowest)) for top in graph.tops]


def _gap(graph: _Graph, above: int, below: int) -> float:
    boxes = graph.is_box(above) + graph.is_box(below)
    return (WIRE_GAP, (BOX_GAP + WIRE_GAP) / 2, BOX_GAP)[boxes]


def _wishes(graph: _Graph) -> list[list[tuple[Port, float, float]]]:
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


def _settle(
    graph: _Graph,
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


# --- wires ---


def _assign_tracks(graph: _Graph, hops: list[_Hop]) -> None:
    """Order a channel's vertical lines so that few cross and none lie on each other."""
    bent = [hop for hop in hops if len(_levels(graph, hop)) > 1]
    bent.sort(key=lambda hop: _slope_key(graph, hop))
    for _ in range(len(bent)):
        swapped = False
        for place in range(len(bent) - 1):
            one, two = bent[place], bent[place + 1]
            if _track_cost(graph, two, one) < _track_cost(graph, one, two):
                bent[place], bent[place + 1] = two, one
                swapped = True
        if not swapped:
            break
    for place, hop in enumerate(bent):
        top, bottom = _span(graph, hop)
        hop.track = 0
        for other in bent[:place]:
            above, below = _span(graph, other)
            if (above < bottom + BOX_GAP / 2 and top < below + BOX_GAP / 2) or _track_cost(
                graph, hop, other
            ) > _track_cost(graph, other, hop):
                hop.track = max(hop.track, other.track + 1)


def _levels(graph: _Graph, hop: _Hop) -> list[float]:
    return sorted({graph.y(port) for port in (hop.left, *hop.rights)})


def _span(graph: _Graph, hop: _Hop) -> tuple[float, float]:
    levels = _levels(graph, hop)
    return levels[0], levels[-1]


def _slope_key(graph: _Graph, hop: _Hop) -> tuple[bool, float]:
    start = graph.y(hop.left)
    falls = sum(graph.y(right) - start for right in hop.rights) > 0
    return falls, -start if falls else start


def _track_cost(graph: _Graph, first: _Hop, second: _Hop) -> int:
    """Count crossings if the trunk of `first` is left of the trunk of `second`."""
    (top, bottom), (high, low) = _span(graph, first), _span(graph, second)
    start = graph.y(second.left)
    cost = int(top < start < bottom)
    ends = [graph.y(right) for right in first.rights]
    cost += sum(high < end < low for end in ends)
    cost += _CLASH_COST * sum(abs(start - end) < _CLASH_DISTANCE for end in ends)
    return cost


def _draw(graph: _Graph, boxes: Sequence[Box]) -> Layout:
    lefts: list[float] = []
    widths: list[float] = []
    x = 0.0
    for rank, nodes in enumerate(graph.order):
        width = max((boxes[n].width for n in nodes if graph.is_box(n)), default=0.0)
        lefts.append(x)
        widths.append(width)
        tracks = max((hop.track for hop in graph.hops[rank]), default=-1)
        x += width + (2 * CHANNEL_MARGIN + max(0, tracks) * TRACK_GAP)
    wires: list[Wire] = []
    ends: dict[tuple[int, Port, Side], Attachment] = {}
    for rank, hops in enumerate(graph.hops):
        for hop in hops:
            start = (lefts[rank] + widths[rank], graph.y(hop.left))
            trunk = start[0] + CHANNEL_MARGIN + hop.track * TRACK_GAP
            if graph.is_box(hop.left.box):
                ends[hop.net, hop.left, "right"] = Attachment(hop.net, hop.left, "right", *start)
            else:
                wires.append(Wire(hop.net, ((lefts[rank], start[1]), start)))
            for right in hop.rights:
                end = (lefts[rank + 1], graph.y(right))
                turns = [(trunk, start[1]), (trunk, end[1])] if end[1] != start[1] else []
                wires.append(Wire(hop.net, (start, *turns, end)))
                if graph.is_box(right.box):
                    ends[hop.net, right, "left"] = Attachment(hop.net, right, "left", *end)
    return Layout(
        tuple((lefts[graph.ranks[n]], graph.tops[n]) for n in range(graph.boxes)),
        tuple(widths[graph.ranks[n]] for n in range(graph.boxes)),
        tuple(wires),
        tuple(ends.values()),
        (lefts[-1] + widths[-1]) if lefts else 0.0,
        max((t + h for t, h in zip(graph.tops, graph.heights, strict=True)), default=0.0),
    )
