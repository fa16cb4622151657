"""Modules, classes and functions of a TypeScript project, and what a name in one of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoring.typescript.specifiers import Aliases, resolve_specifier
from scoring.typescript.syntax import SyntaxNode, doc_text, parse, string_value, walk

_OF_ROWS = re.compile(r"\w*(Repository|Model)<\w+>$")
"""Types of packages whose argument says which rows they work on."""
NO_ALIASES = Aliases({}, {})
FUNCTION_TYPES = (
    "arrow_function",
    "function_expression",
    "function_declaration",
    "method_definition",
)


@dataclass(frozen=True, eq=False)
class Decorator:
    """`@Name(arguments)`."""

    name: str
    arguments: tuple[SyntaxNode, ...]


@dataclass(frozen=True, eq=False)
class Parameter:
    """A parameter; `names` are all identifiers that its pattern binds."""

    names: tuple[str, ...]
    pattern: SyntaxNode
    type: SyntaxNode | None
    optional: bool
    decorators: tuple[Decorator, ...]
    default: SyntaxNode | None = None


@dataclass(frozen=True, eq=False)
class Function:
    """A function, method, or constant that holds a function."""

    name: str
    module: Module
    owner: Class | None
    parameters: tuple[Parameter, ...]
    body: SyntaxNode
    returns: SyntaxNode | None
    decorators: tuple[Decorator, ...]
    doc: str
    line: int
    exported: bool
    private: bool

    @property
    def file(self) -> str:
        """Return the path of the function's module."""
        return self.module.path


@dataclass(eq=False)
class Class:
    """A class, or a namespace or constant object whose members are functions."""

    name: str
    module: Module
    base: str | None
    decorators: tuple[Decorator, ...]
    node: SyntaxNode
    doc: str
    methods: dict[str, Function] = field(default_factory=lambda: {})
    field_types: dict[str, str] = field(default_factory=lambda: {})

    @property
    def is_namespace(self) -> bool:
        """Whether its members see each other without `this`."""
        return self.node.type in ("internal_module", "module")


@dataclass(frozen=True)
class Import:
    """What a local name stands for: `name` of the module at `path`; `*` is the whole module."""

    path: str | None
    specifier: str
    name: str


@dataclass(eq=False)
class Module:
    """One source file."""

    path: str
    text: str
    root: SyntaxNode
    imports: dict[str, Import] = field(default_factory=lambda: {})
    reexports: dict[str, Import] = field(default_factory=lambda: {})
    star_reexports: list[str] = field(default_factory=lambda: [])
    functions: dict[str, Function] = field(default_factory=lambda: {})
    classes: dict[str, Class] = field(default_factory=lambda: {})
    constants: dict[str, SyntaxNode] = field(default_factory=lambda: {})
    types: dict[str, SyntaxNode] = field(default_factory=lambda: {})
    docs: dict[str, str] = field(default_factory=lambda: {})
    default: str = ""
    """The name that `export default name` exports."""


Symbol = Function | Class | Module


def original_name(module: Module, name: str) -> str:
    """Return what a package calls the thing that the module imports, perhaps as another name."""
    head, dot, rest = name.partition(".")
    link = module.imports.get(head)
    is_package = link is not None and link.path is None and link.name not in ("*", "default")
    return f"{link.name}{dot}{rest}" if link is not None and is_package else name


