"""Operations: method, path, parameters, bodies and promised errors of each entry, derived."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline import names
from pipeline.ast.analysis import CREATED_AT, Analysis
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import (
    NEWEST_FIRST,
    ErrorResponse,
    Interface,
    ListQuery,
    NamedSchema,
    ObjectSchema,
    Operation,
    OperationKind,
    PathParameter,
    SortOrder,
    SummaryQuery,
)
from pipeline.ast.resource import Action, Exposure, Listing, OperationEntry, ResourcePlan, Summary
from pipeline.derive import dto
from pipeline.derive.accounts.operations import (
    account_operations,
    is_invited,
    reset_operations,
)
from pipeline.derive.accounts.schemas import account_schemas, password_bounds, reset_schemas
from pipeline.derive.keys import column_of, conflict, unique_rules
from pipeline.derive.nested.lists import NestedList, nested_lists, nested_schemas
from pipeline.derive.nested.promises import list_errors
from pipeline.derive.ownership import foreign_status, owner_column, owners_of, reserving
from pipeline.derive.reads.details import detail_properties, preview_schemas
from pipeline.derive.reads.lists import list_query, page_schema, query_schema
from pipeline.derive.reads.lookups import lookup
from pipeline.derive.reads.summaries import summary_query, summary_schemas
from pipeline.derive.refusal import (
    MALFORMED,
    NOT_SIGNED_IN,
    OTHER_ACCOUNT,
    limit_rules,
    rule_status,
)

ROW_KINDS = ("read", "update", "erase", "restore", "action")
"""Operations on one row, whose key is in the path."""

_OF_ROWS = ("transition", "state", "ordering", "window")
"""Rules about what a row must be: one row is refused, of many the others are left out."""
ASKED_KINDS = ("list", "summary")
"""Operations on all rows that a query's filters leave."""

_METHODS = {
    "list": "GET",
    "summary": "GET",
    "me": "GET",
    "read": "GET",
    "create": "POST",
    "update": "PUT",
    "erase": "DELETE",
}


def derive_interface(
    analysis: Analysis,
    database: Database,
    forms: Mapping[str, ResourcePlan],
) -> Interface:
    """Make the interface of settled forms by table name."""
    operations: list[Operation] = []
    lists = nested_lists(analysis, database, forms)
    schemas: list[NamedSchema] = list(preview_schemas(database, forms))
    schemas += nested_schemas((each for found in lists.values() for each in found), forms)
    for table in database.tables:
        exposure, nested = forms[table.name].exposure, lists[table.name]
        shown = [each.shown() for each in nested]
        details = [*shown, *detail_properties(analysis, database, table, forms, shown)]
        schemas.append(dto.entity_schema(table, exposure, details))
        if table.stance == "actor":
            operations += account_operations(analysis, table)
            schemas += account_schemas(
                table,
                exposure,
                invited=is_invited(analysis, table),
                password=password_bounds(analysis, table),
            )
        for entry in forms[table.name].operations:
            if entry.kind == "reset":
                operations += reset_operations(analysis, table, entry)
                schemas += reset_schemas(table, password_bounds(analysis, table))
                continue
            taken = {schema.name for schema in schemas}
            offer = _Offer(analysis, database, table, entry, forms, taken, nested)
            operation, own_schemas = _operation(offer, exposure)
            operations.append(operation)
            schemas += [schema for schema in own_schemas if schema.name not in taken]
            if entry.kind == "read":
                operations += [lookup(operation, table, column) for column in exposure.lookups]
    return Interface(operations=tuple(operations), schemas=tuple(schemas))


def first_order(analysis: Analysis, table: Table) -> SortOrder:
    """Return the order that a table's list begins with: as its sorting rule says, or newest first.

    A list is not sorted by keys of other rows.
    """
    for rule in analysis.rules:
        if rule.kind == "sorting":
            entity, _, attribute = rule.attribute.partition(".")
            name = CREATED_AT if attribute == CREATED_AT else column_of(table, attribute)
            column = table.column(name) if name is not None else None
            if entity == table.entity and column and column.origin in ("own", "stamp"):
                return SortOrder(column=column.name, falling=rule.order == "falling")
    return NEWEST_FIRST


