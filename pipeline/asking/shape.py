"""A form's schema for a model to read: as a TypeScript type, or as a smaller JSON schema."""

from __future__ import annotations

import json
from typing import Any, cast

from pipeline.asking.narrow import Schema

INLINE_OPTIONS = 3
"""A union of so many branches or more is written once, under a name of its own."""
SILENT = ("title", "description", "discriminator", "default")


def as_type(schema: Schema) -> str:
    """Write a schema as TypeScript types, the form first; bounds stand in comments.

    About a quarter as long as the JSON schema.
    """
    writer = _Writer(schema.get("$defs", {}))
    root = writer.text({key: value for key, value in schema.items() if key != "$defs"})
    lines = [f"type Form = {root}"]
    lines += [f"type {name} = {text}" for name, text in writer.named.items()]
    return "\n".join(lines)


class _Writer:
    """Writes definitions as they are referred to."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self.named: dict[str, str] = {}
        self._definitions = definitions
        self._unions: dict[str, str] = {}

    def text(self, schema: Schema) -> str:
        if "$ref" in schema:
            name = str(schema["$ref"]).rsplit("/", 1)[-1]
            if name not in self.named:
                self.named[name] = ""
                self.named[name] = self.text(self._definitions[name])
            return name
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._union(schema[union])
        if "const" in schema:
            return json.dumps(schema["const"])
        if "enum" in schema:
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
        match schema.get("type"):
            case "object":
                members = schema.get("properties", {}).items()
                return "{ " + "; ".join(f"{n}: {self.text(m)}" for n, m in members) + " }"
            case "array":
                item = self.text(schema["items"])
                item = f"({item})" if " | " in item else item
                return f"{item}[]{_bounds(schema, 'minItems', 'maxItems')}"
            case "string":
                return f"string{_bounds(schema, 'minLength', 'maxLength')}"
            case "integer":
                return f"integer{_bounds(schema, 'minimum', 'maximum')}"
            case other:
                return str(other)

    def _union(self, options: list[Schema]) -> str:
        """Write a union; pydantic repeats long ones wherever they stand, here they get a name."""
        parts = [self.text(option) for option in options]
        text = " | ".join(dict.fromkeys(parts))
        if len(parts) < INLINE_OPTIONS:
            return text
        if text not in self._unions:
            name = f"Any{len(self._unions) + 1}"
            self._unions[text] = name
            self.named[name] = text
        return self._unions[text]


def _bounds(schema: Schema, least: str, most: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if low is None and high is None:
        return ""
    return f" /*{'' if low is None else low}..{'' if high is None else high}*/"


def as_parameters(schema: Schema) -> Schema:
    """Return a schema without its notes, unions that repeat written once, as a tool's parameters.

    Titles and tags of unions cost most of the tokens and say nothing about the form.
    """
    unions: dict[str, str] = {}
    definitions: Schema = {}

    def small(part: Any) -> Any:
        if isinstance(part, list):
            return [small(each) for each in cast("list[Any]", part)]
        if not isinstance(part, dict):
            return part
        members = cast("Schema", part)
        out: Schema = {}
        for key, value in members.items():
            if key == "properties":
                out[key] = {name: small(each) for name, each in value.items()}
            elif key not in SILENT and key != "$defs":
                out["anyOf" if key == "oneOf" else key] = small(value)
        if len(out.get("anyOf", ())) < INLINE_OPTIONS:
            return out
        text = json.dumps(out, sort_keys=True)
        if text not in unions:
            unions[text] = f"Any{len(unions) + 1}"
            definitions[unions[text]] = out
        return {"$ref": f"#/$defs/{unions[text]}"}

    root = small(schema)
    for name, each in schema.get("$defs", {}).items():
        definitions[name] = small(each)
    return {**root, "$defs": definitions} if definitions else root
