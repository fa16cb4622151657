"""Expressions of SQL in a template: comparisons, functions, `case`, `and`, `or`, `not`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.symbolic.builder import column_of
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Frame
from scoring.symbolic.terms import (
    NOTHING,
    Choice,
    Column,
    Const,
    Op,
    Term,
    Unknown,
    both,
    either,
    negation,
)
from scoring.symbolic.values import Array, Native, term_of
from scoring.typescript.syntax import SyntaxNode

_TOKEN = re.compile(
    r"\s*(?:(?P<hole>\x00\d+\x00)|(?P<number>\d+(?:\.\d+)?)|'(?P<text>(?:[^']|'')*)'"
    r"|\"(?P<quoted>[^\"]+)\"|(?P<word>[A-Za-z_][\w.]*)|(?P<mark><>|!=|<=|>=|::|[-+*/%=<>(),]))"
)
_COMPARED = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def template(reader: Reads, tag: SyntaxNode, node: SyntaxNode, frame: Frame) -> Term:
    """Return the formula of ``sql`…` ``; what is no plain expression is not known."""
    text, holes = "", list[object]()
    for child in node.children:
        if child.type == "template_substitution" and child.children:
            text += f"\x00{len(holes)}\x00"
            holes.append(reader.evaluate(child.children[0], frame))
        elif child.type in ("string_fragment", "escape_sequence"):
            text += child.text
    place = Unknown(frame.module.path, node.line, node.text[:60])
    try:
        parser = _Parser(_tokens(text), holes)
        made = parser.arm() or parser.expression()
        return made if parser.at_end else place
    except _NotRead:
        return place


def helper(name: str, given: list[object]) -> object:
    """Return what `sql.ref`, `sql.lit`, `sql.join` and the like make."""
    match name:
        case "ref" | "id" | "table":
            return column_of(given[0]) if given else NOTHING
        case "lit" | "val" | "value":
            return term_of(given[0]) if given else NOTHING
        case "join":
            between = term_of(given[1]) if len(given) > 1 else Const(",")
            return Op("sql join", (term_of(given[0]), between)) if given else NOTHING
        case _:
            return Unknown("", 0, f"sql.{name}")


class _NotRead(Exception):
    """The text is no expression that is read here."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotRead
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Parser:
    """Reads one expression by descent."""

    def __init__(self, tokens: list[_Token], holes: list[object]) -> None:
        self._tokens = tokens
        self._holes = holes
        self._position = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._position == len(self._tokens)

    def arm(self) -> Term | None:
        """Read `when … then …`, a part of a `case` that is joined from several."""
        if not self._takes("when"):
            return None
        test = self.expression()
        self._expect("then")
        return Op("sql when", (test, self.expression()))

    def expression(self) -> Term:
        """Read an expression, `or` binding least."""
        made = self._and()
        while self._takes("or"):
            made = either(made, self._and())
        return made

    def _and(self) -> Term:
        made = self._not()
        while self._takes("and"):
            made = both(made, self._not())
        return made

    def _not(self) -> Term:
        return negation(self._not()) if self._takes("not") else self._comparison()

    def _comparison(self) -> Term:
        left = self._sum()
        for mark, name in _COMPARED.items():
            if self._takes(mark):
                return Op(name, (left, self._sum()))
        if self._takes("is"):
            wanted = "is not" if self._takes("not") else "is"
            return Op(wanted, (left, self._sum()))
        inverted = self._takes("not")
        for name in ("like", "ilike"):
            if self._takes(name):
                made = Op(name, (left, self._sum()))
                return negation(made) if inverted else made
        return left

    def _sum(self) -> Term:
        made = self._product()
        while True:
            if self._takes("+"):
                made = Op("+", (made, self._product()))
            elif self._takes("-"):
                made = Op("-", (made, self._product()))
            else:
                return made

    def _product(self) -> Term:
        made = self._primary()
        while True:
            if self._takes("*"):
                made = Op("*", (made, self._primary()))
            elif self._takes("/"):
                made = Op("/", (made, self._primary()))
            elif self._takes("::"):
                self._next()
            else:
                return made

    def _primary(self) -> Term:
        token = self._next()
        match token.kind:
            case "hole":
                return self._hole(self._holes[int(token.text.strip("\x00"))])
            case "number":
                return Const(float(token.text) if "." in token.text else int(token.text))
            case "text":
                return Const(token.text.replace("''", "'"))
            case "quoted":
                return Column("", token.text)
            case "word":
                return self._word(token.text)
            case _:
                if token.text == "(":
                    made = self.expression()
                    self._expect(")")
                    return made
                raise _NotRead

    def _hole(self, value: object) -> Term:
        if isinstance(value, Native | Array):
            raise _NotRead
        return term_of(value)

    def _word(self, text: str) -> Term:
        lowered = text.lower()
        if lowered in ("null", "true", "false"):
            return Const({"null": None, "true": True, "false": False}[lowered])
        if lowered == "case":
            return self._case()
        if self._takes("("):
            given: list[Term] = []
            while not self._takes(")"):
                given.append(self.expression())
                self._takes(",")
            return Op(f"sql {lowered}", tuple(given))
        return column_of(Const(text))

    def _case(self) -> Term:
        subject = None if self._sees("when") else self.expression()
        arms: list[tuple[Term, Term]] = []
        if subject is not None and not self._sees("when"):
            joined = self._primary()
            self._expect("end")
            return Op("sql case", (subject, joined))
        while self._takes("when"):
            test = self.expression()
            self._expect("then")
            held = test if subject is None else Op("=", (subject, test))
            arms.append((held, self.expression()))
        made: Term = self.expression() if self._takes("else") else Const(None)
        self._expect("end")
        for test, value in reversed(arms):
            made = Choice(test, value, made)
        return made

    def _next(self) -> _Token:
        if self.at_end:
            raise _NotRead
        self._position += 1
        return self._tokens[self._position - 1]

    def _sees(self, text: str) -> bool:
        if self.at_end:
            return False
        token = self._tokens[self._position]
        return token.kind in ("word", "mark") and token.text.lower() == text

    def _takes(self, text: str) -> bool:
        if not self._sees(text):
            return False
        self._position += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise _NotRead
