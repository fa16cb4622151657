"""Layered layout of boxes and the nets between them, with orthogonal wires.

After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
Structures" (IEEE SMC-11, 1981): boxes get ranks, ranks an order, the order coordinates. Wires run
horizontally through gaps that the order keeps free and vertically in the channels between ranks,
so none passes through a box. All lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.render.erd.layered.graph import Box, Graph, Hop, Layout, Net, Port
from pipeline.render.erd.layered.order import reduce_crossings
from pipeline.render.erd.layered.place import place_nodes
from pipeline.render.erd.layered.ranks import rank_boxes
from pipeline.render.erd.layered.wires import assign_tracks, draw_wires


def arrange(boxes: Sequence[Box], nets: Sequence[Net]) -> Layout:
    """Lay boxes and nets out. A net must not connect a box with itself."""
    graph = Graph([box.height for box in boxes], len(boxes), rank_boxes(boxes, nets))
    directed = _split(nets, graph.ranks)
    _connect(graph, directed)
    reduce_crossings(graph)
    place_nodes(graph)
    for hops in graph.hops:
        assign_tracks(graph, hops)
    return draw_wires(graph, boxes)


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


def _connect(graph: Graph, directed: Sequence[tuple[int, Port, list[Port]]]) -> None:
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
            graph.hops[rank].append(Hop(number, left, rights))
            if bend is not None:
                left = bend