@dataclass(frozen=True)
class _Offer:
    """An entry of a table on its way to an operation."""

    analysis: Analysis
    database: Database
    table: Table
    entry: OperationEntry
    forms: Mapping[str, ResourcePlan]
    """Those of all tables, by the table's name."""
    taken: Collection[str]
    """Names of the schemas that there are."""
    nested: Sequence[NestedList]
    """The lists of the table."""

    @property
    def kind(self) -> OperationKind:
        """What kind of operation it becomes; an action on many rows is a batch."""
        if isinstance(self.entry, Action) and self.entry.many is not None:
            return "batch"
        return "list" if self.entry.kind == "listing" else self.entry.kind

    @property
    def single(self) -> bool:
        """Whether it is about one row, whose key is in the path."""
        return self.kind in ROW_KINDS

    @property
    def method(self) -> str:
        """What it is called in the SDK."""
        return names.camel(self.entry.name)

    @property
    def lists(self) -> Sequence[NestedList]:
        """The lists that its body has."""
        return [each for each in self.nested if each.is_in(self.kind)]

    @property
    def accounts(self) -> tuple[str, ...]:
        """Its actors that sign in."""
        accounts = {actor.name for actor in self.analysis.accounts()}
        return tuple(actor for actor in self.entry.actors if actor in accounts)

    @property
    def guests(self) -> bool:
        """Whether it serves callers without an account, too."""
        return len(self.accounts) < len(self.entry.actors)

    def cited(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the rules that the entry cites, or all of them if it cites none."""
        return tuple(rule for rule in rules if rule in self.entry.rules) or rules


def _operation(offer: _Offer, exposure: Exposure) -> tuple[Operation, list[NamedSchema]]:
    table, entry = offer.table, offer.entry
    parameter = PathParameter(name=f"{names.camel(table.name)}Id", table=table.name)
    request = _request(offer, exposure)
    query = None
    if offer.kind in ASKED_KINDS:
        first = first_order(offer.analysis, table)
        query = list_query(offer.database, table, _listed(entry, exposure), first)
    summary = summary_query(entry, table) if isinstance(entry, Summary) else None
    extra = _asked(offer, query, summary) if query else []
    response = extra[-1].name if query else names.pascal(table.name)
    operation = Operation(
        id=f"{names.camel(table.plural)}.{offer.method}",
        resource=table.plural,
        method_name=offer.method,
        kind=offer.kind,
        http_method=_METHODS.get(offer.kind, "POST"),  # pyright: ignore[reportArgumentType]
        path=_path(offer, parameter),
        table=table.name,
        actors=offer.accounts,
        guests=offer.guests,
        scope=entry.scope,
        parameters=(parameter,) if offer.single else (),
        query=query,
        summary=summary,
        request=request.name if request else None,
        query_schema=extra[0].name if query else None,
        response=None if offer.kind in ("erase", "batch") else response,
        success={"create": 201, "erase": 204, "batch": 204}.get(offer.kind, 200),
        errors=_errors(offer, request),
        requirements=entry.requirements,
        rules=entry.rules,
        description=entry.description,
        erases=isinstance(entry, Action) and entry.many == "erase",
    )
    return operation, [schema for schema in (request, *extra) if schema]


def _asked(offer: _Offer, query: ListQuery, summary: SummaryQuery | None) -> list[NamedSchema]:
    """Return the schemas of a list or a summary: of its query, and then of its answer."""
    table, name = offer.table, _query_name(offer)
    if summary is None or not isinstance(offer.entry, Summary):
        return [query_schema(offer.database, table, query, name), page_schema(table)]
    answers = summary_schemas(offer.entry, table, summary, offer.taken)
    return [query_schema(offer.database, table, query, name, paged=False), *answers]


def _listed(entry: OperationEntry, exposure: Exposure) -> Exposure:
    """Return what a list is asked by: a further one has filters and sorts of its own."""
    if not isinstance(entry, Listing):
        return exposure
    own = {"filters": entry.filters, "sorts": entry.sorts, "related_filters": ()}
    return exposure.model_copy(update=own)


def _query_name(offer: _Offer) -> str:
    name = names.pascal(offer.table.name)
    if offer.entry.kind == "list":
        return f"{name}Query"
    return names.unused(f"{name}{names.pascal(offer.entry.name)}Filters", offer.taken)


def _path(offer: _Offer, parameter: PathParameter) -> str:
    path = f"/{names.kebab(offer.table.plural)}"
    if offer.single:
        path += f"/{{{parameter.name}}}"
    if offer.entry.kind in ("action", "listing", "me", "restore", "summary"):
        path += f"/{names.kebab(offer.entry.name)}"
    return path


def _request(offer: _Offer, exposure: Exposure) -> NamedSchema | None:
    table, entry = offer.table, offer.entry
    given = [each.given(offer.kind) for each in offer.lists]
    if entry.kind == "create":
        owner = owner_column(table, entry.actors[0]) if entry.scope == "own" else None
        computed = dto.computed_times(offer.analysis, table)
        return dto.create_schema(table, exposure, owner, given, computed)
    if entry.kind == "update":
        return dto.update_schema(table, exposure, given)
    if entry.kind == "action" and entry.input:
        return dto.action_schema(table, offer.method, entry.input, entry.required_input)
    return None


def _errors(offer: _Offer, request: NamedSchema | None) -> tuple[ErrorResponse, ...]:
    errors = [
        *_malformed(offer, request),
        *_unauthorised(offer),
        *_missing(offer, request),
        *_conflicts(offer, request),
        *_broken_rules(offer, request),
        *(error for each in offer.lists for error in list_errors(offer.analysis, each)),
    ]
    return tuple(dict.fromkeys(sorted(errors, key=lambda error: error.status)))


def _malformed(offer: _Offer, request: NamedSchema | None) -> Iterator[ErrorResponse]:
    if request or offer.kind in ASKED_KINDS:
        limits = limit_rules(offer.analysis, offer.table, _given(request))
        yield _error(400, MALFORMED, limits)
    elif offer.single:
        yield _error(400, "The key in the path is not a UUID.")


def _unauthorised(offer: _Offer) -> Iterator[ErrorResponse]:
    if offer.guests:
        if offer.accounts:
            yield _error(401, "An access token is given that is not valid.")
        return
    yield _error(401, NOT_SIGNED_IN)
    if len(offer.analysis.accounts()) > len(offer.accounts):
        yield _error(403, OTHER_ACCOUNT, _forbidding(offer))


def _forbidding(offer: _Offer) -> tuple[str, ...]:
    """Return the rules that it cites and that keep another kind of account from it."""
    return tuple(
        rule.id
        for rule in offer.analysis.rules
        if rule.kind == "permission" and rule.id in offer.entry.rules
        if not rule.allowed and rule.actor not in offer.entry.actors
    )


def _missing(offer: _Offer, request: NamedSchema | None) -> Iterator[ErrorResponse]:
    """Yield what is wrong with rows that are not there, or not the caller's."""
    table, entry, noun = offer.table, offer.entry, names.words(offer.table.name)
    if offer.single:
        owners = owners_of(table, entry.actors) if entry.scope == "own" else {}
        is_hidden = bool(owners) and foreign_status(offer.analysis, table) == 404
        rules = offer.cited(ownership_rules(offer.analysis, table)) if owners else ()
        yield _no_such(noun, rules if is_hidden else (), is_hidden=is_hidden)
        if owners and not is_hidden:
            yield _error(403, f"The {noun} belongs to somebody else.", rules)
    given = _given(request)
    for relation in table.relations:
        if relation.column in given:
            target = offer.database.table(relation.target)
            is_hidden = _is_hidden(offer, target)
            rules = offer.cited(ownership_rules(offer.analysis, target)) if is_hidden else ()
            reserved = _reserved(offer, target)
            is_own = is_hidden or bool(reserved)
            yield _no_such(names.words(relation.name), reserved or rules, is_hidden=is_own)


def _no_such(noun: str, rules: tuple[str, ...], *, is_hidden: bool) -> ErrorResponse:
    others = ", or it is somebody else's" if is_hidden else ""
    return _error(404, f"There is no such {noun}{others}.", rules)


def _reserved(offer: _Offer, target: Table) -> tuple[str, ...]:
    """Return the cited rules by which the body names only the caller's own rows of `target`."""
    is_owned = offer.entry.scope == "own" and len(offer.entry.actors) == 1
    if not is_owned or owner_column(target, offer.entry.actors[0]) is None:
        return ()
    return reserving(offer.analysis, offer.table, target, offer.entry.rules)


def _is_hidden(offer: _Offer, target: Table) -> bool:
    """Whether the callers of an operation on their own rows name only their own of `target`."""
    if offer.entry.scope != "own" or len(offer.accounts) != 1 or target.stance == "actor":
        return False
    (actor,) = offer.accounts
    accounts = {account.name for account in offer.analysis.accounts()}
    shown = any(
        entry.scope == "any" and (actor in entry.actors or not accounts.issuperset(entry.actors))
        for entry in offer.forms[target.name].operations
        if entry.kind in ("list", "listing", "read")
    )
    return owner_column(target, actor) is not None and not shown


def _conflicts(offer: _Offer, request: NamedSchema | None) -> Iterator[ErrorResponse]:
    table, kind = offer.table, offer.entry.kind
    given = _given(request)
    for key in table.unique_keys():
        is_written = kind in ("create", "restore") or bool(given.intersection(key))
        if "email" not in key and is_written:
            yield _error(409, f"{conflict(table, key)}.", unique_rules(table, key))
    if kind == "erase":
        for other in restricting(offer.database, table):
            rules = restriction_rules(offer.analysis, table, other)
            yield _error(409, f"There are still {names.words(other.plural)} of it.", rules)


def _broken_rules(offer: _Offer, request: NamedSchema | None) -> Iterator[ErrorResponse]:
    given = _given(request)
    targets = (r.target for r in offer.table.relations if r.column in given)
    found_so = {id_ for each in targets for id_ in _reserved(offer, offer.database.table(each))}
    bounds = {id_ for each in offer.lists for id_ in each.bounds}
    for rule in offer.analysis.rules:
        if rule.id in found_so:
            continue  # a row that is not the caller's is not found
        if rule.id in bounds:
            continue  # the body has no more of them
        status = rule_status(rule) if rule.id in offer.entry.rules else None
        if status == 404 and offer.kind in (*ASKED_KINDS, "batch"):
            continue  # it leaves out what its caller may not see
        if rule.kind in _OF_ROWS and offer.kind == "batch":
            continue  # it leaves out the rows that do not qualify
        if rule.kind == "ownership" and offer.entry.kind == "create":
            continue  # a new row is the caller's
        if status is not None:
            yield _error(status, rule.statement, (rule.id,))


def ownership_rules(analysis: Analysis, table: Table) -> tuple[str, ...]:
    """Return the ids of the rules that let only the owner reach a row of a table."""
    return tuple(
        rule.id
        for rule in analysis.rules
        if rule.kind == "ownership" and rule.entity == table.entity
    )


def restriction_rules(analysis: Analysis, table: Table, other: Table) -> tuple[str, ...]:
    """Return the ids of the rules by which rows of `other` keep one of `table`."""
    return tuple(
        rule.id
        for rule in analysis.rules
        if rule.kind == "restriction"
        and rule.value is None
        and (rule.entity, rule.dependent) == (table.entity, other.entity)
    )


def _given(request: NamedSchema | None) -> set[str | None]:
    """Return the columns that a body writes."""
    body = request.schema_ if request else None
    return {p.column for p in body.properties} if isinstance(body, ObjectSchema) else set()


def restricting(database: Database, table: Table) -> tuple[Table, ...]:
    """Return the tables whose rows keep a row of `table` from being erased."""
    return tuple(
        other
        for other in database.tables
        if any(r.target == table.name and r.on_delete == "restrict" for r in other.relations)
    )


def _error(status: int, when: str, rules: tuple[str, ...] = ()) -> ErrorResponse:
    return ErrorResponse(status=status, when=when, rules=rules)
