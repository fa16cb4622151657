"""Which table is which entity, whatever number and spelling its name has."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.matching import match
from scoring.project import read_project
from scoring.project.folder import Folder

TABLES = {
    "movie": ("Movie", "movie", "movies", "Movies", "tbl_movies"),
    "child": ("Child", "children", "Children", "school_children"),
    "status": ("Status", "statuses", "Statuses", "order_statuses", "OrderStatus"),
    "analysis": ("Analysis", "analyses", "Analyses", "lab_analyses"),
    "person": ("Person", "people", "People"),
    "category": ("Category", "categories", "Categories"),
}
"""Entity of a brief → names of models in the style of Prisma, and of tables as TypeORM has them."""
OTHERS = ("Movement", "Childhood", "Statistics", "Analyst", "Personnel", "Catalogue")


def brief_of(folder: Path, entity: str) -> Brief:
    file = folder / "brief.toml"
    file.write_text(
        f'name = "one"\n[[entities]]\nname = "{entity}"\n'
        'attributes = [{ name = "title", types = ["text"] }]\n'
        f'[[operations]]\nid = "{entity}.list"\nentity = "{entity}"\naction = "list"\n'
        f'methods = ["GET"]\npath = "/{entity}"\n'
    )
    return load_brief(file)


def taken_for(brief: Brief, *models: str) -> str | None:
    """Return the model that is taken for the brief's entity."""
    schema = "\n".join(f"model {name} {{\n  id Int @id\n}}" for name in models)
    found = match(read_project(Folder({"prisma/schema.prisma": schema}, ())), brief)
    table = found.tables.get(brief.entities[0].name)
    return table.name if table is not None else None


@pytest.mark.parametrize(
    ("entity", "model"), [(entity, name) for entity, names in TABLES.items() for name in names]
)
def test_an_entity_has_its_table_in_any_number_and_spelling(
    entity: str, model: str, tmp_path: Path
) -> None:
    assert taken_for(brief_of(tmp_path, entity), *OTHERS, model) == model


@pytest.mark.parametrize("entity", TABLES)
def test_a_word_that_looks_alike_is_another_table(entity: str, tmp_path: Path) -> None:
    assert taken_for(brief_of(tmp_path, entity), *OTHERS) is None


@pytest.mark.parametrize("entity", TABLES)
def test_the_mapped_name_counts_as_well(entity: str, tmp_path: Path) -> None:
    brief = brief_of(tmp_path, entity)
    for name in TABLES[entity]:
        schema = f'model Anything {{\n  id Int @id\n  @@map("{name}")\n}}'
        found = match(read_project(Folder({"prisma/schema.prisma": schema}, ())), brief)
        assert found.tables[entity].sql_name == name


@pytest.mark.parametrize("entity", TABLES)
def test_a_route_is_the_entitys_in_the_plural(entity: str, tmp_path: Path) -> None:
    for path in {name.lower() for name in TABLES[entity] if "_" not in name}:
        controller = (
            'import { Controller, Get } from "@nestjs/common";\n'
            f'@Controller("{path}")\nexport class Any {{\n  @Get() all() {{ return []; }}\n}}\n'
        )
        facts = read_project(Folder({"src/any.controller.ts": controller}, ()))
        found = match(facts, brief_of(tmp_path, entity)).found(f"{entity}.list")
        assert (found is not None) == (path != "orderstatus"), path
