"""Ranks: which boxes stand in one column, left of those that depend on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from pipeline.render.erd.layered.graph import BOX_GAP, CHANNEL_MARGIN, TRACK_GAP, Box, Net

_ASPECT = 1.5
"""Width by height that the layout aims at."""


def _edges(nets: Sequence[Net]) -> list[tuple[int, int]]:
    found = [(net.source.box, sink.box) for net in nets for sink in net.sinks]
    return list(dict.fromkeys(found))


def _acyclic(count: int, edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Turn round the few edges that close a cycle.

    After Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set problem"
    (1993): boxes without targets go last, those without sources first, else the one with the most
    targets more than sources.
    """
    left, first, last = list(range(count)), list[int](), list[int]()
    open_edges = [edge for edge in edges if edge[0] != edge[1]]
    while left:
        targets = Counter(a for a, _ in open_edges)
        sources = Counter(b for _, b in open_edges)
        sinks = [node for node in left if not targets[node]]
        if sinks:
            node = sinks[-1]
            last.insert(0, node)
        else:
            node = min(left, key=lambda n: (sources[n] > 0, sources[n] - targets[n], n))
            first.append(node)
        left.remove(node)
        open_edges = [(a, b) for a, b in open_edges if node not in (a, b)]
    place = {node: number for number, node in enumerate(first + last)}
    return list(dict.fromkeys((a, b) if place[a] < place[b] else (b, a) for a, b in edges))


def rank_boxes(boxes: Sequence[Box], nets: Sequence[Net]) -> list[int]:
    """Put each box into a rank right of those it depends on, in ranks of bounded height."""
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
