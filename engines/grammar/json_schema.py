"""Prepare the JSON schema of a form for a grammar: tidied, checked, its recursion bounded.

The schemas are pydantic's. `tidy` removes what carries no structure, `check` refuses what the
grammar would not enforce, `unroll` makes every document end. All three are pure: schema in,
new schema out. Property order is kept, for it is the order in which a form is written.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, cast

from engines.protocol import GrammarError

Json = dict[str, Any]

NOTES = {
    *("title", "description", "discriminator", "default", "examples", "deprecated"),
    *("readOnly", "writeOnly", "$schema", "$id", "$comment"),
}
"""Keywords that say nothing about which documents are valid."""
LEAF_KEYWORDS: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "integer": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "boolean": frozenset(),
    "null": frozenset(),
}
OBJECT_KEYWORDS = frozenset({"properties", "required", "additionalProperties"})
ARRAY_KEYWORDS = frozenset({"items", "prefixItems", "minItems", "maxItems"})
HOISTED_OPTIONS = 3  # a union of at least so many branches is written once and referred to
CLASS = r"\[(?:[^]\\]|\\.)+\]"
ONE_THEN_ANY = re.compile(rf"\^({CLASS})?({CLASS})([*+])\$")
"""A pattern such as `^[a-z][a-z0-9_]*$` or `^[a-z]+$`."""
DEFINITION = "#/$defs/"
NEVER = 1 << 30  # height of a schema that no finite document satisfies


def tidy(schema: Json) -> Json:
    """Drop annotations, write oneOf as anyOf, close objects, hoist unions, drop unused `$defs`.

    Pydantic repeats a union wherever it is used and marks it with a discriminator, which
    llguidance refuses on recursive unions; hoisted, each is compiled once. So are objects that
    stand in several places.
    """
    return _Tidying().whole(schema)


class _Tidying:
    """The parts tidied so far: forms share theirs, and each is looked at once."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}
        self._unions: dict[str, tuple[str, Json]] = {}
        self._texts: dict[int, str] = {}
        self._places: Counter[str] = Counter()
        self._objects: dict[str, tuple[str, Json]] = {}

    def whole(self, schema: Json) -> Json:
        root = self._tidied({k: v for k, v in schema.items() if k != "$defs"})
        definitions = {name: self._tidied(each) for name, each in schema.get("$defs", {}).items()}
        definitions |= dict(self._unions.values())
        self._count([*root.values(), *definitions.values()])
        root = {key: self._told(each) for key, each in root.items()}
        definitions = {name: self._told(each) for name, each in definitions.items()}
        definitions |= dict(self._objects.values())
        used = _reachable(root, definitions)
        kept = {name: each for name, each in definitions.items() if name in used}
        return {**root, "$defs": kept} if kept else root

    def _tidied(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        known = id(cast(Json, schema))
        if known not in self._done:
            self._done[known] = self._tidied_anew(cast(Json, schema))
        return self._done[known]

    def _tidied_anew(self, schema: Json) -> Json:
        out: Json = {}
        for key, value in schema.items():
            if key in NOTES:
                continue
            if key == "properties":
                out[key] = {name: self._tidied(each) for name, each in value.items()}
            elif key in ("anyOf", "oneOf", "prefixItems", "allOf"):
                out["anyOf" if key == "oneOf" else key] = [self._tidied(each) for each in value]
            elif key in ("items", "additionalProperties"):
                out[key] = self._tidied(value)
            else:
                out[key] = value
        if set(out) == {"allOf"} and len(out["allOf"]) == 1:
            return out["allOf"][0]
        if set(out) == {"anyOf"} and len(out["anyOf"]) == 1:
            return out["anyOf"][0]
        if set(out) == {"type"} and isinstance(out["type"], list):
            kinds = cast(list[str], out["type"])
            out = {"anyOf": [{"type": kind} for kind in kinds]}
        if "maxLength" in out:
            out = _bounded(out)
        if out.get("type") == "object":
            out.setdefault("properties", {})
            out.setdefault("additionalProperties", False)
        if set(out) == {"anyOf"} and len(out["anyOf"]) >= HOISTED_OPTIONS:
            text = json.dumps(out)
            name, _ = self._unions.setdefault(text, (f"union_{len(self._unions)}", out))
            return {"$ref": DEFINITION + name}
        return out

    def _text(self, value: Any) -> str:
        """Return a tidied object as text, nothing for any other schema."""
        if not isinstance(value, dict) or cast(Json, value).get("type") != "object":
            return ""
        known = id(cast(Json, value))
        if known not in self._texts:
            self._texts[known] = json.dumps(value)
        return self._texts[known]

    def _count(self, value: Any) -> None:
        """Count in how many places each object stands."""
        text = self._text(value)
        if text:
            self._places[text] += 1
        if self._places[text] < 2:
            inner = cast(Json, value).values() if isinstance(value, dict) else value
            for each in cast(Iterable[Any], inner):
                if isinstance(each, dict | list):
                    self._count(each)

    def _told(self, value: Any) -> Any:
        """Return a tidied schema with references to the objects that stand in several places."""
        if isinstance(value, list):
            return [self._told(each) for each in cast(list[Any], value)]
        if not isinstance(value, dict):
            return value
        text = self._text(cast(Json, value))
        if text in self._objects:
            return {"$ref": DEFINITION + self._objects[text][0]}
        told = {key: self._told(each) for key, each in cast(Json, value).items()}
        if self._places[text] < 2:
            return told
        name = f"object_{len(self._objects)}"
        self._objects[text] = name, told
        return {"$ref": DEFINITION + name}


def _bounded(text: Json) -> Json:
    """Say the greatest length within the pattern, where that is a class of characters repeated.

    It is the same language. Told apart, the two are intersected character by character, and a mask
    inside such a text takes twenty times as long.
    """
    found = ONE_THEN_ANY.fullmatch(text.get("pattern", ""))
    if found is None or "minLength" in text:
        return text
    first, later, repeated = found.groups(default="")
    least, most = int(repeated == "+"), text["maxLength"] - bool(first)
    if most < least:
        return text
    kept = {k: v for k, v in text.items() if k != "maxLength"}
    return {**kept, "pattern": f"^{first}{later}{{{least},{most}}}$"}


def check(schema: Json) -> None:
    """Refuse a tidied schema that says something the grammar would not enforce.

    Raises GrammarError, naming the place and the keyword.
    """
    definitions: Json = schema.get("$defs", {})
    _check({k: v for k, v in schema.items() if k != "$defs"}, "#", definitions)
    for name, each in definitions.items():
        _check(each, DEFINITION + name, definitions)


def _check(value: object, where: str, definitions: Json) -> None:
    def refuse(why: str) -> GrammarError:
        return GrammarError(f"The form's schema can't be enforced at {where}: {why}.")

    if not isinstance(value, dict):
        raise refuse("a value of any kind is allowed there, but every value needs a type")
    schema = cast(Json, value)
    keys = set(schema)
    if "$ref" in keys:
        if keys != {"$ref"}:
            raise refuse(f"a reference can't stand beside {', '.join(sorted(keys - {'$ref'}))}")
        if not schema["$ref"].startswith(DEFINITION) or _target(schema) not in definitions:
            raise refuse(f"it refers to {schema['$ref']}, which is not defined")
        return
    if "anyOf" in keys:
        if keys != {"anyOf"}:
            raise refuse(f"a union can't stand beside {', '.join(sorted(keys - {'anyOf'}))}")
        if not schema["anyOf"]:
            raise refuse("the union has no branches")
        for index, each in enumerate(schema["anyOf"]):
            _check(each, f"{where}/anyOf/{index}", definitions)
        return
    if "const" in keys or "enum" in keys:
        extra = keys - {"const", "enum", "type"}
        if extra:
            raise refuse(f"fixed values can't stand beside {', '.join(sorted(extra))}")
        if "enum" in keys and not schema["enum"]:
            raise refuse("the enumeration is empty")
        return
    kind = schema.get("type")
    if kind == "object":
        allowed = OBJECT_KEYWORDS
        if schema["additionalProperties"] is not False:
            raise refuse("keys that are not named are allowed; use a list of name and value")
        unknown = set(schema.get("required", ())) - set(schema["properties"])
        if unknown:
            raise refuse(f"{', '.join(sorted(unknown))} is required but not described")
        for name, each in schema["properties"].items():
            _check(each, f"{where}/properties/{name}", definitions)
    elif kind == "array":
        allowed = ARRAY_KEYWORDS
        for index, each in enumerate(schema.get("prefixItems", ())):
            _check(each, f"{where}/prefixItems/{index}", definitions)
        if "items" in keys:
            _check(schema["items"], f"{where}/items", definitions)
        elif schema.get("maxItems") != len(schema.get("prefixItems", ())):
            raise refuse("the items of the list are not described")
    elif isinstance(kind, str) and kind in LEAF_KEYWORDS:
        allowed = LEAF_KEYWORDS[kind]
    else:
        raise refuse(f"its type is {kind!r}" if kind else "it has no type")
    extra = keys - allowed - {"type"}
    if extra:
        raise refuse(f"{', '.join(sorted(extra))} is not supported on {kind}")


def unroll(schema: Json, depth: int) -> Json:
    """Bound the recursion of a tidied schema: at most `depth` rounds inside any one recursion.

    Each definition of a cycle becomes one copy per remaining depth. Branches and optional
    properties that can't end within it are dropped, lists that can't hold an item become empty. A
    schema without recursion comes back unchanged. Raises GrammarError if nothing finite is left.
    """
    definitions: Json = schema.get("$defs", {})
    cycle, heads = _cycles(schema, definitions)
    if not heads:
        return schema
    return _Unrolling(definitions, cycle, heads, depth).root(schema)


class _Unrolling:
    """The copies made so far, and how deep every definition at least goes."""

    def __init__(
        self, definitions: Json, cycle: dict[str, int], heads: set[str], depth: int
    ) -> None:
        self._definitions = definitions
        self._cycle = cycle
        self._heads = heads
        self._depth = depth
        self._heights = dict.fromkeys(definitions, NEVER)
        self._made: Json = {}
        self._wanted: list[tuple[str, int]] = []
        for _ in range(len(definitions) + 1):
            for name, each in definitions.items():
                self._heights[name] = min(self._heights[name], self._height(each, name))

    def root(self, schema: Json) -> Json:
        """Copy the root and, from it, every definition at every depth it is reached with."""
        root = self._copied({k: v for k, v in schema.items() if k != "$defs"}, None, self._depth)
        while self._wanted:
            name, left = self._wanted.pop()
            key = self._key(name, left)
            if key not in self._made:
                self._made[key] = {}
                self._made[key] = self._copied(self._definitions[name], name, left)
        return {**root, "$defs": self._made}

    def _key(self, name: str, left: int) -> str:
        return f"{name}__{left}" if name in self._cycle else name

    def _left_after(self, target: str, home: str | None, left: int) -> int:
        """Return the depth left behind a reference; a recursion entered anew starts afresh."""
        inside = home is not None and target in self._cycle
        if not inside or self._cycle[target] != self._cycle.get(home or ""):
            return self._depth
        return left - 1 if target in self._heads else left

    def _height(self, schema: Json, home: str | None) -> int:
        """Return the rounds a document of this schema needs at least."""
        if "$ref" in schema:
            target = _target(schema)
            height = self._heights[target]
            inside = home is not None and target in self._cycle
            if not inside or self._cycle[target] != self._cycle.get(home or ""):
                return 0 if height <= self._depth else NEVER
            return min(NEVER, height + (target in self._heads))
        if "anyOf" in schema:
            return min(self._height(each, home) for each in schema["anyOf"])
        if schema.get("type") == "object":
            required = schema.get("required", ())
            return max((self._height(schema["properties"][p], home) for p in required), default=0)
        if schema.get("type") == "array":
            parts = list(schema.get("prefixItems", ()))[: schema.get("minItems", 0)]
            if schema.get("minItems", 0) > len(parts):
                parts.append(schema["items"])
            return max((self._height(each, home) for each in parts), default=0)
        return 0

    def _copied(self, schema: Json, home: str | None, left: int) -> Json:
        if self._height(schema, home) > left:
            raise GrammarError(
                f"The form's schema has no document that ends within {self._depth} levels "
                "of recursion. Give every recursive union a branch without recursion."
            )
        if "$ref" in schema:
            target = _target(schema)
            after = self._left_after(target, home, left)
            self._wanted.append((target, after))
            return {"$ref": DEFINITION + self._key(target, after)}
        if "anyOf" in schema:
            fitting = [each for each in schema["anyOf"] if self._height(each, home) <= left]
            return {"anyOf": [self._copied(each, home, left) for each in fitting]}
        if schema.get("type") == "object":
            properties = {
                name: self._copied(each, home, left)
                for name, each in schema["properties"].items()
                if self._height(each, home) <= left
            }
            return {**schema, "properties": properties}
        if schema.get("type") == "array":
            return self._copied_list(schema, home, left)
        return schema

    def _copied_list(self, schema: Json, home: str | None, left: int) -> Json:
        out = dict(schema)
        first = list(schema.get("prefixItems", ()))
        fitting = [each for each in first if self._height(each, home) <= left]
        if first:
            out["prefixItems"] = [self._copied(each, home, left) for each in fitting]
        if len(fitting) < len(first):
            out["maxItems"] = len(fitting)
        elif "items" in schema and self._height(schema["items"], home) > left:
            out["maxItems"] = len(first)
        if "items" in schema and out.get("maxItems", NEVER) > len(first):
            out["items"] = self._copied(schema["items"], home, left)
        else:
            out.pop("items", None)
        return out


def _target(reference: Json) -> str:
    return str(reference["$ref"]).removeprefix(DEFINITION)


def _references(schema: Json) -> Iterator[str]:
    """Yield the definitions a schema refers to, in order."""
    if "$ref" in schema:
        yield _target(schema)
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [*schema.get("prefixItems", ()), schema.get("items")]
    for each in inner:
        if isinstance(each, dict):
            yield from _references(cast(Json, each))


def _reachable(root: Json, definitions: Json) -> set[str]:
    seen: set[str] = set()
    wanted = list(_references(root))
    while wanted:
        name = wanted.pop()
        if name not in seen and name in definitions:
            seen.add(name)
            wanted.extend(_references(definitions[name]))
    return seen


def _cycles(schema: Json, definitions: Json) -> tuple[dict[str, int], set[str]]:
    """Find the recursion: the number of its cycle for each definition in one, and the heads.

    Heads are the targets of back edges of a depth-first walk, so every cycle passes one. Cycles
    are strongly connected components (Tarjan 1972).
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    active: set[str] = set()
    cycle: dict[str, int] = {}
    heads: set[str] = set()

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        active.add(name)
        for target in _references(definitions[name]):
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
            if target in active:
                heads.add(target)
        active.discard(name)
        if low[name] == order[name]:
            component = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(component) > 1 or name in heads:
                cycle.update(dict.fromkeys(component, order[name]))

    root = {k: v for k, v in schema.items() if k != "$defs"}
    for name in _references(root):
        if name not in order:
            visit(name)
    return cycle, heads
