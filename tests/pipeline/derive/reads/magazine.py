"""A small service that asks for every feature of reading, as hand-made answers to its forms."""

from __future__ import annotations

import functools
from typing import Any

from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.project import Project
from pipeline.records.events import Event, Lost
from pipeline.records.options import RunOptions
from pipeline.run.run import design
from pipeline.stages.test import TESTS_PER_FORM
from tests.pipeline.small_forms import by_kind

REQUEST = """
A magazine. Everybody reads it; members sign up with an e-mail address, a password and a nickname,
and may say when they were born. Topics have a name and may have a label; they are found by words
in either. Members write articles under a topic: a title, a text that may be missing, a state
(draft or published; draft at first), a price from 0 to 1000, 1 to 500 pages and a day on which
they appear. Articles are filtered by author, state and price, by a range of prices, pages, days
and times of creation, and are searched for words in title and text. Members comment on articles,
mark articles as favourites, and follow other members.
"""
ENTITIES: dict[str, list[str]] = {
    "topic": ["name", "label"],
    "article": ["title", "text", "state", "price", "pages", "appears_on"],
    "comment": ["text"],
    "favourite": ["note"],
    "follow": ["note"],
}
OWNED = ("article", "comment", "favourite", "follow")


def _entity(name: str, attributes: list[str]) -> dict[str, Any]:
    is_account = name == "member"
    owner = "member" if is_account or name in OWNED else "none"
    return {
        "name": name,
        "description": f"A {name} of the magazine.",
        "owner": owner,
        "is_account": is_account,
        "attributes": attributes,
    }


def _requirement(entity: str) -> dict[str, Any]:
    return {
        "pattern": "ubiquitous",
        "actor": "member",
        "entities": [entity],
        "condition": "Always",
        "response": f"reads each {entity}.",
        "acceptance": {"given": f"a {entity}", "when": "it is read", "then": "it is shown"},
    }


PLAN = {
    "title": "A magazine",
    "summary": "Members write articles.",
    "actors": [
        {"name": "visitor", "kind": "guest", "description": "Anybody."},
        {"name": "member", "kind": "member", "description": "Somebody who writes."},
    ],
    "entities": [
        _entity("member", ["email", "password", "nickname", "born_on"]),
        *(_entity(name, attributes) for name, attributes in ENTITIES.items()),
    ],
    "features": [{"name": "reading", "description": "Everything."}],
}
FEATURE = {"requirements": [_requirement(name) for name in ("member", *ENTITIES)], "rules": []}


def _relation(name: str, target: str, *, owner: bool = False, null: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "description": f"The {name}.",
        "target": target,
        "owner": owner,
        "cardinality": "many_to_one",
        "on_delete": "set_null" if null else "cascade",
        "nullable": null,
    }


def _column(name: str, type_: dict[str, Any], *, null: bool = False) -> dict[str, Any]:
    return {"name": name, "description": f"The {name}.", "type": type_, "nullable": null}


def _table(relations: list[dict[str, Any]], columns: list[dict[str, Any]]) -> dict[str, Any]:
    return {"soft_delete": False, "relations": relations, "columns": columns}


