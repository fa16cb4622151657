"""The grammar of a form accepts its documents, refuses others, and agrees with outlines."""

import json
import subprocess
import sys

import numpy as np
import pytest
from outlines.backends.llguidance import LLGuidanceLogitsProcessor
from outlines.types import JsonSchema
from pydantic import ValidationError

from engines.decoding.sampling import allowed_tokens
from engines.grammar.grammar import WRITING, byte_tokenizer, compile_grammar
from engines.protocol import GrammarError
from engines.schema import FormSchema, parse_schema

FUNCTION = {
    "name": "total",
    "kind": "pure",
    "since": -3,
    "parameters": ["a", "b_2"],
    "note": None,
    "body": {
        "op": "if",
        "condition": {"op": "not", "of": {"op": "null"}},
        "then": {"op": "list", "items": [{"op": "number", "value": 1.5}]},
        "otherwise": {"op": "text", "value": 'é "\n'},
    },
}


def _accepts(schema: FormSchema, text: str) -> bool:
    matcher = compile_grammar(schema).matcher(byte_tokenizer())
    return matcher.consume_tokens(list(text.encode())) and matcher.is_accepting()


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def test_a_document_of_the_form_is_accepted(function_form):
    function_form.form.model_validate(FUNCTION)
    assert _accepts(function_form.schema, _compact(FUNCTION))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"since": 1001},
        {"parameters": []},
        {"parameters": ["a", "b", "c", "d"]},
        {"name": "Total"},
        {"note": "a note of more than twenty characters"},
        {"body": {"op": "add", "left": {"op": "null"}}},
        {"body": {"op": "power"}},
        {"extra": 1},
    ],
    ids=lambda change: json.dumps(change)[:30],
)
def test_what_pydantic_refuses_the_grammar_refuses(function_form, change):
    document = {**FUNCTION, **change}
    with pytest.raises(ValidationError):
        function_form.form.model_validate(document)
    assert not _accepts(function_form.schema, _compact(document))


def test_text_is_compact_and_without_control_characters(function_form):
    schema = function_form.schema
    assert not _accepts(schema, json.dumps(FUNCTION))
    assert _accepts(parse_schema({"type": "string"}), '"a\\n\\t\\"\\\\"')
    for escape in ("\\u0000", "\\b", "\\f", "\\r", "\\/"):
        assert not _accepts(parse_schema({"type": "string"}), f'"{escape}"')


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "string", "pattern": "(?=a)a"}, "does not build a grammar: regex parse error"),
        ({"type": "string", "format": "poem"}, "Unknown format: poem"),
        ({"type": "string", "maxLength": "long"}, "not a JSON schema"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "does not build"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "keys that are not named"),
    ],
)
def test_a_schema_that_does_not_build_is_an_error(schema, why):
    with pytest.raises(GrammarError, match=why):
        compile_grammar(parse_schema(schema)).matcher(byte_tokenizer())


def test_equal_schemas_share_a_grammar_and_depths_do_not(function_form):
    schema = function_form.schema
    again = parse_schema(function_form.form.model_json_schema())
    assert again is not schema
    assert compile_grammar(schema) is compile_grammar(again)
    assert compile_grammar(schema).sha256 != compile_grammar(schema, depth=2).sha256


def test_a_grammar_imports_no_model_library_and_outlines_is_whole_afterwards():
    script = """
import sys
from engines.grammar.grammar import compile_grammar
from engines.schema import FormSchema, Null
compile_grammar(FormSchema(Null(), {}))
print(sorted({"outlines", "outlines.models", "transformers"} & set(sys.modules)))
import outlines
from engines.grammar.grammar import _form_type
print(outlines.types.JsonSchema is _form_type(), callable(outlines.Generator))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.splitlines() == ["[]", "True True"], ended.stderr


def test_outlines_masks_the_same_tokens_all_along(engine, asked):
    """Our loop's masks are those of outlines' logits processor over the declared schema.

    Which tokens a mask takes or leaves as a whole (`MASK_SLICES`) changes none.
    """
    grammar = compile_grammar(asked.schema)
    declared = JsonSchema(grammar.schema.text_with({"x-guidance": WRITING}))
    tokenizer = engine._model.tokenizer
    unsliced = tokenizer.with_slices([])
    for seed in range(3):
        text = engine.complete(asked.request(seed, max_tokens=60)).text
        tokens = tokenizer.tokenize_str(text)
        processor = LLGuidanceLogitsProcessor(_spec(declared), unsliced, "numpy")
        matcher = grammar.matcher(tokenizer)
        mask = np.zeros((tokenizer.vocab_size + 31) // 32, dtype=np.int32)
        for count in range(len(tokens)):
            logits = np.zeros((1, tokenizer.vocab_size), dtype=np.float32)
            inputs = np.array([[0, *tokens[:count]]])
            theirs = np.flatnonzero(processor.process_logits(inputs, logits)[0] == 0)
            matcher.unsafe_compute_mask_ptr(mask.ctypes.data, mask.nbytes)
            assert theirs.tolist() == allowed_tokens(mask).tolist()
            assert matcher.consume_token(tokens[count])
        assert matcher.is_accepting()


def _spec(declared: JsonSchema) -> str:
    """Return what outlines' backend makes of a declared schema (its get_json_schema_… method)."""
    import llguidance

    return llguidance.grammar_from("json_schema", declared.schema)
