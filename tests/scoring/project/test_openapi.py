"""OpenAPI documents."""

from __future__ import annotations

import json

import pytest

from scoring.project.openapi import read_openapi

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/todos/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
            "get": {
                "summary": "Read",
                "security": [{"bearer": []}],
                "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Todo"}}
                        }
                    },
                    "404": {"description": "none"},
                },
            },
        }
    },
    "components": {
        "schemas": {
            "Todo": {
                "type": "object",
                "required": ["title", "notes"],
                "properties": {
                    "title": {"type": "string", "minLength": 1, "maxLength": 120},
                    "notes": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "status": {"type": ["string", "null"], "enum": ["open", "done", None]},
                    "list": {"$ref": "#/components/schemas/List"},
                },
            }
        }
    },
}


def test_operations_and_schemas() -> None:
    found = read_openapi({"openapi.json": json.dumps(DOCUMENT)})
    assert found is not None
    (operation,) = found.operations
    assert operation.key == "GET /todos/{}"
    assert operation.statuses == {200, 404}
    assert operation.secured
    assert operation.response == "Todo"
    assert [p.name for p in operation.parameters] == ["page"]
    (shape,) = found.shapes
    title, notes, status, linked = shape.properties
    assert (title.minimum, title.maximum, title.optional) == (1, 120, False)
    assert (notes.type, notes.nullable, notes.optional) == ("string", True, False)
    assert (status.values, status.nullable, status.optional) == (("open", "done"), True, True)
    assert (linked.type, linked.reference) == ("ref", "List")


@pytest.mark.parametrize("text", ["", "[]", "{", "nonsense"])
def test_what_is_no_document_is_none(text: str) -> None:
    assert read_openapi({"openapi.json": text}) is None


@pytest.mark.parametrize("document", [{}, {"paths": []}, {"paths": {"/a": {"get": []}}}])
def test_odd_documents_are_read_as_far_as_they_go(document: object) -> None:
    found = read_openapi({"swagger.json": json.dumps(document)})
    assert found is not None
    assert found.shapes == ()
