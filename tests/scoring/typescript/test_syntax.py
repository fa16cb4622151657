"""The layer over tree-sitter."""

from __future__ import annotations

from scoring.typescript.syntax import DEPTH_MAX, doc_text, parse, string_value, unwrap, walk


def first(text: str, kind: str):
    return next(node for node in walk(parse(text)) if node.type == kind)


def test_fields_and_lines() -> None:
    call = first("const a = 1;\nf(a, `x`);", "call_expression")
    assert call.line == 2
    assert call.fields["function"].text == "f"
    assert [child.type for child in call.fields["arguments"].children] == [
        "identifier",
        "template_string",
    ]
    operator = first("a === b", "binary_expression").get("operator")
    assert operator is not None
    assert operator.text == "==="


def test_values_of_strings() -> None:
    assert string_value(first(r"'it\'s'", "string")) == "it's"
    assert string_value(first("`plain`", "template_string")) == "plain"
    assert string_value(first("`${x}`", "template_string")) is None
    assert string_value(first("''", "string")) == ""


def test_unwrap_strips_what_changes_no_value() -> None:
    statement = first("((await (x as Y))!);", "expression_statement")
    assert unwrap(statement.children[0]).text == "x"


def test_nesting_is_cut_off() -> None:
    def depth(node: object, level: int = 0) -> int:
        children = getattr(node, "children", [])
        return max((depth(child, level + 1) for child in children), default=level)

    assert depth(parse("(" * 3000 + "1" + ")" * 3000)) <= DEPTH_MAX


def test_broken_code_is_parsed_as_far_as_it_goes() -> None:
    names = [
        n.text
        for n in walk(parse("export const x = 1;\nfunction ( {{ ) =>"))
        if n.type == "identifier"
    ]
    assert "x" in names


def test_documentation_comments() -> None:
    assert doc_text("/**\n * One.\n *\n * @throws 404\n */") == "One.\n\n@throws 404"
    assert doc_text("// no") == ""
