"""Slips: what makes one thing in the tree of an AST wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tree = dict[str, Any]
"""An AST as plain data."""
ACTOR: Tree = {"kind": "actor"}


def named(items: list[Tree], name: str, key: str = "name") -> Tree:
    return next(item for item in items if item[key] == name)


def rule(kind: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        named(tree["rules"], kind, "kind").update(changes)

    return make


def turned(old: str, /, **said: object) -> Callable[[Tree], None]:
    """Let a rule of a kind say something else, under its id."""

    def make(tree: Tree) -> None:
        rule = named(tree["rules"], old, "kind")
        kept = {field: rule[field] for field in ("id", "requirement", "statement")}
        tree["rules"][tree["rules"].index(rule)] = {**kept, **said}

    return make


def requirement(**changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        tree["requirements"][0].update(changes)

    return make


def add_rule(**rule: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        known = {"id": "B-9.9", "requirement": "R-1.1", "statement": "A slip."}
        tree["rules"].append({**known, **rule})

    return make


def in_table(name: str, change: Callable[[Tree], None]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(named(tree["tables"], name))

    return make


def in_operation(name: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        named(tree["operations"], name, "id").update(changes)

    return make


def without_error(name: str, status: int) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        operation = named(tree["operations"], name, "id")
        operation["errors"] = [e for e in operation["errors"] if e["status"] != status]

    return make


def in_schema(name: str, change: Callable[[Tree], None]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(named(tree["schemas"], name))

    return make


def in_function(
    name: str, change: Callable[[list[Tree]], None], key: str = "operation"
) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        change(named(tree["functions"], name, key)["statements"])

    return make


def first(statements: list[Tree], kind: str) -> Tree:
    """Return the first statement of a kind, in a unit of work or before it."""
    inside = (each.get("body", []) for each in statements if each["kind"] == "transaction")
    return named([*statements, *(each for body in inside for each in body)], kind, "kind")


def statement(kind: str, **changes: object) -> Callable[[list[Tree]], None]:
    def change(statements: list[Tree]) -> None:
        first(statements, kind).update(changes)

    return change


def append(key: str, item: Callable[[Tree], Tree]) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        tree[key].append(item(tree))

    return make


def column(name: str, **changes: object) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        named(tree["columns"], name)["type"].update(changes)

    return make


def compare(column: str, value: Tree) -> Tree:
    return {"kind": "compare", "column": column, "operator": "eq", "value": value}


def test(change: Callable[[list[Tree]], None]) -> Callable[[Tree], None]:
    return in_function("sections_share_no_key", change, "name")


def last_refusal(**changes: object) -> Callable[[list[Tree]], None]:
    def change(statements: list[Tree]) -> None:
        refusal = next(s for s in reversed(statements) if s["kind"] == "expect_error")
        for field, value in changes.items():
            (refusal if field == "status" else refusal["call"])[field] = value

    return change


def at_once(**changes: object) -> Callable[[list[Tree]], None]:
    """Make the call that is refused last three times at once; one of them succeeds."""

    def change(statements: list[Tree]) -> None:
        place = next(n for n, s in enumerate(statements) if s["kind"] == "expect_error")
        refusal = statements[place]
        made = {"calls": [refusal["call"]], "times": 3, "succeed": 1, "refused": refusal["status"]}
        statements[place] = {"kind": "at_once", **made, **changes}

    return change


def only_calls(statements: list[Tree]) -> None:
    statements[:] = [s for s in statements if s["kind"] in ("sign_in", "let", "call")]


def taken(name: str, source: Tree, schema: Tree) -> Callable[[Tree], None]:
    """Let a new section have a property that no column keeps."""
    taken = {"name": name, "schema": schema, "required": False, "description": "A slip."}
    return in_schema(
        "SectionCreate",
        lambda one: one["schema"]["properties"].append({**taken, "source": source}),
    )
