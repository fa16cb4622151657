"""The grammar of a form: its prepared schema, declared through outlines, built by llguidance.

outlines states what a form may look like (`outlines.types.JsonSchema`); llguidance turns it into
token masks. A schema that does not build is an error: there is no path from a form to an
unconstrained call.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jsonschema
from llguidance import LLMatcher, LLTokenizer

from engines.grammar.sharing import share
from engines.grammar.unrolling import unroll
from engines.protocol import GrammarError
from engines.schema import FormSchema

if TYPE_CHECKING:
    from outlines.types import JsonSchema

RECURSION_DEPTH = 8
WRITING = {
    # No optional whitespace: half of all tokens of a form are then forced by the grammar.
    "whitespace_flexible": False,
    # No control characters through \u, \b, \f and \r: they have no place in any artifact.
    "json_allowed_escapes": '"\\nt',
}
"""How llguidance writes JSON, given with the schema as `x-guidance`."""
TEXT_CHARACTER = r'[^"\\\x00-\x1F\x7F]'
MASK_SLICES = [
    r"[\x20\x0A\x0D\x09]+",
    *(f"{TEXT_CHARACTER}{{1,{most}}}" for most in (10, 14, 20, 30)),
    f"{TEXT_CHARACTER}+",
]
"""Sets of tokens that a mask takes or leaves as a whole.

They are llguidance's own and two between its 10 and 30 characters: forms are full of short texts,
and near the end of one every token is looked at. The slowest masks take two thirds of the time.
"""
CACHED_GRAMMARS = 512


@dataclass(frozen=True)
class Grammar:
    """A form's language, ready to be built over a vocabulary."""

    schema: FormSchema = field(compare=False)
    """The schema as prepared; `engines.grammar.closing` walks over it."""
    text: str
    """llguidance's own form of the grammar."""
    sha256: str
    """Of `text`: equal grammars have equal hashes."""

    def matcher(self, tokenizer: LLTokenizer) -> LLMatcher:
        """Build the grammar over one model's tokens, at its start.

        Raises GrammarError if it does not build, or not with all that the schema says.
        """
        matcher = LLMatcher(tokenizer, self.text, log_level=0)
        problem = matcher.get_error() or " ".join(matcher.get_grammar_warnings())
        if problem:
            raise GrammarError(f"The form's schema does not build a grammar: {_first(problem)}")
        return matcher


@functools.cache
def byte_tokenizer() -> LLTokenizer:
    """Return the tokenizer whose tokens 0 to 255 are the bytes themselves."""
    return LLTokenizer("byte")


@functools.cache
def _form_type() -> type[JsonSchema]:
    """Import outlines' types of structured output, and no more of outlines than they need.

    Its package would also import every library of models that it can drive: two seconds, and a
    notice on stderr, where transformers is installed (mlx-lm brings it). So the package is found
    but not run while its types are imported; whoever imports it later gets all of it.
    """
    package = importlib.util.find_spec("outlines")
    stands_in = package is not None and "outlines" not in sys.modules
    if package is not None and stands_in:
        sys.modules["outlines"] = importlib.util.module_from_spec(package)
    try:
        from outlines.types import JsonSchema
    finally:
        if stands_in:
            del sys.modules["outlines"]
    return JsonSchema


@functools.lru_cache(maxsize=CACHED_GRAMMARS)
def compile_grammar(schema: FormSchema, depth: int = RECURSION_DEPTH) -> Grammar:
    """Write the grammar of a form's schema; equal schemas share theirs.

    `depth` bounds every recursion. Raises GrammarError if the schema has an object with open names
    or no finite document, or is no JSON schema.
    """
    prepared = unroll(share(schema), depth)
    try:
        form = _form_type()(prepared.text_with({"x-guidance": WRITING}))
    except jsonschema.SchemaError as error:
        raise GrammarError(f"The form's schema is not a JSON schema: {error.message}.") from error
    text = LLMatcher.grammar_from_json_schema(form.schema)
    return Grammar(prepared, text, hashlib.sha256(text.encode()).hexdigest())


def _first(message: str) -> str:
    """Return the first lines of a library's message as one, without its dump of the state."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:3])[:300]
