"""Valid JSON, broken in each of the ways models break it: the same document is read."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.asking.recovery.lenient import MAX_DEPTH, NotFoundError, recover

NAMES = st.from_regex(r"[a-z][a-z_]{0,7}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    LEAVES | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)
CHATTER = st.sampled_from(
    [
        "Sure! Here is the form:",
        "I used {braces} and [brackets] where they belong.",
        "Don't worry: it's \"done\".",
        'Note {"a": 1} as an example; the answer follows.',
        '<think>{"a": [1, 2}</think>',
        "```",
        "",
    ]
)


TAGS = st.sampled_from(["<think>", "</think>", "<THINK>", "<think>a</think>", "<thinking>"])


def read(text: str, document: dict[str, Any]) -> Any:
    return recover(text, document)


@given(DOCUMENTS)
def test_valid_json_is_read_as_it_is(document: dict[str, Any]) -> None:
    assert recover(json.dumps(document)) == document


@given(DOCUMENTS, st.sampled_from(["```json", "```", "~~~JSON"]), st.booleans(), st.booleans())
@example({"a": "<THINK>"}, "```json", False, False)
@example({"a": "</think>"}, "```json", False, False)
def test_fences(document: dict[str, Any], fence: str, indent: bool, closed: bool) -> None:
    text = json.dumps(document, indent=1 if indent else None)
    assert read(f"{fence}\n{text}\n{fence[:3] if closed else ''}", document) == document


@given(DOCUMENTS | st.fixed_dictionaries({"a": TAGS}), CHATTER, CHATTER)
def test_chatter_before_and_after(document: dict[str, Any], before: str, after: str) -> None:
    document = {f"form_{name}": value for name, value in document.items()}
    assert read(f"{before}\n{json.dumps(document)}\n{after}", document) == document


@given(DOCUMENTS, st.integers(1, 9))
@example({"a": "<THINK>"}, 1)
def test_unclosed_brackets(document: dict[str, Any], missing: int) -> None:
    text = json.dumps(document)
    closing = len(text) - len(text.rstrip("}]"))
    assert read(text[: -min(missing, closing)], document) == document


@given(DOCUMENTS, st.sampled_from(["}", "]", "}]}", "]]", "}\n}"]))
def test_trailing_brackets(document: dict[str, Any], extra: str) -> None:
    assert read(json.dumps(document) + extra, document) == document


@given(DOCUMENTS, st.sampled_from([":", "=", " : ", "=>"]))
def test_keys_without_quotes(document: dict[str, Any], colon: str) -> None:
    assert read(loose(document, key=str, colon=colon), document) == document


@given(DOCUMENTS, st.sampled_from([("'", "'"), ("`", "`"), ("“", "”")]))
def test_other_quotes(document: dict[str, Any], quotes: tuple[str, str]) -> None:
    first, last = quotes

    def quoted(text: str) -> str:
        return first + json.dumps(text)[1:-1].replace('\\"', '"').replace(last, "\\" + last) + last

    assert read(loose(document, key=quoted, text=quoted), document) == document


@given(DOCUMENTS, st.sampled_from([" // a note", " # a note, isn't it", " /* a\n note */", "\n\n"]))
def test_comments(document: dict[str, Any], comment: str) -> None:
    text = f"{comment}\n".join(json.dumps(document, indent=1).splitlines())
    assert read(text, document) == document


@given(DOCUMENTS)
def test_python_literals(document: dict[str, Any]) -> None:
    assert read(repr(document), document) == document


@given(DOCUMENTS, st.sampled_from([math.nan, math.inf, -math.inf]))
def test_numbers_that_json_lacks_are_null(document: dict[str, Any], number: float) -> None:
    assert read(json.dumps({**document, "x": [number]}), document) == {**document, "x": [None]}
    assert read(f"{{x: [{number}], y: 1}}", document) == {"x": [None], "y": 1}


@given(DOCUMENTS, st.sampled_from([",", ",,", " , "]))
def test_trailing_commas(document: dict[str, Any], comma: str) -> None:
    assert read(loose(document, comma=comma), document) == document


@given(DOCUMENTS)
def test_several_at_once(document: dict[str, Any]) -> None:
    broken = loose(document, key=str, text=lambda text: repr(text), comma=",").rstrip("}]")
    assert read(f"Here you are:\n```json\n{broken}", document) == document


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('{"a": [1, 2, "b": 3}', {"a": [1, 2], "b": 3}),
        ('{"a": {"b": [1, {"c": 2}, "d": 3}', {"a": {"b": [1, {"c": 2}], "d": 3}}),
        ('{"a": [{"b": 1}, {"c": 2]}', {"a": [{"b": 1}, {"c": 2}]}),
        ('{"a": "she said "no" to it", "b": "x"}', {"a": 'she said "no" to it', "b": "x"}),
        ('{"a": 1 "b": [1 2]\n"c": tru', {"a": 1, "b": [1, 2], "c": True}),
        ('{"a": "x", "b": "cut of', {"a": "x", "b": "cut of"}),
        ('{"a": "x", "b', {"a": "x"}),
        ('{"a": 1_000, "b": +.5, "c": 0x1F, "d": 5.}', {"a": 1000, "b": 0.5, "c": 31, "d": 5.0}),
        ('{"url": http://x.y/z, "at": 12:30}', {"url": "http://x.y/z", "at": "12:30"}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
    ],
)
def test_what_else_happens(text: str, document: dict[str, Any]) -> None:
    assert recover(text) == document


def test_the_document_with_the_known_members_is_meant() -> None:
    text = 'Given {"example": [1, 2, 3, 4, 5, 6]}, I write {"title": "a"}'
    assert recover(text, ("title",)) == {"title": "a"}


@pytest.mark.parametrize(
    "text",
    [
        '<think>Is it {"a": 2}? No.</think>{"a": 1}',
        'Is it {"a": 2}? No.</think>\n```json\n{"a": 1}\n```',
        'Well. <think>First.</think> <THINKING>Then {"a": 2}.</THINKING> {"a": 1}',
    ],
)
def test_what_a_model_thinks_is_not_meant(text: str) -> None:
    assert recover(text, ("a",)) == {"a": 1}


@pytest.mark.parametrize("text", ["", "No.", "<think>{}", "}}}}"])
def test_a_text_without_a_document_is_refused(text: str) -> None:
    with pytest.raises(NotFoundError, match="no JSON object"):
        recover(text)


@given(st.text("{}[]\"',:ab1 \\\n#/*`", max_size=60))
def test_whatever_a_model_writes_is_read_or_refused(text: str) -> None:
    try:
        found = recover(text)
    except NotFoundError:
        assert "{" not in text.replace("<think>", "") or "```" in text
    else:
        assert json.loads(json.dumps(found)) == found


def test_endless_brackets_end() -> None:
    depth, value = 0, recover("[" * 4000)
    while isinstance(value, list) and value:
        depth, value = depth + 1, value[0]
    assert depth <= MAX_DEPTH


def loose(
    value: Any, key: Any = json.dumps, text: Any = json.dumps, colon: str = ":", comma: str = ""
) -> str:
    """Write a document as JSON with other keys, texts, colons, or commas at the end of lists."""
    if isinstance(value, dict):
        members = [
            f"{key(name)}{colon}{loose(each, key, text, colon, comma)}"
            for name, each in value.items()
        ]
        return "{" + ",".join(members) + (comma if members else "") + "}"
    if isinstance(value, list):
        items = [loose(each, key, text, colon, comma) for each in value]
        return "[" + ",".join(items) + (comma if items else "") + "]"
    return text(value) if isinstance(value, str) else json.dumps(value)
