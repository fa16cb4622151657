"""Literals, comments, imports and types of TypeScript, hostile texts included."""

import json

import pytest

from pipeline.ast.interface import (
    ArraySchema,
    ConstantSchema,
    IntegerSchema,
    NullSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.render.layout import layout
from pipeline.render.typescript import (
    Imports,
    braces,
    call,
    chain,
    jsdoc,
    line_comment,
    number,
    quoted,
    references,
    template,
    ts_type,
)
from tests.pipeline.render.samples import DIRECTIVE, HOSTILE


@pytest.mark.parametrize("text", [HOSTILE, DIRECTIVE, 'a"b', "back\\slash", "two\nlines", ""])
def test_quoted_text_reads_back_as_it_was(text: str) -> None:
    assert json.loads(quoted(text)) == text


def test_template_has_no_hole_and_no_early_end() -> None:
    assert template("`${x}\\`") == "`\\`\\${x}\\\\\\``"


def test_numbers_have_no_needless_point() -> None:
    assert [number(3), number(3.0), number(0.01), number(-7)] == ["3", "3", "0.01", "-7"]


def test_comment_cannot_be_ended_from_inside() -> None:
    assert jsdoc([HOSTILE]).count("*/") == 1


def test_comment_gives_the_compiler_no_directive() -> None:
    assert "/** \\@ts-expect-error" in jsdoc([DIRECTIVE])
    assert "// \\@ts-expect-error" in line_comment(DIRECTIVE)


def test_no_line_of_a_long_comment_starts_with_a_directive() -> None:
    text = ("word " * 18) + "@ts-ignore is said here, where the line ends."
    lines = jsdoc([text], indent=2).split("\n")
    assert len(lines) > 3
    assert not any(line.strip(" *").startswith("@") for line in lines)


def test_long_comment_keeps_within_the_width() -> None:
    lines = jsdoc(["many words " * 30], [f"@throws 404: {'none ' * 40}"], indent=4).split("\n")
    assert max(map(len, lines)) <= 100


def test_tags_follow_the_text_after_a_blank_line() -> None:
    assert jsdoc(["Do it."], ["@rule B-1.1"]) == "/**\n * Do it.\n *\n * @rule B-1.1\n */\n"


def test_imports_are_sorted_and_mark_their_types() -> None:
    imports = Imports()
    imports.type("./b.js", "Beta")
    imports.value("./b.js", "alpha")
    imports.type("./a.js", "Only")
    imports.value("zod", "z")
    imports.value("node:crypto", "randomUUID")
    assert imports.render().splitlines() == [
        'import { randomUUID } from "node:crypto";',
        'import { z } from "zod";',
        'import type { Only } from "./a.js";',
        'import { alpha, type Beta } from "./b.js";',
        "",
    ]


def test_name_used_as_type_and_value_is_imported_once_as_value() -> None:
    imports = Imports()
    imports.value("./a.js", "Both")
    imports.type("./a.js", "Both")
    assert imports.render() == 'import { Both } from "./a.js";\n\n'


def test_name_of_a_library_gives_way_to_one_of_the_project() -> None:
    imports = Imports(taken=["Post"])
    assert imports.value("@nestjs/common", "Post") == "NestPost"
    assert "Post as NestPost" in imports.render()


def test_object_in_last_place_hugs_the_parentheses() -> None:
    members = [f"member{place}: {place}" for place in range(12)]
    first, *_, last = layout(call("request", "connection", braces(members))).split("\n")
    assert (first, last) == ("request(connection, {", "})")


def test_long_chain_has_one_call_a_line() -> None:
    assert layout(chain("db", ["a()", "b()", "c()"])) == "db.a().b().c()"
    assert layout(chain("db", ["a()", "b()", "c()", "d()"])) == "db\n  .a()\n  .b()\n  .c()\n  .d()"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (ConstantSchema(type="constant", value="open"), '"open"'),
        (StringSchema(type="string", enum=("a", "b")), '"a" | "b"'),
        (
            ArraySchema(type="array", items=StringSchema(type="string", enum=("a", "b"))),
            '("a" | "b")[]',
        ),
        (
            OneOfSchema(
                type="one_of",
                options=(IntegerSchema(type="integer"), NullSchema(type="null")),
            ),
            "number | null",
        ),
        (
            ObjectSchema(
                type="object",
                properties=(
                    SchemaProperty.model_validate(
                        {
                            "name": "todo",
                            "schema": ReferenceSchema(type="reference", name="Todo"),
                            "required": False,
                            "description": "One.",
                        }
                    ),
                ),
            ),
            "{ todo?: Todo }",
        ),
    ],
)
def test_type_of_a_schema(schema: Schema, expected: str) -> None:
    assert layout(ts_type(schema)) == expected


def test_references_come_in_order_and_once() -> None:
    options = [ReferenceSchema(type="reference", name=name) for name in ("B", "A", "B")]
    assert references(OneOfSchema(type="one_of", options=tuple(options))) == ("B", "A")


def test_long_import_of_one_name_stays_on_its_line() -> None:
    imports = Imports()
    imports.value(f"./{'long' * 20}.js", "something")
    assert imports.render().count("\n") == 2


def test_long_union_has_one_member_a_line() -> None:
    words = tuple(f"a_rather_long_word_{place}" for place in range(5))
    lines = layout(ts_type(StringSchema(type="string", enum=words))).split("\n")
    assert lines[:2] == ["", '  | "a_rather_long_word_0"']
