"""The OpenAPI document, checked by a validator of the specification and by its own schemas."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from pipeline.ast.interface import (
    ArraySchema,
    ConstantSchema,
    Interface,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.project import Project
from pipeline.render import json_schema, openapi
from pipeline.render.refusals import carried, promised
from tests.pipeline.render.samples import HOSTILE, forum_project, todo_project

SAMPLES = pytest.mark.parametrize("make", [todo_project, forum_project])


def document(project: Project) -> dict[str, Any]:
    (file,) = openapi.render(project)
    assert file.path == "openapi.json"
    assert file.text.endswith("}\n")
    return json.loads(file.text)


def operations(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for item in made["paths"].values()
        for operation in item.values()
    }


@SAMPLES
def test_samples_are_valid(make) -> None:
    assert [str(e) for e in OpenAPIV31SpecValidator(document(make())).iter_errors()] == []


def test_the_validator_finds_errors() -> None:
    made = document(todo_project())
    del made["paths"]["/todos/{todoId}"]["get"]["parameters"]
    assert list(OpenAPIV31SpecValidator(made).iter_errors())


@SAMPLES
def test_every_operation_is_there_once_with_its_statuses(make) -> None:
    project = make()
    made = operations(document(project))
    ids = [operation.id for operation in project.interface.operations]
    assert sorted(made) == sorted([*ids, "health.check"])
    for operation in project.interface.operations:
        refusals = (*promised(operation), *carried(operation))
        statuses = {str(operation.success), *(str(refusal.status) for refusal in refusals)}
        assert set(made[operation.id]["responses"]) == statuses
        assert "500" in statuses
        assert ("413" in statuses) == (operation.request is not None)
        assert ("429" in statuses) == (operation.kind in ("join", "login", "refresh"))
        assert made[operation.id]["x-actors"] == list(operation.actors)
        assert bool(made[operation.id]["security"]) == bool(operation.actors)


@SAMPLES
def test_examples_satisfy_their_schemas(make) -> None:
    made = document(make())
    checked = 0
    for operation in operations(made).values():
        answers = [operation.get("requestBody", {}), *operation["responses"].values()]
        for answer in answers:
            for media in answer.get("content", {}).values():
                schema = {**media["schema"], "components": made["components"]}
                errors = Draft202012Validator(schema).iter_errors(media["example"])
                assert [error.message for error in errors] == []
                checked += 1
    assert checked > len(operations(made))


@SAMPLES
def test_every_component_is_used(make) -> None:
    text = json.dumps(document(make()))
    for name in json.loads(text)["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, name


def test_a_new_row_leads_to_its_operations() -> None:
    made = operations(document(todo_project()))
    links = made["todos.create"]["responses"]["201"]["links"]
    assert links["read"] == {
        "operationId": "todos.read",
        "parameters": {"todoId": "$response.body#/id"},
    }
    assert {"read", "update", "erase"} <= set(links)
    assert "links" not in made["members.join"]["responses"]["201"]


def test_lists_tell_their_query() -> None:
    listed = operations(document(todo_project()))["todos.list"]
    parameters = {p["name"]: p for p in listed["parameters"]}
    assert parameters["page"]["schema"]["default"] == 1
    assert parameters["limit"]["schema"]["default"] == 20
    assert parameters["limit"]["schema"]["maximum"] == 100
    assert "due_on_asc" in parameters["sort"]["schema"]["enum"]
    assert all(p["in"] == "query" and not p["required"] for p in parameters.values())


def test_path_parameters_are_uuids() -> None:
    read = operations(document(todo_project()))["todos.read"]
    (parameter,) = read["parameters"]
    assert (parameter["name"], parameter["in"]) == ("todoId", "path")
    assert parameter["schema"] == {"type": "string", "format": "uuid"}
    assert openapi.path_template("/todos/:todoId/complete") == "/todos/{todoId}/complete"


def test_nullable_is_any_of_with_null_and_errors_share_a_schema() -> None:
    made = document(todo_project())
    note = made["components"]["schemas"]["Todo"]["properties"]["note"]
    assert note["anyOf"][1] == {"type": "null"}
    assert made["components"]["schemas"]["Todo"]["additionalProperties"] is False
    missing = made["paths"]["/todos/{todoId}"]["get"]["responses"]["404"]
    body = missing["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Error"}
    assert body["example"]["statusCode"] == 404


def test_texts_arrive_unchanged() -> None:
    made = document(forum_project())
    assert made["info"]["summary"] == HOSTILE
    assert made["components"]["schemas"]["Member"]["description"] == HOSTILE


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (ConstantSchema(type="constant", value="only"), "only"),
        (NumberSchema(type="number", minimum=20.0, multiple_of=0.01), 20),
        (NumberSchema(type="number", maximum=-0.5), -0.5),
        (StringSchema(type="string", enum=("low", "high")), "low"),
        (StringSchema(type="string", max_length=5), "Water"),
        (StringSchema(type="string", min_length=60, max_length=60), None),
        (ArraySchema(type="array", items=NullSchema(type="null"), max_items=0), []),
        (ArraySchema(type="array", items=NullSchema(type="null")), [None]),
        (
            OneOfSchema(
                type="one_of",
                options=(
                    ObjectSchema(
                        type="object",
                        properties=(
                            SchemaProperty(
                                name="day",
                                schema_=StringSchema(type="string", format="date"),
                                required=True,
                                description="A day.",
                            ),
                        ),
                    ),
                    NullSchema(type="null"),
                ),
            ),
            {"day": "2026-03-14"},
        ),
    ],
)
def test_examples_keep_the_bounds(schema: Schema, expected: object) -> None:
    found = json_schema.example(Interface(operations=(), schemas=()), schema)
    if expected is None:
        assert isinstance(found, str)
        assert len(found) == 60
    else:
        assert found == expected
