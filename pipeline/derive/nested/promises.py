"""Promises: what a call refuses of the rows and keys in its lists."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.interface import ErrorResponse
from pipeline.derive.keys import conflict, unique_rules
from pipeline.derive.nested.lists import ITEMS_MAX, NestedList
from pipeline.derive.refusal import limit_rules
from pipeline.english import counted, with_article

BAD_KEY = 422
"""What a key answers that is there for nobody, or that its list has already."""


def list_errors(analysis: Analysis, list_: NestedList) -> Iterator[ErrorResponse]:
    """Yield what is refused of a list: its number, as of the rows alone, and keys to nowhere."""
    child = list_.child
    if list_.bounds:
        yield ErrorResponse(status=400, when=_wrong_number(list_), rules=list_.bounds)
    if list_.other is not None:
        key = f"The key of {with_article(names.words(list_.other.name))}"
        yield ErrorResponse(status=BAD_KEY, when=f"{key} is unknown, or there twice.")
        return
    columns = {each.column for each in list_.entry}
    limits = limit_rules(analysis, child, columns)
    if limits:
        text = f"A value of {with_article(names.words(child.name))} is out of bounds."
        yield ErrorResponse(status=400, when=text, rules=limits)
    for relation in child.relations:
        if relation.column in columns:
            text = f"There is no such {names.words(relation.name)}."
            yield ErrorResponse(status=404, when=text)
    for key in child.unique_keys():
        if columns.intersection(key):
            text = f"{conflict(child, key)}."
            yield ErrorResponse(status=409, when=text, rules=unique_rules(child, key))


def _wrong_number(list_: NestedList) -> str:
    """Return what is wrong with the number of a list's elements where a rule bounds it."""
    noun = names.words(list_.child.name)
    wrong: list[str] = []
    if list_.least > 0:
        wrong.append(f"fewer than {counted(list_.least, noun)}")
    if list_.most < ITEMS_MAX or not wrong:
        wrong.append(f"more than {counted(list_.most, noun)}")
    return f"There are {' or '.join(wrong)}."
