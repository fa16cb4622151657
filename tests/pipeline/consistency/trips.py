"""For each check of finished ASTs one slip that trips it, made in the golden board project.

    .venv/bin/python -m tests.pipeline.consistency.trips

writes them to docs/measured/checks.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from app.work.golden import design_golden
from pipeline.consistency.catalogue import INVARIANTS, inspect
from pipeline.project import Project
from pipeline.render.markdown import escape, table
from tests.pipeline.consistency.slips import (
    ACTOR,
    Tree,
    add_rule,
    append,
    at_once,
    column,
    compare,
    first,
    in_function,
    in_operation,
    in_schema,
    in_table,
    last_refusal,
    named,
    only_calls,
    requirement,
    rule,
    statement,
    taken,
    test,
    turned,
    without_error,
)

TABLE = Path(__file__).parents[3] / "docs" / "measured" / "checks.md"
HEAD = """# Checks of finished ASTs

Made by `tests/pipeline/consistency/trips.py`. A form is settled when it is read
(docs/architecture.md); these checks look at the five finished ASTs, one by one and against each
other. The last columns show a slip that trips this check and no other: a test makes each of them
in the golden board project.

"""


@dataclass(frozen=True)
class Trip:
    """A slip in one AST of the golden project."""

    check: str
    tree: str
    """Which AST: a field of Project."""
    slip: str
    make: Callable[[Tree], object]
    """Makes the slip in the tree that it is given."""


def apply(trip: Trip, project: Project) -> Project:
    """Return the project with the slip in it."""
    model = getattr(project, trip.tree)
    tree = model.model_dump(mode="json", by_alias=True)
    trip.make(tree)
    return replace(project, **{trip.tree: type(model).model_validate(tree)})


TRIPS = (
    Trip(
        "analysis.names",
        "analysis",
        "two features are called accounts",
        append("features", lambda tree: dict(tree["features"][0])),
    ),
    Trip(
        "analysis.ids",
        "analysis",
        "two rules have the id B-1.1",
        lambda tree: tree["rules"].append(dict(tree["rules"][0])),
    ),
    Trip(
        "analysis.owners",
        "analysis",
        "articles belong to the visitor, who has no account",
        lambda tree: named(tree["entities"], "article").update(owner="visitor"),
    ),
    Trip(
        "analysis.requirement_names",
        "analysis",
        "a requirement speaks of a publisher",
        requirement(actor="publisher"),
    ),
    Trip(
        "analysis.rule_names",
        "analysis",
        "shelves belong to their owners",
        rule("ownership", entity="shelf"),
    ),
    Trip(
        "analysis.rule_requirements",
        "analysis",
        "a rule follows from R-9.9",
        rule("limit", requirement="R-9.9"),
    ),
    Trip("analysis.bounds", "analysis", "at least 200, at most 128", rule("limit", minimum=200)),
    Trip(
        "analysis.steps",
        "analysis",
        "an article is moved from published to published",
        lambda tree: (lambda rule: rule.update(target=rule["source"]))(
            named(tree["rules"], "transition", "kind")
        ),
    ),
    Trip(
        "analysis.contradictions",
        "analysis",
        "a moderator may and may not create a section",
        lambda tree: tree["rules"].extend(
            {
                "kind": "permission",
                "id": f"B-9.{number}",
                "requirement": "R-1.1",
                "statement": "A slip.",
                "actor": "moderator",
                "action": "erase",
                "entity": "member",
                "allowed": bool(number),
            }
            for number in (0, 1)
        ),
    ),
    Trip(
        "analysis.conditions",
        "analysis",
        "an author is named, and nothing related is shown",
        rule("visibility", person="article.author"),
    ),
    Trip(
        "analysis.restrictions",
        "analysis",
        "a section stays while articles are in a state of sections",
        turned(
            "transition",
            kind="restriction",
            entity="section",
            dependent="article",
            attribute="section.created_at",
            value="published",
        ),
    ),
    Trip(
        "analysis.unspoken",
        "analysis",
        "no requirement speaks of comments",
        lambda tree: [
            requirement.update(entities=[e for e in requirement["entities"] if e != "comment"])
            for requirement in tree["requirements"]
        ],
    ),
    Trip(
        "database.names",
        "database",
        "articles are called sections in SQL, too",
        in_table("article", lambda one: one.update(plural="sections")),
    ),
    Trip(
        "database.columns",
        "database",
        "an article has two titles",
        in_table("article", append("columns", lambda one: dict(one["columns"][0]))),
    ),
    Trip(
        "database.targets",
        "database",
        "an article points at a shelf",
        in_table("article", lambda one: named(one["relations"], "section").update(target="shelf")),
    ),
    Trip(
        "database.set_null",
        "database",
        "the required author of an article is set to null",
        in_table("article", lambda one: one["relations"][0].update(on_delete="set_null")),
    ),
    Trip(
        "database.deletions",
        "analysis",
        "articles go with their section, which they keep",
        add_rule(kind="cascade", entity="section", dependent="article", then="deleted"),
    ),
    Trip(
        "database.circles",
        "database",
        "a section needs a first section",
        in_table(
            "section",
            append(
                "relations",
                lambda _: {
                    "name": "first",
                    "description": "A slip.",
                    "target": "section",
                    "owner": False,
                    "cardinality": "many_to_one",
                    "on_delete": "cascade",
                    "nullable": False,
                },
            ),
        ),
    ),
    Trip(
        "database.keys",
        "database",
        "an index of the colour of sections",
        in_table("section", lambda one: one["indexes"].append({"columns": ["colour"]})),
    ),
    Trip(
        "database.case",
        "database",
        "the keys of sections are unique whatever their case",
        in_table(
            "section",
            lambda one: one["uniques"].append(
                {"columns": ["id"], "rules": [], "ignore_case": True}
            ),
        ),
    ),
    Trip(
        "database.defaults",
        "database",
        "an article's status starts as lost",
        in_table("article", column("status", default="lost")),
    ),
    Trip(
        "database.bounds",
        "database",
        "a title has at least 90 and at most 50 characters",
        in_table("article", column("title", min_length=90, max_length=50)),
    ),
    Trip(
        "database.lengths",
        "database",
        "a currency of four letters",
        in_table(
            "article",
            lambda one: named(one["columns"], "title").update(
                type={"type": "pattern", "pattern": "currency", "length": 4}
            ),
        ),
    ),
    Trip(
        "database.citations",
        "database",
        "the table of sections serves R-9.9",
        in_table("section", lambda one: one["requirements"].append("R-9.9")),
    ),
    Trip(
        "database.accounts",
        "analysis",
        "publishers sign in, too",
        lambda tree: tree["actors"].append({**tree["actors"][1], "name": "publisher"}),
    ),
    Trip(
        "database.entities",
        "analysis",
        "the board has badges",
        lambda tree: (
            tree["entities"].append({**tree["entities"][2], "name": "badge"}),
            tree["requirements"][0]["entities"].append("badge"),
        ),
    ),
    Trip(
        "interface.ids",
        "interface",
        "two schemas are called Section",
        lambda tree: tree["schemas"].append(dict(named(tree["schemas"], "Section"))),
    ),
    Trip(
        "interface.routes",
        "interface",
        "hiding and restoring have one path",
        lambda tree: named(tree["operations"], "articles.hide", "id").update(
            path=named(tree["operations"], "articles.restore", "id")["path"]
        ),
    ),
    Trip(
        "interface.tables",
        "interface",
        "signing out is about a table of sessions",
        in_operation("members.logout", table="session"),
    ),
    Trip(
        "interface.actors",
        "interface",
        "sections are listed for nobody",
        in_operation("sections.list", actors=[], guests=False),
    ),
    Trip(
        "interface.references",
        "interface",
        "reading an article answers a `Page`",
        in_operation("articles.read", response="Page"),
    ),
    Trip(
        "interface.sources",
        "interface",
        "a section shows a colour",
        in_schema(
            "Section",
            lambda one: one["schema"]["properties"].append(
                {
                    "name": "colour",
                    "schema": {"type": "boolean"},
                    "required": True,
                    "description": "A slip.",
                }
            ),
        ),
    ),
    Trip(
        "interface.lists",
        "interface",
        "a new section says how many articles it has",
        taken(
            "articlesCount",
            {"kind": "count", "table": "article", "relation": "section"},
            {"type": "integer"},
        ),
    ),
    Trip(
        "interface.bounds",
        "interface",
        "a page has at least three of at most two sections",
        in_schema(
            "SectionPage",
            lambda one: named(one["schema"]["properties"], "data")["schema"].update(
                min_items=3, max_items=2
            ),
        ),
    ),
    Trip(
        "interface.secrets",
        "interface",
        "a member shows the password's hash",
        in_schema(
            "Member",
            lambda one: one["schema"]["properties"][0].update(column="password_hash"),
        ),
    ),
    Trip(
        "interface.parameters",
        "interface",
        "the path of an article has no key",
        in_operation("articles.read", path="/one-article"),
    ),
    Trip(
        "interface.batches",
        "interface",
        "listing sections erases them",
        in_operation("sections.list", erases=True),
    ),
    Trip(
        "interface.scopes",
        "interface",
        "a moderator lists sections of his own",
        in_operation("sections.create", scope="own"),
    ),
    Trip(
        "interface.queries",
        "interface",
        "articles are found by a range of titles",
        lambda tree: named(tree["operations"], "articles.list", "id")["query"]["filters"].append(
            {"property": "titleFrom", "column": "title", "match": "at_least"}
        ),
    ),
    Trip(
        "interface.orders",
        "analysis",
        "lists of sections begin with the last name",
        add_rule(kind="sorting", attribute="section.name", order="falling"),
    ),
    Trip(
        "interface.refusals",
        "interface",
        "renewing a session never answers 400",
        without_error("members.refresh", 400),
    ),
    Trip(
        "interface.citations",
        "interface",
        "listing sections serves R-9.9",
        lambda tree: named(tree["operations"], "sections.list", "id")["requirements"].append(
            "R-9.9"
        ),
    ),
    Trip(
        "interface.unused",
        "interface",
        "a schema that nothing takes",
        lambda tree: tree["schemas"].append(
            {**named(tree["schemas"], "SectionCreate"), "name": "SectionDraft"}
        ),
    ),
    Trip(
        "test.names",
        "tests",
        "two tests are called alike",
        lambda tree: tree["functions"].append(dict(tree["functions"][0])),
    ),
    Trip(
        "test.operations",
        "tests",
        "a test is about `sections.paint`",
        lambda tree: tree["functions"][0].update(operation="sections.paint"),
    ),
    Trip(
        "test.arguments",
        "tests",
        "a section is given a colour",
        test(last_refusal(values=[{"property": "colour", "value": {"kind": "null"}}])),
    ),
    Trip(
        "test.statuses",
        "tests",
        "a taken name is expected to answer 410",
        test(last_refusal(status=410)),
    ),
    Trip("test.counts", "tests", "four of three calls succeed", test(at_once(succeed=4))),
    Trip(
        "test.variables",
        "tests",
        "somebody calls who never signed in",
        test(last_refusal(connection="stranger")),
    ),
    Trip("test.assertions", "tests", "a test only calls", test(only_calls)),
    Trip(
        "test.citations",
        "tests",
        "a test breaks B-9.9",
        lambda tree: tree["functions"][0]["rules"].append("B-9.9"),
    ),
    Trip(
        "program.functions",
        "program",
        "nothing is done to list sections",
        lambda tree: tree.update(
            functions=[f for f in tree["functions"] if f["operation"] != "sections.list"]
        ),
    ),
    Trip(
        "program.tables",
        "program",
        "a section is removed from a shelf",
        in_function("sections.erase", statement("remove", table="shelf")),
    ),
    Trip(
        "program.columns",
        "program",
        "a section is found by its colour",
        in_function(
            "sections.read",
            statement("find", where=compare("colour", {"kind": "parameter", "name": "id"})),
        ),
    ),
    Trip(
        "program.relations",
        "program",
        "the oldest section of its shelf is read",
        in_function(
            "sections.read",
            statement("find", where={"kind": "oldest", "relation": "shelf", "where": []}),
        ),
    ),
    Trip(
        "program.variables",
        "program",
        "an answer shows a row that nobody found",
        in_function("sections.read", statement("return_row", row="other")),
    ),
    Trip(
        "program.bodies",
        "program",
        "a section gets the body's colour",
        in_function(
            "sections.create",
            lambda statements: first(statements, "insert")["values"][0].update(
                value={"kind": "body", "property": "colour"}
            ),
        ),
    ),
    Trip(
        "program.lists",
        "interface",
        "a new section is given articles, which nothing stores",
        taken(
            "articles",
            {"kind": "rows", "table": "article", "relation": "section"},
            {"type": "array", "items": {"type": "boolean"}, "max_items": 9},
        ),
    ),
    Trip(
        "program.callers",
        "program",
        "a visitor's own sections are listed",
        in_function("sections.list", statement("find_page", where=compare("id", ACTOR))),
    ),
    Trip(
        "program.ends",
        "program",
        "a section is answered before it is found",
        in_function(
            "sections.erase",
            lambda statements: statements.insert(1, {"kind": "return_nothing"}),
        ),
    ),
    Trip(
        "program.statuses",
        "program",
        "a missing section answers 410",
        in_function("sections.read", statement("find", missing=410)),
    ),
    Trip(
        "program.units",
        "program",
        "a section's name is looked up before the unit that writes it",
        in_function(
            "sections.create",
            lambda statements: statements.insert(0, statements[0]["body"].pop(0)),
        ),
    ),
    Trip(
        "program.inserts",
        "program",
        "a section gets no name",
        in_function(
            "sections.create",
            lambda statements: first(statements, "insert").update(values=[]),
        ),
    ),
    Trip(
        "traces.requirements",
        "analysis",
        "nothing serves a seventh requirement",
        lambda tree: tree["requirements"].append({**tree["requirements"][0], "id": "R-1.9"}),
    ),
    Trip(
        "traces.rules",
        "analysis",
        "nobody keeps the hours in which articles are changed",
        add_rule(
            kind="window",
            attribute="now",
            bound="at_most",
            amount=3,
            unit="days",
            side="after",
            reference="article.created_at",
        ),
    ),
    Trip(
        "traces.tests",
        "tests",
        "nobody tests signing out",
        lambda tree: tree.update(
            functions=[f for f in tree["functions"] if '"members.logout"' not in json.dumps(f)]
        ),
    ),
)


def generated(project: Project) -> str:
    """Return docs/measured/checks.md; `project` is the golden board."""
    trips = {trip.check: trip for trip in TRIPS}
    rows: list[tuple[str, ...]] = []
    for check in INVARIANTS:
        trip = trips[check.id]
        found = inspect(apply(trip, project))[0].diagnostic
        place = f"`{found.pointer}`: {escape(found.found)}"
        rows.append((f"`{check.id}`", check.expected, check.why, trip.slip, place))
    assert {f.name for f in fields(Project)} >= {trip.tree for trip in TRIPS}
    head = ["Check", "Expected", "Why", "A slip", "Found"]
    return HEAD + table(head, rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(generated(design_golden("board")), encoding="utf-8")
