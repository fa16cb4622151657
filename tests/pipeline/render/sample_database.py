"""Short hands for the analyses and tables of the sample projects."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ast.analysis import (
    Acceptance,
    Actor,
    Analysis,
    Entity,
    Feature,
    Requirement,
    Rule,
)
from pipeline.ast.database import (
    Column,
    ColumnType,
    Index,
    Relation,
    Table,
    UniqueKey,
)
from pipeline.names import words

HOSTILE = "Ends */ here, costs ${price} `now`, is <b>bold</b> | # äöü 漢字 😀 & 'more'."
"""A description with the marks that Markdown, TypeScript, SQL and Prisma each mind."""
DIRECTIVE = "@ts-expect-error is what this text starts with."


def make_table(
    name: str,
    plural: str,
    stance: str,
    purpose: str,
    *,
    columns: tuple[Column, ...],
    relations: tuple[Relation, ...] = (),
    uniques: tuple[UniqueKey, ...] = (),
    indexes: tuple[Index, ...] = (),
    soft_delete: bool = False,
) -> Table:
    return Table.model_validate(
        {
            "name": name,
            "plural": plural,
            "stance": stance,
            "entity": name,
            "purpose": purpose,
            "requirements": ("R-1.1",),
            "soft_delete": soft_delete,
            "columns": columns,
            "relations": relations,
            "uniques": uniques,
            "indexes": indexes,
        }
    )


def make_column(
    name: str, kind: ColumnType, description: str | None = None, *, nullable: bool = False
) -> Column:
    text = description or f"The {words(name)}."
    return Column(name=name, description=text, type=kind, nullable=nullable)


def make_relation(
    name: str,
    target: str,
    on_delete: str,
    *,
    owner: bool = False,
    nullable: bool = False,
    cardinality: str = "many_to_one",
) -> Relation:
    return Relation.model_validate(
        {
            "name": name,
            "description": f"The {words(name)} it belongs to.",
            "target": target,
            "owner": owner,
            "cardinality": cardinality,
            "on_delete": on_delete,
            "nullable": nullable,
        }
    )


def make_analysis(
    title: str,
    summary: str,
    actors: Iterable[tuple[str, str]],
    tables: tuple[Table, ...],
    rules: tuple[Rule, ...],
) -> Analysis:
    actor_nodes = tuple(
        Actor.model_validate({"name": n, "kind": k, "description": f"A {n}."}) for n, k in actors
    )
    return Analysis(
        title=title,
        summary=summary,
        actors=actor_nodes,
        entities=tuple(
            Entity(
                name=table.name,
                description=table.purpose,
                owner=next((r.target for r in table.relations if r.owner), "none"),
                is_account=table.stance == "actor",
                attributes=tuple(column.name for column in table.columns) or ("email",),
            )
            for table in tables
        ),
        features=(Feature(name="keeping", description=HOSTILE),),
        requirements=(
            Requirement(
                id="R-1.1",
                feature="keeping",
                pattern="event",
                actor=actor_nodes[0].name,
                entities=(tables[-1].name,),
                condition="a member sends a valid request",
                response=f"an answer is given. {HOSTILE}",
                acceptance=Acceptance(given="an account", when="it asks", then="it gets"),
            ),
        ),
        rules=rules,
    )
