"""The shape of the repository: what tools that run elsewhere would only find out late."""

import ast
import functools
import io
import json
import re
import statistics
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "engines", "pipeline", "scoring")
MODULES = tuple(sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py")))
LONGEST_CLASS, LONGEST_FUNCTION, LONG_FUNCTION = 250, 60, 24
"""Lines; nine functions of ten are no longer than the last."""
MOST_MODULES = 15
"""In one folder, beside its `__init__.py`."""
FLAG = re.compile(r"(?:^|\s)--[a-z][a-z-]+")
PASSES_FLAGS = ("app/cli/", "pipeline/node/", "pipeline/render/nest/package.py")
"""The command line names its options; the others name those of child programs."""
STYLE = re.compile(
    r"\b(whence|so many|(?:comes?|came) to|of one's own|told(?! apart)|tells? of|all the same|anew"
    r"|(?:go|goes|going|gone|went) on|gone mad)\b",
    re.IGNORECASE,
)
FIRST_WORDS = ("Tell ", "Tells ", "Give ", "Gives ")
"""A predicate's docstring begins "Whether", another's says what is returned or done."""
PREDICATE = re.compile(r"_?(is|has|can|may|needs)_")
"""Begins the names of predicates; properties that are true or false are predicates, too."""
OTHERWISE = (
    "app/window/main_window.py:_may_quit",  # asks a person
)
PLACE = re.compile(r"(?<!\{)\{[^{}\n]*\}")
"""A value in an f-string: code, not words."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_packaging_is_no_python_package():
    """A package of that name in the root would hide PyPI's ``packaging`` from pytest."""
    assert not list((ROOT / "packaging").rglob("__init__.py"))


def test_tests_are_no_python_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_package_of_the_wheel_exists():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert names == ["app", "engines", "pipeline", "scoring", "resources"]
    for name in names:
        assert (ROOT / name / "__init__.py").is_file(), name


def test_npm_packages_are_pinned_exactly_and_locked():
    toolchain = ROOT / "resources" / "toolchain"
    package = json.loads((toolchain / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((toolchain / "package-lock.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    locked = {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted}
    assert locked == wanted
    for name, entry in lock["packages"].items():
        assert not name or "integrity" in entry, f"{name} is locked without a checksum"


def test_modules_stay_small():
    """One module, one idea: nothing over 600 lines."""
    for folder in ("app", "engines", "pipeline", "scoring", "packaging"):
        for module in (ROOT / folder).rglob("*.py"):
            lines = module.read_text(encoding="utf-8").count("\n")
            assert lines <= 600, f"{module} has {lines} lines"


@functools.cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def named(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def listed(found: list[str]) -> str:
    return f"{len(found)} places:\n" + "\n".join(found)


def definitions(kinds: type | tuple[type, ...]) -> Iterator[tuple[Path, Definition, int]]:
    """Yield every class or function with its number of lines, decorators left out."""
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, kinds):
                assert isinstance(node, Definition)
                assert node.end_lineno is not None
                yield module, node, node.end_lineno - node.lineno + 1


def longer_than(most: int, kinds: type | tuple[type, ...]) -> list[str]:
    return [
        f"{named(module)}:{node.lineno} {node.name} has {lines} lines"
        for module, node, lines in definitions(kinds)
        if lines > most
    ]


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_classes_stay_small() -> None:
    found = longer_than(LONGEST_CLASS, ast.ClassDef)
    assert not found, listed(found)


def test_functions_stay_short() -> None:
    found = longer_than(LONGEST_FUNCTION, FUNCTIONS)
    assert not found, listed(found)


def test_most_functions_are_short() -> None:
    lengths = [lines for _, _, lines in definitions(FUNCTIONS)]
    assert statistics.quantiles(lengths, n=10)[-1] <= LONG_FUNCTION


def test_folders_are_seen_at_a_glance() -> None:
    crowded = {
        named(folder): len(modules)
        for folder in {module.parent for module in MODULES}
        if len(modules := [m for m in folder.glob("*.py") if m.stem != "__init__"]) > MOST_MODULES
    }
    assert crowded == {}


def test_classes_keep_their_names_on_import() -> None:
    """One name, one home; a class that is called otherwise elsewhere has two names."""
    renamed = [
        f"{named(module)}:{node.lineno} {alias.name} as {alias.asname}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
        for alias in node.names
        if alias.asname and alias.name[0].isupper()
    ]
    assert not renamed, listed(renamed)


@functools.cache
def docstrings(module: Path) -> dict[int, tuple[ast.AST, str]]:
    """Return the docstrings of a module by the id of their node; those of fields count, too."""
    found: dict[int, tuple[ast.AST, str]] = {}
    for node in ast.walk(tree(module)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text)) as value):
                    found[id(value)] = node, text
    return found


def test_only_the_command_line_names_flags() -> None:
    """An error carries a remedy; a sentence with a flag makes no sense in the window."""
    flags = [
        f"{named(module)}:{node.lineno} {node.value.strip()!r}"
        for module in MODULES
        if not named(module).startswith(PASSES_FLAGS)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if " " in node.value and FLAG.search(node.value) and id(node) not in docstrings(module)
    ]
    assert not flags, listed(flags)


def annotations(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield what a node names, with its type."""
    match node:
        case ast.FunctionDef(name=name, returns=returns):
            yield name, returns
        case ast.arg(arg=name, annotation=annotation):
            yield name, annotation
        case ast.AnnAssign(target=target, annotation=annotation):
            yield ast.unparse(target), annotation
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as alias):
            yield name, alias
        case _:
            pass


def test_a_score_has_a_type() -> None:
    untyped = [
        f"{named(module)}:{getattr(node, 'lineno', 0)} {name}"
        for module in MODULES
        for node in ast.walk(tree(module))
        for name, kind in annotations(node)
        if "score" in name.lower() and kind is not None and "dict[str, Any]" in ast.unparse(kind)
    ]
    assert not untyped, listed(untyped)


def words(module: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every string and comment."""
    text = module.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or "STRING" in tokenize.tok_name[token.type]:
            yield token.start[0], PLACE.sub("", token.string)


def test_words_are_of_today() -> None:
    old = [
        f"{named(module)}:{line + text[: found.start()].count(chr(10))} {found[0]!r}"
        for module in MODULES
        for line, text in words(module)
        for found in STYLE.finditer(text)
    ]
    assert not old, listed(old)


def returns(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function says that it returns something."""
    match function.returns:
        case None | ast.Constant(value=None):
            return False
        case _:
            return True


def test_docstrings_say_what_is_returned() -> None:
    odd = [
        f"{named(module)}:{node.lineno} {node.name}: {text.splitlines()[0]}"
        for module in MODULES
        for node, text in docstrings(module).values()
        if isinstance(node, FUNCTIONS) and text.startswith(FIRST_WORDS) and returns(node)
    ]
    assert not odd, listed(odd)


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is read like a value."""
    return any(ast.unparse(each).endswith("property") for each in function.decorator_list)


def says_whether(function: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> bool:
    """Whether a docstring begins as it must: with "Whether" for a predicate, never for others."""
    is_bool = function.returns is not None and ast.unparse(function.returns) == "bool"
    begins = text.startswith("Whether ")
    if is_bool and (is_property(function) or PREDICATE.match(function.name)):
        return begins
    return is_bool or not begins


@pytest.mark.parametrize(
    ("head", "text", "right"),
    [
        ("def is_here() -> bool", "Whether it is.", True),
        ("def is_here() -> bool", "Say if it is.", False),
        ("def enter() -> bool", "Go in; False if that fails.", True),
        ("@property\ndef here(self) -> bool", "False if it is not.", False),
        ("def here() -> str | None", "Whether it is.", False),
    ],
)
def test_predicates_are_known(head: str, text: str, right: bool) -> None:
    (function,) = ast.parse(f"{head}: ...").body
    assert isinstance(function, ast.FunctionDef)
    assert says_whether(function, text) is right


def test_predicates_say_whether() -> None:
    odd = [
        f"{named(module)}:{node.name}"
        for module, node, _ in definitions(FUNCTIONS)
        if isinstance(node, FUNCTIONS)
        if (text := ast.get_docstring(node)) and not says_whether(node, text)
    ]
    found = [each for each in odd if each not in OTHERWISE]
    assert not found, listed(found)


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other (Tarjan 1972), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in imports[module]:
            if other not in index:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == index[module]:
            group = [stack.pop()]
            while group[-1] != module:
                group.append(stack.pop())
            found.append(sorted(group))

    for module in imports:
        if module not in index:
            visit(module)
    return [group for group in found if len(group) > 1]


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": {"b"}, "b": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, [["b", "c"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
    ],
)
def test_circles_are_found(imports: dict[str, set[str]], found: list[list[str]]) -> None:
    assert circles(imports) == found


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports inside functions, and those for types only, count like all others."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {
        module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules
    }
    assert circles(imports) == []
