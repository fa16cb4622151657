"""Read an OpenAPI document (3.0 or 3.1), as far as the rubric needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from scoring.project.facts import Documented, OpenApi, Property, Shape, is_probe
from scoring.regex import pattern_lengths

PLACES = ("openapi.json", "swagger.json", "docs/openapi.json", "packages/api/swagger.json")
_METHODS = ("get", "post", "put", "patch", "delete")

Json = Mapping[str, object]


def read_openapi(texts: Mapping[str, str]) -> OpenApi | None:
    """Read the first document that is there and is JSON; None if there is none."""
    for place in PLACES:
        if place in texts:
            try:
                document: object = json.loads(texts[place])
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict):
                return _document(place, cast("Json", document))
    return None


def _mapping(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _document(file: str, document: Json) -> OpenApi:
    operations: list[Documented] = []
    for path, item in _mapping(document.get("paths")).items():
        shared = _list(_mapping(item).get("parameters"))
        for method in _METHODS:
            if method in _mapping(item) and not is_probe(method, path):
                raw = _mapping(_mapping(item)[method])
                operations.append(_operation(method, path, raw, shared, document))
    schemas = _mapping(_mapping(document.get("components")).get("schemas"))
    shapes = [
        Shape(name, properties, str(_mapping(schema).get("description", "")), file, 0)
        for name, schema in schemas.items()
        if (properties := _properties(_mapping(schema)))
    ]
    return OpenApi(file, tuple(operations), tuple(shapes))


def _operation(
    method: str, path: str, raw: Json, shared: list[object], document: Json
) -> Documented:
    responses = _mapping(raw.get("responses"))
    good = next((v for k, v in responses.items() if str(k).startswith("2")), None)
    parameters = [_mapping(p) for p in [*shared, *_list(raw.get("parameters"))]]
    return Documented(
        method=method.upper(),
        path=path,
        statuses=frozenset(int(code) for code in responses if str(code).isdigit()),
        secured=bool(raw.get("security", document.get("security"))),
        parameters=tuple(
            _property(str(p.get("name", "")), _mapping(p.get("schema")), bool(p.get("required")))
            for p in parameters
            if p.get("in") == "query"
        ),
        body=_content_schema(_mapping(raw.get("requestBody"))),
        response=_content_schema(_mapping(good)),
        summary=str(raw.get("summary") or raw.get("description") or ""),
    )


def _content_schema(holder: Json) -> str:
    media = _mapping(_mapping(holder.get("content")).get("application/json"))
    return _reference(_mapping(media.get("schema")))


def _reference(schema: Json) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _properties(schema: Json) -> tuple[Property, ...]:
    required = {str(name) for name in _list(schema.get("required"))}
    return tuple(
        _property(name, _mapping(value), name in required)
        for name, value in _mapping(schema.get("properties")).items()
    )


def _property(name: str, schema: Json, required: bool) -> Property:
    options = [_mapping(o) for o in _list(schema.get("anyOf")) + _list(schema.get("oneOf"))]
    nullable = any(o.get("type") == "null" for o in options) or bool(schema.get("nullable"))
    real = [o for o in options if o.get("type") != "null"]
    inner = {**schema, **real[0]} if len(real) == 1 else schema
    kind = inner.get("type")
    if isinstance(kind, list):
        kinds = [str(k) for k in cast("list[object]", kind)]
        nullable = nullable or "null" in kinds
        kind = next((k for k in kinds if k != "null"), "any")
    items = _mapping(inner.get("items"))
    lengths = pattern_lengths(str(inner.get("pattern", ""))) or (None, None)
    minimum, maximum = _bound(inner, "minLength", "minimum"), _bound(inner, "maxLength", "maximum")
    return Property(
        name=name,
        type="ref" if "$ref" in inner else str(kind or "any"),
        optional=not required,
        nullable=nullable,
        minimum=lengths[0] if minimum is None else minimum,
        maximum=lengths[1] if maximum is None else maximum,
        values=tuple(str(v) for v in _list(inner.get("enum")) if v is not None),
        format=str(inner.get("format", "")),
        reference=_reference(inner) or _reference(items) or str(items.get("type", "")),
        default=str(inner["default"]) if "default" in inner else None,
    )


def _bound(schema: Json, *names: str) -> float | None:
    for name in names:
        value = schema.get(name)
        if isinstance(value, int | float):
            return float(value)
    return None
