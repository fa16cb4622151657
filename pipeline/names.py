"""Names: the one place where a model's word becomes an identifier, a table, a route or a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, MutableSet

NAME_PATTERN = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
NAME_MAX_LENGTH = 32
PHRASE_MAX_LENGTH = 64
"""Names of tests are phrases."""

_KEYWORDS = frozenset(
    [
        "abstract",
        "any",
        "arguments",
        "as",
        "assert",
        "async",
        "await",
        "bigint",
        "boolean",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "constructor",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "global",
        "globalthis",
        "has_own_property",
        "if",
        "implements",
        "import",
        "in",
        "infer",
        "infinity",
        "instanceof",
        "interface",
        "is",
        "is_prototype_of",
        "keyof",
        "let",
        "module",
        "namespace",
        "nan",
        "never",
        "new",
        "null",
        "number",
        "object",
        "of",
        "out",
        "override",
        "package",
        "private",
        "process",
        "property_is_enumerable",
        "prototype",
        "public",
        "readonly",
        "require",
        "return",
        "satisfies",
        "set",
        "static",
        "string",
        "super",
        "switch",
        "symbol",
        "then",
        "this",
        "throw",
        "to_locale_string",
        "to_string",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "unique",
        "unknown",
        "using",
        "value_of",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)
"""Words of TypeScript and members of `Object.prototype` that no identifier of ours may be."""

_CLASS_NAMES = frozenset(
    [
        "api",
        "app",
        "app_config",
        "app_module",
        "array",
        "auth",
        "auth_guard",
        "body",
        "buffer",
        "column",
        "config",
        "conflict",
        "connection",
        "controller",
        "current_actor",
        "data_base",
        "database",
        "database_service",
        "database_tables",
        "date",
        "db",
        "error",
        "express",
        "function",
        "guard",
        "health",
        "http",
        "http_error",
        "index",
        "injectable",
        "json",
        "json_value",
        "kysely",
        "mailer",
        "main",
        "map",
        "math",
        "nest",
        "none",
        "page",
        "page_info",
        "pagination",
        "param",
        "parameter",
        "password",
        "password_reset",
        "password_reset_service",
        "password_service",
        "promise",
        "proxy",
        "query",
        "record",
        "reflect",
        "regexp",
        "request",
        "response",
        "result",
        "root",
        "row",
        "schema",
        "sdk",
        "service",
        "session",
        "set",
        "structures",
        "table",
        "tables",
        "test",
        "tests",
        "token",
        "token_family",
        "token_service",
        "url",
        "user_agent",
        "validation",
        "weak_map",
        "zod",
    ]
)
"""Nouns whose class or module name would shadow one that the generated project imports."""

_DTO_ENDINGS = (
    *("create", "update", "query", "page", "join", "login", "refresh", "session"),
    *("password_change", "password_reset", "password_reset_request"),
    *("preview", "filters", "figures", "figures_row"),
)
"""A table called `todo_page` would share its class name with the page of todos."""

_COLUMN_NAMES = frozenset(
    [
        "id",
        "created_at",
        "updated_at",
        "deleted_at",
        "email",
        "password",
        "password_hash",
        "page",
        "limit",
        "sort",
        "hash",
        "token",
        "invite_code",
        "access_token",
        "refresh_token",
    ]
)
"""Columns that every table, list query or account derives and nobody else may define."""

_METHOD_NAMES = frozenset(
    [
        "list",
        "me",
        "read",
        "create",
        "update",
        "erase",
        "join",
        "login",
        "refresh",
        "logout",
        "change_password",
        "request",
        "connection",
        "body",
        "query",
        "delete",
        "api",
        "index",
    ]
)
"""Members of an SDK module that derivation already names."""


def to_snake(value: object, max_length: int = NAME_MAX_LENGTH) -> object:
    """Bring `value` to snake case if it is a string; the type check refuses anything else.

    Accents are stripped, `camelCase`, spaces, slashes and dots become underscores. The result
    matches `NAME_PATTERN`, except that it is empty when nothing of the word can be kept.
    """
    if not isinstance(value, str):
        return value
    ascii_text = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", ascii_text)
    words = re.findall(r"[a-z0-9]+", split.lower())
    snake = "_".join(words).lstrip("0123456789_")
    return snake[:max_length].rstrip("_")


def pascal(name: str) -> str:
    """Turn `todo_item` into `TodoItem`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def camel(name: str) -> str:
    """Turn `todo_item` into `todoItem`."""
    return name[:1].lower() + pascal(name)[1:]


def kebab(name: str) -> str:
    """Turn `todo_item` into `todo-item`."""
    return name.replace("_", "-")


def words(name: str) -> str:
    """Turn `todo_item` into `todo item`, for prose."""
    return name.replace("_", " ")


def unused(wanted: str, taken: Collection[str]) -> str:
    """Return `wanted`, or with the least number from 2 that makes it none of `taken`."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


class Allocator:
    """Hands out names that are safe and unique in one namespace.

    The first taker keeps the word; later ones get `_2`, `_3`, …; a reserved word, or one with a
    reserved ending, gets a suffix.
    """

    def __init__(
        self,
        reserved: Iterable[str],
        suffix: str,
        *,
        endings: tuple[str, ...] = (),
        max_length: int = NAME_MAX_LENGTH,
    ) -> None:
        self._reserved = frozenset(reserved)
        self._suffix = suffix
        self._endings = tuple(f"_{ending}" for ending in endings)
        self._max_length = max_length
        self._taken: MutableSet[str] = set()

    def take(self, wanted: str) -> str:
        """Return `wanted`, or the nearest free and safe name to it."""
        base = wanted or self._suffix
        if base in self._reserved or base.endswith(self._endings):
            base = f"{base[: self._max_length - len(self._suffix) - 1]}_{self._suffix}"
        name, number = base, 1
        while name in self._taken or name in self._reserved or self._clashes(name):
            number += 1
            ending = f"_{number}"
            name = base[: self._max_length - len(ending)].rstrip("_") + ending
        self._taken.add(name)
        return name

    def is_free(self, wanted: str) -> bool:
        """Whether nobody has taken the word, nor one that differs by underscores alone."""
        return wanted not in self._taken and not self._clashes(wanted)

    def _clashes(self, name: str) -> bool:
        squeezed = name.replace("_", "")
        return any(squeezed == other.replace("_", "") for other in self._taken)


def nouns() -> Allocator:
    """Make the namespace of actors, entities and tables (they become classes and modules)."""
    return Allocator(_KEYWORDS | _CLASS_NAMES, "record", endings=_DTO_ENDINGS)


def columns() -> Allocator:
    """Make the namespace of one table's columns (they become object properties)."""
    return Allocator(_KEYWORDS | _COLUMN_NAMES, "value")


def methods() -> Allocator:
    """Make the namespace of one resource's actions (they become functions and path segments)."""
    return Allocator(_KEYWORDS | _METHOD_NAMES, "action")


def labels() -> Allocator:
    """Make a namespace where only uniqueness counts: features, enum values."""
    return Allocator((), "other")


def phrases() -> Allocator:
    """Make the namespace of tests: they become files and functions with a prefix."""
    return Allocator((), "other", max_length=PHRASE_MAX_LENGTH)
