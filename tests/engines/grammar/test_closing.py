"""Cut a document anywhere: the rest is valid, and no rest is shorter."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.grammar.closing import shortest_rest
from engines.grammar.grammar import byte_tokenizer, compile_grammar
from engines.protocol import GrammarError
from engines.schema import parse_schema

LEAVES = st.one_of(
    st.just({"op": "null"}),
    st.builds(
        lambda value: {"op": "number", "value": value},
        st.integers(-1000, 1000).map(lambda n: n / 16),
    ),
    st.builds(
        lambda value: {"op": "text", "value": value},
        st.text(st.sampled_from('ab "\\\n\té漢😀]}'), max_size=12),
    ),
    st.builds(
        lambda name: {"op": "variable", "name": name},
        st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True),
    ),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda of: {"op": "not", "of": of}, inner),
        st.builds(lambda a, b: {"op": "add", "left": a, "right": b}, inner, inner),
        st.builds(lambda items: {"op": "list", "items": items}, st.lists(inner, max_size=4)),
    ),
    max_leaves=8,
)
FUNCTIONS = st.builds(
    dict,
    **{
        "name": st.sampled_from(["f", "total_2"]),
        "kind": st.sampled_from(["pure", "action"]),
        "since": st.integers(-1000, 1000),
        "parameters": st.lists(st.sampled_from(["a", "bc"]), min_size=1, max_size=3),
        "note": st.none() | st.text(st.sampled_from("xé😀"), max_size=20),
        "body": EXPRESSIONS,
    },
)


def _text(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


@given(document=FUNCTIONS, share=st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_a_document_cut_at_any_byte_ends_validly_and_soon(function_form, document, share):
    grammar = compile_grammar(function_form.schema, depth=10)
    whole = _text(document)
    begun = whole[: round(share * len(whole))]
    rest = shortest_rest(grammar.schema, begun)
    function_form.form.model_validate_json(begun + rest)
    matcher = grammar.matcher(byte_tokenizer())
    assert matcher.consume_tokens(list(begun + rest))
    assert matcher.is_accepting()
    assert len(rest) <= len(whole) - len(begun) or len(begun + rest) < 200


SMALL = [
    {"type": "boolean"},
    {"enum": ["a", "ab", "b"]},
    {"type": "array", "items": {"enum": [1, 12]}, "minItems": 1, "maxItems": 3},
    {"type": "integer", "minimum": 0, "maximum": 105},
    {"type": "number", "minimum": -1, "maximum": 1},
    {"type": "string", "pattern": "^(x|yz+)w$"},
    {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[ab]*$"},
    {
        "anyOf": [
            {"type": "null"},
            {"const": "none"},
            {"type": "array", "maxItems": 0, "prefixItems": []},
        ]
    },
    {
        "type": "object",
        "properties": {"a": {"enum": [1, 2]}, "b": {"type": "null"}, "c": {"type": "boolean"}},
        "required": ["b"],
    },
    {
        "type": "array",
        "prefixItems": [{"type": "null"}, {"enum": ["q"]}],
        "minItems": 2,
        "maxItems": 2,
    },
]


@pytest.mark.parametrize("schema", SMALL, ids=lambda schema: json.dumps(schema)[:50])
def test_no_rest_is_shorter(schema):
    """Search all texts breadth first for the shortest ending of every reachable beginning."""
    grammar = compile_grammar(parse_schema(schema))
    beginnings = [b""]
    for begun in beginnings:
        matcher = grammar.matcher(byte_tokenizer())
        matcher.consume_tokens(list(begun))
        rest = shortest_rest(grammar.schema, begun)
        assert matcher.validate_tokens(list(rest)) == len(rest)
        assert len(rest) == _shortest(matcher, len(rest)), begun
        if len(beginnings) < 150 and len(begun) < 12:
            beginnings += [begun + bytes([byte]) for byte in _allowed(matcher)]
    assert len(beginnings) > 4


def _allowed(matcher) -> list[int]:
    mask = matcher.compute_bitmask()
    return [byte for byte in range(32, 127) if mask[byte >> 3] >> (byte & 7) & 1]


def _shortest(matcher, limit: int) -> int:
    level = [()]
    for length in itertools.count():
        for path in level:
            matcher.consume_tokens(list(path))
            done = matcher.is_accepting()
            matcher.rollback(len(path))
            if done:
                return length
        if length >= limit:
            return limit + 1
        following = []
        for path in level[:400]:
            matcher.consume_tokens(list(path))
            following += [(*path, byte) for byte in _allowed(matcher)]
            matcher.rollback(len(path))
        level = following
    raise AssertionError("unreachable")


def test_text_that_leaves_the_schema_is_refused(function_form):
    grammar = compile_grammar(function_form.schema)
    with pytest.raises(GrammarError, match="do not follow the schema"):
        shortest_rest(grammar.schema, b'{"nmae":')


def test_a_value_that_never_ends_is_refused():
    grammar = compile_grammar(parse_schema({"type": "string", "pattern": "^a{20000}$"}))
    with pytest.raises(GrammarError, match="does not end"):
        shortest_rest(grammar.schema, b"")
