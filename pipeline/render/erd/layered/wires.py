"""Wires: the vertical tracks of each channel, and the lines through them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.render.erd.layered.graph import (
    BOX_GAP,
    CHANNEL_MARGIN,
    TRACK_GAP,
    Attachment,
    Box,
    Graph,
    Hop,
    Layout,
    Port,
    Side,
    Wire,
)

_CLASH_COST = 50
"""Cost of two wires lying on each other, in crossings."""
_CLASH_DISTANCE = 4.0


def assign_tracks(graph: Graph, hops: list[Hop]) -> None:
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


def _levels(graph: Graph, hop: Hop) -> list[float]:
    return sorted({graph.y(port) for port in (hop.left, *hop.rights)})


def _span(graph: Graph, hop: Hop) -> tuple[float, float]:
    levels = _levels(graph, hop)
    return levels[0], levels[-1]


def _slope_key(graph: Graph, hop: Hop) -> tuple[bool, float]:
    start = graph.y(hop.left)
    falls = sum(graph.y(right) - start for right in hop.rights) > 0
    return falls, -start if falls else start


def _track_cost(graph: Graph, first: Hop, second: Hop) -> int:
    """Count crossings if the trunk of `first` is left of the trunk of `second`."""
    (top, bottom), (high, low) = _span(graph, first), _span(graph, second)
    start = graph.y(second.left)
    cost = int(top < start < bottom)
    ends = [graph.y(right) for right in first.rights]
    cost += sum(high < end < low for end in ends)
    cost += _CLASH_COST * sum(abs(start - end) < _CLASH_DISTANCE for end in ends)
    return cost


def draw_wires(graph: Graph, boxes: Sequence[Box]) -> Layout:
    """Turn ranks, places and tracks into coordinates."""
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
