"""The pretty printer breaks what does not fit, and only that."""

from pipeline.render.layout import (
    HARD_LINE,
    LINE,
    SOFT_LINE,
    DocGroup,
    IfBroken,
    Indent,
    concat,
    join,
    layout,
)


def test_group_stays_on_one_line_up_to_the_last_column() -> None:
    group = DocGroup(concat("ab", LINE, "cd"))
    assert layout(group, width=5) == "ab cd"
    assert layout(group, width=4) == "ab\ncd"


def test_text_after_a_group_counts_for_its_width() -> None:
    doc = concat(DocGroup(concat("(", SOFT_LINE, "a", SOFT_LINE, ")")), ";")
    assert layout(doc, width=4) == "(a);"
    assert layout(doc, width=3) == "(\na\n);"


def test_inner_group_breaks_after_the_outer_one() -> None:
    inner = DocGroup(concat("[", Indent(concat(SOFT_LINE, "x", LINE, "y")), SOFT_LINE, "]"))
    outer = DocGroup(concat("{", Indent(concat(LINE, inner)), LINE, "}"))
    assert layout(outer, width=9) == "{ [x y] }"
    assert layout(outer, width=8) == "{\n  [x y]\n}"
    assert layout(outer, width=6) == "{\n  [\n    x\n    y\n  ]\n}"


def test_indentation_starts_at_the_given_column() -> None:
    doc = concat("a", Indent(concat(HARD_LINE, "b")))
    assert layout(doc, indent=4) == "    a\n      b"


def test_forced_group_breaks_though_it_fits() -> None:
    parts = join(concat(",", LINE), ["a", "b"])
    doc = DocGroup(
        concat("[", Indent(concat(SOFT_LINE, parts)), IfBroken(","), SOFT_LINE, "]"), True
    )
    assert layout(doc) == "[\n  a,\n  b,\n]"


def test_flat_group_has_no_trailing_comma() -> None:
    doc = DocGroup(concat("[", "a", IfBroken(","), "]"))
    assert layout(doc) == "[a]"


def test_hard_line_breaks_the_group_around_it() -> None:
    doc = DocGroup(concat("a", LINE, "b", HARD_LINE, "c"))
    assert layout(doc) == "a\nb\nc"


def test_no_line_ends_in_a_space() -> None:
    assert layout(concat("a ", HARD_LINE, "", HARD_LINE, "b")) == "a\n\nb"