class Program:
    """All modules of a project, with name resolution as far as the files themselves tell."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self.modules = modules
        self._functions: dict[str, list[Function]] = {}
        self._classes: dict[str, list[Class]] = {}
        for module in modules.values():
            for function in module.functions.values():
                self._functions.setdefault(function.name, []).append(function)
            for found in module.classes.values():
                self._classes.setdefault(found.name, []).append(found)

    def functions(self) -> Iterable[Function]:
        """Yield every function and method, module by module."""
        for module in self.modules.values():
            yield from module.functions.values()
            for found in module.classes.values():
                yield from found.methods.values()

    def resolve(self, module: Module, name: str, depth: int = 0) -> Symbol | None:
        """Return what `name` means in the module, following imports and re-exports."""
        if depth > 8:
            return None
        if name in module.functions:
            return module.functions[name]
        if name in module.classes:
            return module.classes[name]
        link = module.imports.get(name)
        if link is not None:
            return self._follow(link, depth)
        return None

    def exported(self, module: Module, name: str, depth: int = 0) -> Symbol | None:
        """Return what the module exports as `name`."""
        if depth > 8:
            return None
        if name in module.functions:
            return module.functions[name]
        if name in module.classes:
            return module.classes[name]
        link = module.reexports.get(name)
        if link is not None:
            return self._follow(link, depth)
        if name == "default" and module.default:
            return self.resolve(module, module.default, depth + 1)
        for path in module.star_reexports:
            found = self.exported(self.modules[path], name, depth + 1)
            if found is not None:
                return found
        return None

    def _follow(self, link: Import, depth: int) -> Symbol | None:
        if link.path is None:
            return None if link.specifier.startswith(".") else self._unique(link.name)
        target = self.modules[link.path]
        if link.name == "*":
            return target
        return self.exported(target, link.name, depth + 1)

    def _unique(self, name: str) -> Symbol | None:
        """Find what a path alias means: the only exported thing of this name, if there is one."""
        found = [f for f in self._functions.get(name, []) if f.exported]
        matches: list[Symbol] = [*found, *self._classes.get(name, [])]
        return matches[0] if len(matches) == 1 else None

    def method(self, owner: Class, name: str, depth: int = 0) -> Function | None:
        """Return the method of a class or of its bases."""
        if name in owner.methods:
            return owner.methods[name]
        if owner.base is None or depth > 8:
            return None
        base = self.resolve(owner.module, owner.base)
        return self.method(base, name, depth + 1) if isinstance(base, Class) else None

    def class_of(self, owner: Class, field_name: str) -> Class | None:
        """Return the class of an injected or constructed member, by its declared type."""
        type_name = owner.field_types.get(field_name)
        if type_name is None:
            return None
        found = self.resolve(owner.module, type_name)
        return found if isinstance(found, Class) else None


def read_program(texts: Mapping[str, str], aliases: Aliases = NO_ALIASES) -> Program:
    """Parse the sources; `texts` maps path → TypeScript."""
    modules = {path: _read_module(path, text) for path, text in sorted(texts.items())}
    for module in modules.values():
        _link(module, modules, aliases)
    return Program(modules)


def _read_module(path: str, text: str) -> Module:
    module = Module(path, text, parse(text))
    _read_statements(module, module.root, None)
    return module


def _read_statements(module: Module, block: SyntaxNode, owner: Class | None) -> None:
    """Collect declarations of a module's or a namespace's body."""
    doc = ""
    for statement in block.children:
        if statement.type == "comment":
            doc = doc_text(statement.text)
            continue
        exported = statement.type == "export_statement"
        node = statement
        if node.type == "expression_statement" and node.child("internal_module"):
            node = node.children[0]
        if exported:
            node = statement.get("declaration") or statement.get("value") or statement
            if node.type == "identifier" and statement.get("value") is node:
                module.default = node.text
        _read_declaration(module, node, statement, owner, doc, exported)
        doc = ""


def _read_declaration(
    module: Module,
    node: SyntaxNode,
    statement: SyntaxNode,
    owner: Class | None,
    doc: str,
    exported: bool,
) -> None:
    name_node = node.get("name")
    name = name_node.text if name_node is not None else "default"
    if name not in module.docs and doc:
        module.docs[name] = doc
    match node.type:
        case "function_declaration":
            function = _function(name, module, owner, node, (), doc, exported)
            (owner.methods if owner else module.functions)[name] = function
        case "class_declaration" | "abstract_class_declaration" | "class":
            decorators = read_decorators([*statement.all("decorator"), *node.all("decorator")])
            module.classes[name] = _class(name, module, node, decorators, doc)
        case "internal_module" | "module":
            space = module.classes.get(name) or Class(name, module, None, (), node, doc)
            module.classes.setdefault(name, space)
            body = node.get("body")
            if body is not None:
                _read_statements(module, body, space)
        case "lexical_declaration" | "variable_declaration":
            for declarator in node.all("variable_declarator"):
                _read_constant(module, declarator, owner, doc, exported)
        case "interface_declaration" | "type_alias_declaration" | "enum_declaration":
            key = f"{owner.name}.{name}" if owner else name
            module.types[key] = node
            if doc:
                module.docs[key] = doc
        case _:
            pass


def _read_constant(
    module: Module, declarator: SyntaxNode, owner: Class | None, doc: str, exported: bool
) -> None:
    name_node, value = declarator.get("name"), declarator.get("value")
    if name_node is None or value is None or name_node.type != "identifier":
        return
    name = name_node.text
    if value.type in ("arrow_function", "function_expression"):
        function = _function(name, module, owner, value, (), doc, exported, declarator.line)
        (owner.methods if owner else module.functions)[name] = function
        return
    module.constants[f"{owner.name}.{name}" if owner else name] = value
    if doc:
        module.docs.setdefault(name, doc)
    inner = value
    while inner.type in ("as_expression", "satisfies_expression") and inner.children:
        inner = inner.children[0]
    if inner.type == "object":
        space = Class(name, module, None, (), inner, doc)
        for member in inner.children:
            key, held = member.get("key"), member.get("value")
            if member.type == "method_definition":
                found = _method(member, module, space, (), "")
                space.methods[found.name] = found
            elif key is not None and held is not None and held.type in FUNCTION_TYPES:
                space.methods[key.text] = _function(key.text, module, space, held, (), "", True)
        if space.methods:
            module.classes.setdefault(name, space)


def _class(
    name: str, module: Module, node: SyntaxNode, decorators: tuple[Decorator, ...], doc: str
) -> Class:
    heritage = node.child("class_heritage")
    base = None
    if heritage is not None:
        clause = heritage.child("extends_clause")
        value = clause.get("value") if clause is not None else None
        base = value.text if value is not None else None
    made = Class(name, module, base, decorators, node, doc)
    body = node.get("body")
    member_doc, pending = "", list[SyntaxNode]()
    for member in body.children if body is not None else ():
        if member.type == "comment":
            member_doc = doc_text(member.text)
        elif member.type == "decorator":
            pending.append(member)
        else:
            if member.type == "method_definition":
                found = _method(member, module, made, read_decorators(pending), member_doc)
                made.methods[found.name] = found
                if found.name == "constructor":
                    _read_injected(made, member)
            elif member.type == "public_field_definition":
                _read_field(made, member, module, member_doc)
            member_doc, pending = "", []
    return made


def _method(
    node: SyntaxNode, module: Module, owner: Class, decorators: tuple[Decorator, ...], doc: str
) -> Function:
    name = node.get("name")
    label = name.text if name is not None else ""
    modifier = node.child("accessibility_modifier")
    private = label.startswith("#") or (modifier is not None and modifier.text == "private")
    return _function(label, module, owner, node, decorators, doc, not private)


def _read_injected(owner: Class, constructor: SyntaxNode) -> None:
    parameters = constructor.get("parameters")
    for parameter in parameters.children if parameters is not None else ():
        pattern, annotation = parameter.get("pattern"), parameter.get("type")
        if pattern is not None and annotation is not None:
            owner.field_types[pattern.text] = _type_name(annotation)


def _read_field(owner: Class, member: SyntaxNode, module: Module, doc: str) -> None:
    name, annotation, value = member.get("name"), member.get("type"), member.get("value")
    if name is None:
        return
    if annotation is not None:
        owner.field_types[name.text] = _type_name(annotation)
    elif value is not None and value.type == "new_expression":
        constructor = value.get("constructor")
        owner.field_types[name.text] = constructor.text if constructor is not None else ""
    if value is not None and value.type in ("arrow_function", "function_expression"):
        owner.methods[name.text] = _function(name.text, module, owner, value, (), doc, True)


def _type_name(annotation: SyntaxNode) -> str:
    text = annotation.text.lstrip(": ")
    if _OF_ROWS.match(text):
        return text
    for node in walk(annotation):
        if node.type == "type_identifier":
            return node.text
    return ""


def _function(
    name: str,
    module: Module,
    owner: Class | None,
    node: SyntaxNode,
    decorators: tuple[Decorator, ...],
    doc: str,
    exported: bool,
    line: int | None = None,
) -> Function:
    body = node.get("body") or SyntaxNode("statement_block", node.source, 0, 0, node.line)
    return Function(
        name=name,
        module=module,
        owner=owner,
        parameters=read_parameters(node),
        body=body,
        returns=node.get("return_type"),
        decorators=decorators,
        doc=doc,
        line=line if line is not None else node.line,
        exported=exported,
        private=not exported,
    )


def read_parameters(node: SyntaxNode) -> tuple[Parameter, ...]:
    """Read the parameters of any function node."""
    single = node.get("parameter")
    if single is not None:
        return (Parameter((single.text,), single, None, False, ()),)
    parameters = node.get("parameters")
    found: list[Parameter] = []
    for parameter in parameters.children if parameters is not None else ():
        pattern = parameter.get("pattern")
        if pattern is None or pattern.type == "this":
            continue
        found.append(
            Parameter(
                bound_names(pattern),
                pattern,
                parameter.get("type"),
                parameter.type == "optional_parameter" or parameter.get("value") is not None,
                read_decorators(parameter.all("decorator")),
                parameter.get("value"),
            )
        )
    return tuple(found)


def bound_names(pattern: SyntaxNode) -> tuple[str, ...]:
    """Return the identifiers that a binding pattern introduces."""
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        return (pattern.text,)
    names: list[str] = []
    for child in pattern.children:
        if pattern.type == "pair_pattern" and child is pattern.children[0]:
            continue
        if pattern.type == "assignment_pattern" and child is not pattern.children[0]:
            continue
        if pattern.type == "object_assignment_pattern" and child is not pattern.children[0]:
            continue
        names += bound_names(child)
    return tuple(names)


def read_decorators(nodes: Iterable[SyntaxNode]) -> tuple[Decorator, ...]:
    """Read decorators as the syntax lists them."""
    found: list[Decorator] = []
    for node in nodes:
        if not node.children:
            continue
        inner = node.children[0]
        if inner.type == "call_expression":
            function, arguments = inner.get("function"), inner.get("arguments")
            if function is not None:
                given = arguments.children if arguments is not None else ()
                kept = tuple(child for child in given if child.type != "comment")
                found.append(Decorator(function.text, kept))
        else:
            found.append(Decorator(inner.text, ()))
    return tuple(found)


def _link(module: Module, modules: Mapping[str, Module], aliases: Aliases) -> None:
    """Fill imports and re-exports, their specifiers resolved to files."""
    for statement in module.root.children:
        source = string_value(statement.get("source"))
        if statement.type == "import_statement" and source is not None:
            path = resolve_specifier(module.path, source, modules, aliases)
            for local, name in _imported(statement):
                module.imports[local] = Import(path, source, name)
        elif statement.type == "export_statement" and source is not None:
            path = resolve_specifier(module.path, source, modules, aliases)
            clause, space = statement.child("export_clause"), statement.child("namespace_export")
            if clause is not None:
                for item in clause.all("export_specifier"):
                    name, alias = item.get("name"), item.get("alias")
                    if name is not None:
                        shown = alias.text if alias is not None else name.text
                        module.reexports[shown] = Import(path, source, name.text)
            elif space is not None and space.children:
                module.reexports[space.children[0].text] = Import(path, source, "*")
            elif path is not None and path != module.path:
                module.star_reexports.append(path)


def _imported(statement: SyntaxNode) -> Iterable[tuple[str, str]]:
    clause = statement.child("import_clause")
    for item in clause.children if clause is not None else ():
        if item.type == "identifier":
            yield item.text, "default"
        elif item.type == "namespace_import" and item.children:
            yield item.children[0].text, "*"
        elif item.type == "named_imports":
            for one in item.all("import_specifier"):
                name, alias = one.get("name"), one.get("alias")
                if name is not None:
                    yield (alias.text if alias is not None else name.text), name.text


def opens_transaction(function: Function) -> bool:
    """Whether a function opens a transaction, by itself or by a method beside it."""
    text = function.body.text
    beside = function.owner.methods.values() if function.owner is not None else ()
    return "ransaction" in text or any(
        f".{method.name}(" in text and "ransaction" in method.body.text for method in beside
    )
