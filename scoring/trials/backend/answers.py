"""What the service answers with: rows in the shapes of the project."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import cast

from scoring.brief import Attribute, Entity
from scoring.matching import Subject
from scoring.project.facts import Property, Shape
from scoring.trials.backend.rows import Row, Store, member_names, names_of
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    Unknown,
    is_number,
    members_of,
    missing,
)
from scoring.trials.outside import TOKEN
from scoring.words import squeeze, words

_LIST = re.compile(r"^(?:Array<(?P<generic>.*)>|(?P<plain>.*)\[\])$")
_MADE = frozenset({"createdat", "createdon", "created", "joinedat", "joined"})
_CHANGED = frozenset({"updatedat", "updatedon", "updated", "modifiedat"})
_TOTALS = frozenset(
    {"record", "total", "count", "totalcount", "totalitem", "totalrecord", "itemcount"}
)
_PAGES = frozenset({"page", "totalpage", "pagecount", "lastpage"})
_CURRENT = frozenset({"current", "currentpage", "pagenumber"})
_SIZES = frozenset({"limit", "size", "pagesize", "perpage", "take"})
_DEPTH_MAX = 3


class Answers:
    """Shows rows in the shapes of one project."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._names: dict[str, dict[str, str]] = {}

    @cached_property
    def nullable(self) -> frozenset[str]:
        """Return the names of members that some shape lets be null."""
        shapes = self._subject.facts.shapes.values()
        return frozenset(p.name for s in shapes for p in s.properties if p.nullable)

    def row(self, shape_name: str, row: Row, store: Store, depth: int = 0) -> object:
        """Return a row as an answer of a shape."""
        shape = self._subject.shape(shape_name)
        if shape is None:
            return self._plain(row)
        return {each.name: self._member(each, row, store, depth) for each in shape.properties}

    def _plain(self, row: Row) -> object:
        return UNKNOWN

    def _member(self, member: Property, row: Row, store: Store, depth: int) -> object:
        name = squeeze(member.name)
        if name == "id":
            return row.id
        key = self._known_names(row.entity).get(name)
        relation = row.entity.relation(key) if key is not None else None
        if relation is not None:
            linked = row.links.get(relation.name, UNDEFINED)
            if member.type == "ref" and depth < _DEPTH_MAX:
                other = store.at(linked)
                if other is not None:
                    return self.row(member.reference, other, store, depth + 1)
                return UNKNOWN if isinstance(linked, Unknown) or linked is UNDEFINED else None
            return self._absent(member, relation.required) if linked is UNDEFINED else linked
        attribute = row.entity.attribute(key) if key is not None else None
        if attribute is not None and attribute.name in row.states:
            return _shown_state(member, attribute, row.states[attribute.name])
        if attribute is not None and attribute.name in row.values:
            return _as_shown(member, row.values[attribute.name])
        if name in row.joined:
            join = row.joined[name]
            return [each.links.get(join.other) for each in store.joins(row, join)]
        if name in row.values:
            return row.values[name]
        if name in _MADE:
            return row.made
        if name in _CHANGED:
            return row.changed
        if member.values and len(member.values) == 1:
            return member.values[0]
        return self._absent(member, attribute is not None and attribute.required, row, name)

    def _absent(
        self, member: Property, required: bool, row: Row | None = None, name: str = ""
    ) -> object:
        """Return what a member is that nobody has given."""
        if required:
            return UNKNOWN
        if member.nullable:
            return None if row is None or self._is_given(row, name) else UNKNOWN
        return UNKNOWN

    def _is_given(self, row: Row, name: str) -> bool:
        """Whether whoever makes a row may give a member; it is null then if nobody did."""
        return name in self._known_names(row.entity)

    def _known_names(self, entity: Entity) -> dict[str, str]:
        found = self._names.get(entity.name)
        if found is None:
            found = self._names[entity.name] = member_names(entity)
        return found

    def _inner(self, shape: Shape, member: Property) -> Shape | None:
        """Return the shape that a member refers to, perhaps one of the same namespace."""
        if not member.reference:
            return None
        space = shape.name.rpartition(".")[0]
        found = self._subject.shape(member.reference)
        return found or self._subject.shape(f"{space or shape.name}.{member.reference}")

    def session(
        self, shape_name: str, account: Row, store: Store, token: Callable[[], str]
    ) -> object:
        """Return a session: tokens, and the account within."""
        shape = self._subject.shape(shape_name)
        if shape is None:
            written = token()
            return dict.fromkeys(("accessToken", "token", "access_token", "refreshToken"), written)
        return self._session_of(shape, account, store, token, 0)

    def _session_of(
        self, shape: Shape, account: Row, store: Store, token: Callable[[], str], depth: int
    ) -> object:
        made: dict[str, object] = {}
        for member in shape.properties:
            name = squeeze(member.name)
            inner = self._inner(shape, member)
            if inner is not None and name in names_of(account.entity) | {"user", "account", "me"}:
                made[member.name] = self.row(member.reference, account, store, 1)
            elif inner is not None and depth < _DEPTH_MAX:
                made[member.name] = self._session_of(inner, account, store, token, depth + 1)
            elif member.type == "string" and (
                "token" in name or name in ("access", "refresh", "bearer", "jwt")
            ):
                made[member.name] = token()
            else:
                made[member.name] = self._member(member, account, store, 1)
        return made

    def page(
        self, shape_name: str, rows: Sequence[Row], place: tuple[int, int, int], store: Store
    ) -> object:
        """Return rows as a list or a page; `place` is its number, size and total."""
        found = _LIST.match(shape_name.strip())
        if found is not None:
            element = found["generic"] or found["plain"]
            return [self.row(element.strip(), row, store) for row in rows]
        shape = self._subject.shape(shape_name)
        if shape is None:
            return UNKNOWN
        return self._page_of(shape, rows, place, store, 0)

    def _page_of(
        self,
        shape: Shape,
        rows: Sequence[Row],
        place: tuple[int, int, int],
        store: Store,
        depth: int,
    ) -> object:
        made: dict[str, object] = {}
        number, size, total = place
        pages = math.ceil(total / size) if size else 1
        for member in shape.properties:
            name = squeeze(member.name)
            inner = self._inner(shape, member)
            if member.type == "array":
                made[member.name] = [self.row(member.reference, row, store) for row in rows]
            elif inner is not None and depth < 1:
                made[member.name] = self._page_of(inner, rows, place, store, depth + 1)
            elif name in _TOTALS:
                made[member.name] = total
            elif name in _CURRENT or (name == "page" and member.name in ("page", "number")):
                made[member.name] = number
            elif name in _SIZES:
                made[member.name] = size
            elif name in _PAGES:
                made[member.name] = pages
            else:
                made[member.name] = UNKNOWN
        return made


