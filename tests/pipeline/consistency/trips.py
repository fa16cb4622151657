"""For each check of finished ASTs one slip that trips it, made in the golden board project.

    .venv/bin/python tests/pipeline/consistency/trips.py

writes them to docs/measured/checks.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from app.work.golden import design_golden  # noqa: E402
from pipeline.consistency.catalogue import INVARIANTS, inspect  # noqa: E402
from pipeline.project import Project  # noqa: E402
from pipeline.render.markdown import escape, table  # noqa: E402

TABLE = ROOT / "docs" / "measured" / "checks.md"
HEAD = """# Checks of finished ASTs

Made by `tests/pipeline/consistency/trips.py`. A form is settled when it is read
(docs/architecture.md); these checks look at the five finished ASTs, one by one and against each
other. The last columns show a slip that trips this check and no other: a test makes each of them
in the golden board project.

"""
Tree = dict[str, Any]


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


def _named(items: list[Tree], name: str, key: str = "name") -> Tree:
    return next(item for item in items if item[key] == name)


def _set(*path: str | int, to: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        node: Any = tree
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = to

    return make


def _rule(kind: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        _named(tree["rules"], kind, "kind").update(changes)

    return make


def _turned(old: str, /, **said: object) -> Callable[[Tree], None]:
    """Let a rule of a kind say something else, under its id."""

    def make(tree: Tree) -> None:
        rule = _named(tree["rules"], old, "kind")
        kept = {field: rule[field] for field in ("id", "requirement", "statement")}
        tree["rules"][tree["rules"].index(rule)] = {**kept, **said}

    return make


def _requirement(**changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        tree["requirements"][0].update(changes)

    return make


def _add_rule(**rule: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        known = {"id": "B-9.9", "requirement": "R-1.1", "statement": "A slip."}
        tree["rules"].append({**known, **rule})

    return make


def _in_table(name: str, change: Callable[[Tree], None]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(_named(tree["tables"], name))

    return make


def _in_operation(name: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        _named(tree["operations"], name, "id").update(changes)

    return make


def _without_error(name: str, status: int) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        operation = _named(tree["operations"], name, "id")
        operation["errors"] = [e for e in operation["errors"] if e["status"] != status]

    return make


def _in_schema(name: str, change: Callable[[Tree], None]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(_named(tree["schemas"], name))

    return make


def _in_function(
    name: str, change: Callable[[list[Tree]], None], key: str = "operation"
) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(_named(tree["functions"], name, key)["statements"])

    return make


def _first(statements: list[Tree], kind: str) -> Tree:
    """Return the first statement of a kind, in a unit of work or before it."""
    inside = (each.get("body", []) for each in statements if each["kind"] == "transaction")
    return _named([*statements, *(each for body in inside for each in body)], kind, "kind")


def _statement(kind: str, **changes: object) -> Callable[[list[Tree]], None]:
    def change(statements: list[Tree]) -> None:
        _first(statements, kind).update(changes)

    return change


def _append(key: str, item: Callable[[Tree], Tree]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        tree[key].append(item(tree))

    return make


def _column(name: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        _named(tree["columns"], name)["type"].update(changes)

    return make


def _compare(column: str, value: Tree) -> Tree:
    return {"kind": "compare", "column": column, "operator": "eq", "value": value}


def _test(change: Callable[[list[Tree]], None]) -> Callable[[Tree], None]:
    return _in_function("sections_share_no_key", change, "name")


def _last_refusal(**changes: object) -> Callable[[list[Tree]], None]:
    def change(statements: list[Tree]) -> None:
        refusal = next(s for s in reversed(statements) if s["kind"] == "expect_error")
        for field, value in changes.items():
            (refusal if field == "status" else refusal["call"])[field] = value

    return change


def _at_once(**changes: object) -> Callable[[list[Tree]], None]:
    """Make the call that is refused last three times at once; one of them succeeds."""

    def change(statements: list[Tree]) -> None:
        place = next(n for n, s in enumerate(statements) if s["kind"] == "expect_error")
        refusal = statements[place]
        made = {"calls": [refusal["call"]], "times": 3, "succeed": 1, "refused": refusal["status"]}
        statements[place] = {"kind": "at_once", **made, **changes}

    return change


def _only_calls(statements: list[Tree]) -> None:
    statements[:] = [s for s in statements if s["kind"] in ("sign_in", "let", "call")]


def _taken(name: str, source: Tree, schema: Tree) -> Callable[[Tree], None]:
    """Let a new section have a property that no column keeps."""
    taken = {"name": name, "schema": schema, "required": False, "description": "A slip."}
    return _in_schema(
        "SectionCreate",
        lambda one: one["schema"]["properties"].append({**taken, "source": source}),
    )


ACTOR: Tree = {"kind": "actor"}
TRIPS = (
    Trip(
        "analysis.names",
        "analysis",
        "two features are called accounts",
        _append("features", lambda tree: dict(tree["features"][0])),
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
        lambda tree: _named(tree["entities"], "article").update(owner="visitor"),
    ),
    Trip(
        "analysis.requirement_names",
        "analysis",
        "a requirement speaks of a publisher",
        _requirement(actor="publisher"),
    ),
    Trip(
        "analysis.rule_names",
        "analysis",
        "shelves belong to their owners",
        _rule("ownership", entity="shelf"),
    ),
    Trip(
        "analysis.rule_requirements",
        "analysis",
        "a rule follows from R-9.9",
        _rule("limit", requirement="R-9.9"),
    ),
    Trip("analysis.bounds", "analysis", "at least 200, at most 128", _rule("limit", minimum=200)),
    Trip(
        "analysis.steps",
        "analysis",
        "an article is moved from published to published",
        lambda tree: (lambda rule: rule.update(target=rule["source"]))(
            _named(tree["rules"], "transition", "kind")
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
        _rule("visibility", person="article.author"),
    ),
    Trip(
        "analysis.restrictions",
        "analysis",
        "a section stays while articles are in a state of sections",
        _turned(
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
        _in_table("article", lambda one: one.update(plural="sections")),
    ),
    Trip(
        "database.columns",
        "database",
        "an article has two titles",
        _in_table("article", _append("columns", lambda one: dict(one["columns"][0]))),
    ),
    Trip(
        "database.targets",
        "database",
        "an article points at a shelf",
        _in_table(
            "article", lambda one: _named(one["relations"], "section").update(target="shelf")
        ),
    ),
    Trip(
        "database.set_null",
        "database",
        "the required author of an article is set to null",
        _in_table("article", lambda one: one["relations"][0].update(on_delete="set_null")),
    ),
    Trip(
        "database.deletions",
        "analysis",
        "articles go with their section, which they keep",
        _add_rule(kind="cascade", entity="section", dependent="article", then="deleted"),
    ),
    Trip(
        "database.circles",
        "database",
        "a section needs a first section",
        _in_table(
            "section",
            _append(
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
        _in_table("section", lambda one: one["indexes"].append({"columns": ["colour"]})),
    ),
    Trip(
        "database.case",
        "database",
        "the keys of sections are unique whatever their case",
        _in_table(
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
        _in_table("article", _column("status", default="lost")),
    ),
    Trip(
        "database.bounds",
        "database",
        "a title has at least 90 and at most 50 characters",
        _in_table("article", _column("title", min_length=90, max_length=50)),
    ),
    Trip(
        "database.lengths",
        "database",
        "a currency of four letters",
        _in_table(
            "article",
            lambda one: _named(one["columns"], "title").update(
                type={"type": "pattern", "pattern": "currency", "length": 4}
            ),
        ),
    ),
    Trip(
        "database.citations",
        "database",
        "the table of sections serves R-9.9",
        _in_table("section", lambda one: one["requirements"].append("R-9.9")),
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
        lambda tree: tree["schemas"].append(dict(_named(tree["schemas"], "Section"))),
    ),
    Trip(
        "interface.routes",
        "interface",
        "hiding and restoring have one path",
        lambda tree: _named(tree["operations"], "articles.hide", "id").update(
            path=_named(tree["operations"], "articles.restore", "id")["path"]
        ),
    ),
    Trip(
        "interface.tables",
        "interface",
        "signing out is about a table of sessions",
        _in_operation("members.logout", table="session"),
    ),
    Trip(
        "interface.actors",
        "interface",
        "sections are listed for nobody",
        _in_operation("sections.list", actors=[], guests=False),
    ),
    Trip(
        "interface.references",
        "interface",
        "reading an article answers a `Page`",
        _in_operation("articles.read", response="Page"),
    ),
    Trip(
        "interface.sources",
        "interface",
        "a section shows a colour",
        _in_schema(
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
        _taken(
            "articlesCount",
            {"kind": "count", "table": "article", "relation": "section"},
            {"type": "integer"},
        ),
    ),
    Trip(
        "interface.bounds",
        "interface",
        "a page has at least three of at most two sections",
        _in_schema(
            "SectionPage",
            lambda one: _named(one["schema"]["properties"], "data")["schema"].update(
                min_items=3, max_items=2
            ),
        ),
    ),
    Trip(
        "interface.secrets",
        "interface",
        "a member shows the password's hash",
        _in_schema(
            "Member",
            lambda one: one["schema"]["properties"][0].update(column="password_hash"),
        ),
    ),
    Trip(
        "interface.parameters",
        "interface",
        "the path of an article has no key",
        _in_operation("articles.read", path="/one-article"),
    ),
    Trip(
        "interface.batches",
        "interface",
        "listing sections erases them",
        _in_operation("sections.list", erases=True),
    ),
    Trip(
        "interface.scopes",
        "interface",
        "a moderator lists sections of his own",
        _in_operation("sections.create", scope="own"),
    ),
    Trip(
        "interface.queries",
        "interface",
        "articles are found by a range of titles",
        lambda tree: _named(tree["operations"], "articles.list", "id")["query"]["filters"].append(
            {"property": "titleFrom", "column": "title", "match": "at_least"}
        ),
    ),
    Trip(
        "interface.orders",
        "analysis",
        "lists of sections begin with the last name",
        _add_rule(kind="sorting", attribute="section.name", order="falling"),
    ),
    Trip(
        "interface.refusals",
        "interface",
        "renewing a session never answers 400",
        _without_error("members.refresh", 400),
    ),
    Trip(
        "interface.citations",
        "interface",
        "listing sections serves R-9.9",
        lambda tree: _named(tree["operations"], "sections.list", "id")["requirements"].append(
            "R-9.9"
        ),
    ),
    Trip(
        "interface.unused",
        "interface",
        "a schema that nothing takes",
        lambda tree: tree["schemas"].append(
            {**_named(tree["schemas"], "SectionCreate"), "name": "SectionDraft"}
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
        _test(_last_refusal(values=[{"property": "colour", "value": {"kind": "null"}}])),
    ),
    Trip(
        "test.statuses",
        "tests",
        "a taken name is expected to answer 410",
        _test(_last_refusal(status=410)),
    ),
    Trip("test.counts", "tests", "four of three calls succeed", _test(_at_once(succeed=4))),
    Trip(
        "test.variables",
        "tests",
        "somebody calls who never signed in",
        _test(_last_refusal(connection="stranger")),
    ),
    Trip("test.assertions", "tests", "a test only calls", _test(_only_calls)),
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
        _in_function("sections.erase", _statement("remove", table="shelf")),
    ),
    Trip(
        "program.columns",
        "program",
        "a section is found by its colour",
        _in_function(
            "sections.read",
            _statement("find", where=_compare("colour", {"kind": "parameter", "name": "id"})),
        ),
    ),
    Trip(
        "program.relations",
        "program",
        "the oldest section of its shelf is read",
        _in_function(
            "sections.read",
            _statement("find", where={"kind": "oldest", "relation": "shelf", "where": []}),
        ),
    ),
    Trip(
        "program.variables",
        "program",
        "an answer shows a row that nobody found",
        _in_function("sections.read", _statement("return_row", row="other")),
    ),
    Trip(
        "program.bodies",
        "program",
        "a section gets the body's colour",
        _in_function(
            "sections.create",
            lambda statements: _first(statements, "insert")["values"][0].update(
                value={"kind": "body", "property": "colour"}
            ),
        ),
    ),
    Trip(
        "program.lists",
        "interface",
        "a new section is given articles, which nothing stores",
        _taken(
            "articles",
            {"kind": "rows", "table": "article", "relation": "section"},
            {"type": "array", "items": {"type": "boolean"}, "max_items": 9},
        ),
    ),
    Trip(
        "program.callers",
        "program",
        "a visitor's own sections are listed",
        _in_function("sections.list", _statement("find_page", where=_compare("id", ACTOR))),
    ),
    Trip(
        "program.ends",
        "program",
        "a section is answered before it is found",
        _in_function(
            "sections.erase",
            lambda statements: statements.insert(1, {"kind": "return_nothing"}),
        ),
    ),
    Trip(
        "program.statuses",
        "program",
        "a missing section answers 410",
        _in_function("sections.read", _statement("find", missing=410)),
    ),
    Trip(
        "program.units",
        "program",
        "a section's name is looked up before the unit that writes it",
        _in_function(
            "sections.create",
            lambda statements: statements.insert(0, statements[0]["body"].pop(0)),
        ),
    ),
    Trip(
        "program.inserts",
        "program",
        "a section gets no name",
        _in_function(
            "sections.create",
            lambda statements: _first(statements, "insert").update(values=[]),
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
        _add_rule(
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
