"""The entity-relationship diagram: what it shows, and that nothing lies on anything else."""

import random
import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from pipeline.ast.database import Column, Database, IntegerType, Relation, Table
from pipeline.project import Project
from pipeline.render import erd
from pipeline.render.erd import svg
from pipeline.render.erd.layered.arrange import arrange
from pipeline.render.erd.layered.graph import Box, Layout, Net, Port
from tests.pipeline.render.samples import forum_project, todo_project

SIZES = pytest.mark.parametrize(("count", "seed"), [(1, 1), (6, 2), (20, 3), (50, 4), (50, 5)])


def tables_of(count: int, seed: int) -> tuple[Table, ...]:
    """Make tables with random relations, some of them in cycles and some to themselves."""
    chance = random.Random(seed)
    names = [f"table_{number}" for number in range(count)]
    integer = IntegerType(type="integer", minimum=0, maximum=9, default=None)
    made: list[Table] = []
    for name in names:
        targets = [chance.choice(names) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        relations = tuple(
            Relation(
                name=f"link_{number}",
                description="Where to.",
                target=target,
                owner=False,
                cardinality=chance.choice(("many_to_one", "one_to_one")),
                on_delete="cascade",
                nullable=chance.random() < 0.3,
            )
            for number, target in enumerate(targets)
        )
        columns = tuple(
            Column(name=f"value_{n}", description="A value.", type=integer, nullable=False)
            for n in range(chance.randint(0, 9))
        )
        made.append(
            Table(
                name=name,
                plural=f"{name}s",
                stance=chance.choice(("primary", "subsidiary", "junction")),
                entity=name,
                purpose="Rows <of> a & b.",
                requirements=(),
                soft_delete=False,
                columns=columns,
                relations=relations,
                uniques=(),
                indexes=(),
            )
        )
    return tuple(made)


def random_layout(count: int, seed: int) -> tuple[list[Box], list[Net], Layout]:
    chance = random.Random(seed)
    boxes = [Box(chance.randint(180, 300), chance.randint(60, 400)) for _ in range(count)]
    nets: list[Net] = []
    for index in range(count):
        others = [n for n in range(count) if n != index]
        sinks = chance.sample(others, k=min(len(others), chance.choice((0, 1, 2, 5))))
        if sinks:
            nets.append(Net(Port(index, 30.0), tuple(Port(n, 20.0 + index) for n in sinks)))
    return boxes, nets, arrange(boxes, nets)


@SIZES
def test_no_wire_passes_through_a_box_and_no_boxes_touch(count: int, seed: int) -> None:
    boxes, _, layout = random_layout(count, seed)
    places = [
        (x, y, x + width, y + box.height)
        for (x, y), width, box in zip(layout.corners, layout.widths, boxes, strict=True)
    ]
    for number, (left, top, right, bottom) in enumerate(places):
        assert 0 <= left <= right <= layout.width
        assert 0 <= top <= bottom <= layout.height
        for other in places[number + 1 :]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top
    for wire in layout.wires:
        for (x1, y1), (x2, y2) in zip(wire.points, wire.points[1:], strict=False):
            assert x1 == x2 or y1 == y2
            for left, top, right, bottom in places:
                inside_x = max(min(x1, x2), left) < min(max(x1, x2), right)
                inside_x = inside_x or (x1 == x2 and left < x1 < right)
                inside_y = max(min(y1, y2), top) < min(max(y1, y2), bottom)
                inside_y = inside_y or (y1 == y2 and top < y1 < bottom)
                assert not (inside_x and inside_y)


@SIZES
def test_every_net_is_connected_to_all_its_ports(count: int, seed: int) -> None:
    _, nets, layout = random_layout(count, seed)
    for number, net in enumerate(nets):
        reached = {end.port for end in layout.attachments if end.net == number}
        assert reached == {net.source, *net.sinks}
        joined: list[set[tuple[float, float]]] = []
        for wire in layout.wires:
            if wire.net == number:
                points = {wire.points[0], wire.points[-1]}
                touching = [group for group in joined if group & points]
                joined = [group for group in joined if not group & points]
                joined.append(points.union(*touching))
        starts = {(end.x, end.y) for end in layout.attachments if end.net == number}
        assert starts <= set().union(*joined)


@SIZES
def test_pictures_are_valid_and_the_same_each_time(count: int, seed: int) -> None:
    tables = tables_of(count, seed)
    picture = svg.draw("A & <B>", tables)
    assert picture == svg.draw("A & <B>", tables)
    ET.fromstring(picture)
    assert QSvgRenderer(QByteArray(picture.encode())).isValid()
    assert picture.count("<g>") == count


def test_the_picture_names_every_column_and_marks_keys() -> None:
    project = forum_project()
    picture = svg.draw("Forum", project.database.tables)
    texts = re.findall(r">([^<>]+)</text>", picture)
    for table in project.database.tables:
        assert table.plural in texts
        assert all(column.name in texts for column in table.physical())
    assert texts.count("PK") == len(project.database.tables)
    assert texts.count("FK") == sum(len(t.relations) for t in project.database.tables)


@pytest.mark.parametrize("make", [todo_project, forum_project])
def test_the_page_has_diagram_and_dictionary(make) -> None:
    project = make()
    files = {file.path: file.text for file in erd.render(project)}
    assert sorted(files) == ["docs/erd.md", "docs/erd.svg"]
    page = files["docs/erd.md"]
    assert page.count("```mermaid") == 1
    for table in project.database.tables:
        assert f"### `{table.plural}`" in page
        assert f"  {table.plural} {{\n    uuid id PK\n" in page
    assert page.count(" : ") == sum(len(t.relations) for t in project.database.tables)


def test_cardinalities_and_delete_rules_are_told() -> None:
    files = {file.path: file.text for file in erd.render(forum_project())}
    page = files["docs/erd.md"]
    assert '  members ||--o| profiles : "member"' in page
    assert '  categories |o--o{ posts : "category"' in page
    assert '  comments |o--o{ comments : "parent"' in page
    assert "Erasing it empties this column." in page
    assert "enum: `draft`, `published`, `closed`" in page


def test_a_large_model_gets_an_overview_and_a_diagram_for_each_group() -> None:
    base = todo_project()
    tables = tables_of(30, 6)
    project = Project(
        base.analysis, Database(tables=tables), base.interface, base.tests, base.program
    )
    page = erd.render(project)[0].text
    assert page.count("```mermaid") == 2
    overview = page.split("```")[1]
    assert "{\n" not in overview
    assert all(re.search(rf"\b{table.plural}\b", overview) for table in tables)
