"""What the steps of the layout pass on: boxes, nets, hops between ranks, and their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BOX_GAP = 30.0
"""Free space between two boxes of a rank."""
WIRE_GAP = 14.0
"""Free space between two wires that pass a rank."""
TRACK_GAP = 12.0
"""Distance of two vertical tracks in a channel."""
CHANNEL_MARGIN = 34.0
"""Space beside a box that marks and loops need and no track takes."""

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
class Hop:
    """The part of a net in one channel: from an end on its left to ends on its right."""

    net: int
    left: Port
    rights: list[Port]
    track: int = -1


@dataclass
class Graph:
    """The working state: boxes come first among the nodes, then the bends of passing wires."""

    heights: list[float]
    boxes: int
    ranks: list[int]
    order: list[list[int]] = field(default_factory=list[list[int]])
    hops: list[list[Hop]] = field(default_factory=list[list[Hop]])
    tops: list[float] = field(default_factory=list[float])

    def is_box(self, node: int) -> bool:
        """Whether it is a box, not a bend."""
        return node < self.boxes

    def y(self, port: Port) -> float:
        """Return how far down a port is."""
        return self.tops[port.box] + port.offset
