"""Find code that a reviewer would send back: too complex, written twice, never used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from scoring.project.facts import CodeSmell
from scoring.typescript.modules import Class, Function, Module, Program
from scoring.typescript.syntax import SyntaxNode, walk

COMPLEXITY_MAX = 15
"""Cyclomatic complexity above which a function is hard to test (McCabe 1976 proposes 10)."""
DUPLICATE_MIN_TOKENS = 60
"""Shorter bodies may well be equal by nature."""

_DECISIONS = frozenset(
    {"if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement",
     "switch_case", "catch_clause", "ternary_expression"}
)  # fmt: skip
_CODE_COMMENT = re.compile(r"^//.*[;{}]\s*$|^//\s*(const|let|return|if|await|import)\b.*[;({]")


def read_smells(program: Program, paths: Iterable[str]) -> tuple[int, tuple[CodeSmell, ...]]:
    """Return the number of functions in the modules of `paths`, and what is wrong with them."""
    wanted = set(paths)
    modules = [m for path, m in program.modules.items() if path in wanted]
    functions = [f for f in program.functions() if f.file in wanted]
    found: list[CodeSmell] = []
    bodies: dict[str, Function] = {}
    for function in functions:
        complexity, tokens = _measure(function.body)
        if complexity > COMPLEXITY_MAX:
            detail = f"{function.name} has a cyclomatic complexity of {complexity}"
            found.append(CodeSmell("complex", function.file, function.line, detail))
        if tokens >= DUPLICATE_MIN_TOKENS:
            text = re.sub(r"\s+", " ", function.body.text)
            first = bodies.setdefault(text, function)
            if first is not function:
                detail = f"{function.name} repeats {first.name} of {first.file}:{first.line}"
                found.append(CodeSmell("duplicate", function.file, function.line, detail))
    for module in modules:
        found += _dead(module)
    return len(functions), tuple(sorted(found, key=lambda s: (s.kind, s.file, s.line)))


def _measure(body: SyntaxNode) -> tuple[int, int]:
    complexity, tokens = 1, 0
    for node in walk(body):
        tokens += not node.children
        if node.type in _DECISIONS:
            complexity += 1
        elif node.type == "binary_expression":
            operator = node.get("operator")
            complexity += operator is not None and operator.text in ("&&", "||")
    return complexity, tokens


def _dead(module: Module) -> Iterable[CodeSmell]:
    """Find unused imports, unused private methods and functions, and code in comments."""
    used = Counter(re.findall(r"[A-Za-z_$][\w$]*", module.text))
    for name in module.imports:
        if used[name] < 2:
            yield CodeSmell("dead", module.path, 1, f"the import {name} is never used")
    for function in module.functions.values():
        if not function.exported and used[function.name] < 2:
            yield CodeSmell("dead", module.path, function.line, f"{function.name} is never called")
    for owner in module.classes.values():
        yield from _dead_methods(module, owner, used)
    for node in walk(module.root):
        if node.type == "comment" and _CODE_COMMENT.match(node.text):
            yield CodeSmell("dead", module.path, node.line, "code that is commented out")
        elif node.type in ("return_statement", "throw_statement") and not _is_last(module, node):
            yield CodeSmell(
                "dead", module.path, node.line, "statements behind this are not reached"
            )


def _dead_methods(module: Module, owner: Class, used: Counter[str]) -> Iterable[CodeSmell]:
    for method in owner.methods.values():
        if method.private and owner.node.type == "class_declaration" and used[method.name] < 2:
            yield CodeSmell("dead", module.path, method.line, f"{method.name} is never called")


def _is_last(module: Module, node: SyntaxNode) -> bool:
    """Whether nothing but a closing brace or a new case follows in the same block."""
    rest = node.source[node.end_byte : node.end_byte + 400].decode("utf-8", errors="replace")
    rest = re.sub(r"^(\s|;|//[^\n]*\n|/\*.*?\*/)*", "", rest, flags=re.DOTALL)
    if not rest or rest[0] in "})" or re.match(r"(case|default|else)\b", rest):
        return True
    before = node.source[max(0, node.start_byte - 200) : node.start_byte].decode("utf-8", "replace")
    return not before.rstrip().endswith((";", "{", "}"))