TEXT = {"type": "text", "min_length": 1, "max_length": 100}
LABEL = {"type": "text", "min_length": 1, "max_length": 40}
SLUG = {"type": "text", "min_length": 1, "max_length": 60, "generated": "slug"}
CODE = {"type": "text", "min_length": 6, "max_length": 12, "generated": "code"}
STATE = {"type": "enum", "values": ["draft", "published"], "default": "draft"}
PRICE = {"type": "decimal", "minimum": 0, "maximum": 1000}
PAGES = {"type": "integer", "minimum": 1, "maximum": 500, "default": None}
MEMBER = _relation("member", "member", owner=True)
TABLES: dict[str, dict[str, Any]] = {
    "member": _table(
        [], [_column("nickname", TEXT), _column("born_on", {"type": "date"}, null=True)]
    ),
    "topic": _table([], [_column("name", TEXT), _column("label", LABEL, null=True)]),
    "article": _table(
        [_relation("author", "member", owner=True), _relation("topic", "topic", null=True)],
        [
            _column("title", TEXT),
            _column("slug", SLUG),
            _column("code", CODE),
            _column("text", {"type": "text", "min_length": 1, "max_length": 5000}, null=True),
            _column("state", STATE),
            _column("price", PRICE),
            _column("pages", PAGES),
            _column("appears_on", {"type": "date"}),
        ],
    ),
    "comment": _table(
        [_relation("author", "member", owner=True), _relation("article", "article")],
        [_column("text", TEXT)],
    ),
    "favourite": _table([MEMBER, _relation("article", "article")], [_column("note", TEXT)]),
    "follow": _table(
        [_relation("follower", "member", owner=True), _relation("followed", "member")],
        [_column("note", TEXT)],
    ),
}


def _endpoint(kind: str, entity: str, scope: str, *, public: bool = True) -> dict[str, Any]:
    number = ["member", *ENTITIES].index(entity) + 1
    return {
        "kind": kind,
        "actors": ["visitor", "member"] if public and kind in ("list", "read") else ["member"],
        "scope": "any" if kind in ("list", "read") else "own" if kind == "me" else scope,
        "description": f"{kind.capitalize()} it.",
        "requirements": [f"R-1.{number}"],
        "rules": [],
    }


LATER = ("ranges", "related_filters", "search")


def _resource(
    entity: str, scope: str, kinds: tuple[str, ...], shown: list[str], **exposed: Any
) -> dict[str, Any]:
    written = exposed.pop("written", shown)
    further = exposed.pop("further", [])
    exposure = {
        "shown": shown,
        **{
            name: exposed[name]
            for name in ("embedded", "counted", "flags", "totals", "lookups")
            if name in exposed
        },
        "writable_on_create": written,
        "writable_on_update": written,
        "filters": exposed.pop("filters", []),
    }
    # Members of a form stand in the order of its model.
    later = {name: exposed[name] for name in LATER if name in exposed}
    exposure |= {**later, "sorts": ["created_at"]}
    return {
        "operations": by_kind(*(_endpoint(kind, entity, scope) for kind in kinds), *further),
        "exposure": exposure,
    }


CRUD = ("list", "read", "create", "update", "erase")
FEED = {
    "kind": "listing",
    "name": "feed",
    "actors": ["member"],
    "scope": "any",
    "filters": ["state"],
    "sorts": ["price"],
    "description": "Show the articles of those whom the caller follows.",
    "requirements": ["R-1.3"],
    "rules": [],
}
FOLLOWED = {
    "kind": "some",
    "table": "follow",
    "relation": "followed",
    "where": [
        {
            "kind": "compare",
            "column": "follower_id",
            "operator": "eq",
            "value": {"kind": "actor"},
        }
    ],
}
FEED_PROGRAM = {
    "where": [{"kind": "parent", "relation": "author", "where": [FOLLOWED]}],
    "checks": [],
    "sets": [],
    "effects": [],
}
PRICES = [{"function": f, "column": "price"} for f in ("sum", "average", "minimum")]
SUMMARIES = [
    {
        "kind": "summary",
        "name": name,
        "actors": ["visitor", "member"],
        "scope": "any",
        "group": group,
        "period": period,
        "figures": [*PRICES, {"function": "maximum", "column": "appears_on"}],
        "description": "Sum up articles.",
        "requirements": ["R-1.3"],
        "rules": [],
    }
    for name, group, period in (
        ("summary", "everything", "day"),
        ("by_state", "state", "day"),
        ("by_topic", "topic_id", "day"),
        ("by_day", "appears_on", "day"),
        ("by_month", "created_at", "month"),
    )
]
SUMMARIES[2]["most_first"] = True
AVERAGES = [
    {
        "name": f"average_{column}",
        "table": "article",
        "function": "average",
        "column": column,
        "time": "created_at",
        "period": "always",
    }
    for column in ("price", "pages")
]
SCENARIOS = {
    "articles_are_summed_up_by_group": "articles.byState",
    "articles_are_summed_up_by_time": "articles.byMonth",
    "feed_shows_whom_one_follows": "articles.feed",
    "articles_are_found_by_whose_favourites_they_are": "articles.list",
    "topics_show_averages_of_their_articles": "articles.create",
}