def _as_shown(member: Property, value: object) -> object:
    """Return a value that was given as its member shows it."""
    if member.format == "date-time" and isinstance(value, str) and len(value) < 24:
        return UNKNOWN
    if member.type == "string" and not isinstance(value, str | Unknown) and not missing(value):
        return UNKNOWN
    return value


def _shown_state(member: Property, attribute: Attribute, state: object) -> object:
    """Return the state of an attribute as the project shows it: a word, a flag, or a time."""
    if isinstance(state, Unknown) or not isinstance(state, str):
        return state
    if member.type == "boolean" and attribute.values:
        own = squeeze(member.name)
        for value in attribute.values:
            if squeeze(value) in own or _likened(value, own):
                return state == value
        return state != attribute.default if attribute.default is not None else UNKNOWN
    if member.type == "boolean":
        return state == "true" if state in ("true", "false") else UNKNOWN
    if member.type in ("integer", "number"):
        try:
            return int(state)
        except ValueError:
            return UNKNOWN
    if "date" in member.format or (member.nullable and not member.values and attribute.values):
        return None if state == attribute.default else UNKNOWN
    if member.values:
        return next((v for v in member.values if squeeze(v) == squeeze(state)), UNKNOWN)
    return state


def _likened(value: str, name: str) -> bool:
    """Whether a flag is named like a state: `completed` says of `done`."""
    return value in ("done", "completed", "closed") and name in (
        "done", "completed", "iscompleted", "isdone", "complete", "closed", "isclosed",
    )  # fmt: skip


def altered(
    value: object, salt: str, nullable: Collection[str], *, ids: bool, name: str = ""
) -> object:
    """Return an answer with other values of the same kinds; tokens stay, keys unless `ids`.

    What nobody knows is null where it may be, else something that nothing is equal to.
    """
    members = members_of(value)
    if members is not None:
        return {n: altered(v, salt, nullable, ids=ids, name=n) for n, v in members.items()}
    if isinstance(value, list):
        elements = cast("list[object]", value)
        return [altered(each, salt, nullable, ids=ids, name=name) for each in elements]
    is_key = name == "id" or (bool(name) and words(name)[-1:] == ("id",))
    if is_key and not ids:
        return value
    if isinstance(value, Unknown):
        return None if name in nullable else f"unknown~{salt}"
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value if value.startswith(TOKEN) else f"{value}~{salt}"
    if is_number(value):
        return cast("float", value) + 7 + len(salt)
    if value is None:
        return f"something~{salt}"
    return value


def emptied(value: object, nullable: Collection[str], name: str = "") -> object:
    """Return an answer with as little in it as its members allow."""
    members = members_of(value)
    if members is not None:
        return {n: emptied(v, nullable, n) for n, v in members.items()}
    if isinstance(value, list):
        return []
    if isinstance(value, bool | Unknown) or missing(value):
        return value
    if name in nullable:
        return None
    if isinstance(value, str):
        return value if value.startswith(TOKEN) else ""
    return 0 if is_number(value) else value


class _Alike(dict[str, object]):
    """A row whose members are all alike."""

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        return default if key == "then" or key.startswith("#") else "alike"


def alike(value: object) -> object:
    """Return an answer whose texts are all alike, and whose lists are never empty."""
    members = members_of(value)
    if members is not None:
        return {n: alike(v) for n, v in members.items()}
    if isinstance(value, list):
        return [alike(each) for each in cast("list[object]", value)] or [_Alike()]
    if isinstance(value, bool):
        return True
    if is_number(value):
        return 1
    return value if isinstance(value, Unknown) or value is UNDEFINED else "alike"