USES = {
    "feed_shows_whom_one_follows": ["follows.create"],
    "topics_show_averages_of_their_articles": ["topics.create", "topics.read"],
}


def _call(caller: str, operation: str, status: int, label: str = "none", **values: Any) -> Any:
    return {
        "kind": "call",
        "caller": caller,
        "operation": operation,
        "of": "none",
        "values": [{"property": name, "value": value} for name, value in values.items()],
        "status": status,
        "as": label,
        "times": 1,
    }


def _row(caller: str) -> dict[str, str]:
    return {"kind": "row_of", "caller": caller}


def _check(operation: str, path: str, value: int | float | str) -> dict[str, Any]:
    kinds = {str: "string", float: "number"}
    kind = kinds.get(type(value), "integer")
    literal = {"kind": "enum" if value in STATE["values"] else kind, "value": value}
    return {
        "kind": "check",
        "operation": operation,
        "path": path,
        "predicate": "equal",
        "value": literal,
    }


def _article(price: int, state: str = "draft", caller: str = "member") -> Any:
    return _call(
        caller,
        "articles.create",
        201,
        price={"kind": "integer", "value": price},
        state={"kind": "enum", "value": state},
    )


NULL = {"kind": "null"}


def _priced(price: float, pages: int) -> Any:
    return _call(
        "member",
        "articles.create",
        201,
        topicId=_row("topic_1"),
        price={"kind": "number", "value": price},
        pages={"kind": "integer", "value": pages},
    )


ARTICLES = [_article(10), _article(20), _article(40, "published")]
TESTS = [
    [
        *ARTICLES,
        _call("anonymous", "articles.byState", 200),
        _check("articles.byState", "data.0.state", "draft"),
        _check("articles.byState", "data.0.count", 2),
        _check("articles.byState", "data.0.sumPrice", 30),
        _check("articles.byState", "data.0.averagePrice", 15),
        _call("anonymous", "articles.byTopic", 200),
        _check("articles.byTopic", "data.0.count", 3),
        _call("anonymous", "articles.summary", 200, minPrice={"kind": "integer", "value": 20}),
        _check("articles.summary", "count", 2),
        _check("articles.summary", "minimumPrice", 20),
        _call("anonymous", "articles.summary", 200, minPrice={"kind": "integer", "value": 50}),
        _check("articles.summary", "sumPrice", 0),
    ],
    [
        *ARTICLES,
        _call("anonymous", "articles.byMonth", 200),
        _check("articles.byMonth", "data.0.count", 3),
        _call("anonymous", "articles.byDay", 200),
        _check("articles.byDay", "data.0.sumPrice", 70),
    ],
    [
        _article(10),
        _article(20, caller="other_member"),
        _call(
            "member",
            "follows.create",
            201,
            followedId=_row("other_member"),
        ),
        _call("member", "articles.feed", 200),
        _check("articles.feed", "data.length", 1),
        _check("articles.feed", "data.0.price", 20),
        _call("other_member", "articles.feed", 200),
        _check("articles.feed", "data.length", 0),
    ],
    [
        _article(10),
        _article(20),
        _call("member", "favourites.create", 201),
        _call("anonymous", "articles.list", 200, favouriteMemberId=_row("member")),
        _check("articles.list", "data.length", 1),
        _call("anonymous", "articles.list", 200, favouriteMemberId=_row("other_member")),
        _check("articles.list", "data.length", 0),
    ],
    [
        _call("member", "topics.create", 201, "topic_1"),
        {**_check("topics.create", "averagePrice", 0), "predicate": "is_null", "value": NULL},
        _priced(10.01, 3),
        _priced(5, 4),
        {**_call("anonymous", "topics.read", 200), "of": "topic_1"},
        _check("topics.read", "averagePages", 3.5),
        _check("topics.read", "averagePrice", 7.51),
    ],
]
RESOURCES: dict[str, dict[str, Any]] = {
    "member": _resource(
        "member",
        "any",
        ("list", "read", "me"),
        ["nickname", "born_on"],
        counted=["article", "follow"],
        flags=[{"name": "following", "table": "follow"}],
    ),
    "topic": _resource(
        "topic", "any", CRUD, ["name", "label"], totals=AVERAGES, search=["name", "label"]
    ),
    "article": _resource(
        "article",
        "own",
        CRUD,
        ["author_id", "topic_id", "title", "text", "state", "price", "pages", "appears_on"],
        written=["topic_id", "title", "text", "state", "price", "pages", "appears_on"],
        embedded=["author", "topic"],
        counted=["comment", "favourite"],
        flags=[{"name": "favourited", "table": "favourite"}],
        lookups=["slug", "code"],
        further=[FEED, *SUMMARIES],
        filters=["author_id", "state", "price"],
        ranges=["price", "pages", "appears_on", "created_at"],
        related_filters=[{"table": "favourite", "column": "member_id"}],
        search=["title", "text"],
    ),
    "comment": _resource(
        "comment",
        "own",
        CRUD,
        ["author_id", "article_id", "text"],
        written=["article_id", "text"],
        embedded=["author"],
    ),
    "favourite": _resource(
        "favourite",
        "own",
        ("create", "erase"),
        ["article_id", "note"],
        written=["article_id", "note"],
    ),
    "follow": _resource(
        "follow",
        "own",
        ("create", "erase"),
        ["followed_id", "note"],
        written=["followed_id", "note"],
    ),
}


def answers() -> dict[str, Any]:
    """Return the answers to all forms, by their keys."""
    listed = [
        {"name": name, "stance": "primary", "entity": name, "purpose": f"A {name}."}
        for name in ENTITIES
    ]
    found: dict[str, Any] = {
        "analysis/plan": PLAN,
        "analysis/feature/reading": FEATURE,
        "database/tables": {"tables": listed},
    }
    for name in TABLES:
        found[f"database/table/{name}"] = TABLES[name]
        found[f"interface/{name}"] = RESOURCES[name]
        found[f"test/scenarios/{name}"] = {"scenarios": []}
        found[f"program/needs/{name}"] = {"operations": []}
    found["test/scenarios/article"] = {
        "scenarios": [
            {
                "name": name,
                "operation": operation,
                "purpose": "Figures and feeds are right.",
                "requirements": ["R-1.3"],
                "rules": [],
                "uses": USES.get(name, []),
            }
            for name, operation in SCENARIOS.items()
        ]
    }
    named = [{"name": n, "steps": steps} for n, steps in zip(SCENARIOS, TESTS, strict=True)]
    for start in range(0, len(named), TESTS_PER_FORM):
        group = named[start : start + TESTS_PER_FORM]
        found[f"test/article/{start // TESTS_PER_FORM + 1}"] = {"tests": group}
    found["program/needs/article"] = {"operations": ["articles.feed"]}
    found["program/articles.feed"] = FEED_PROGRAM
    return found


@functools.cache
def magazine() -> Project:
    """Design the service; nothing of it may be lost."""
    lost: list[Lost] = []

    def emit(event: Event) -> None:
        if isinstance(event, Lost):
            lost.append(event)

    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(ScriptedEngine(answers()), options, lambda _: None, emit, lambda: False)
    project = design(harness, REQUEST, lambda _stage, _ast: None)
    assert lost == []
    return project
