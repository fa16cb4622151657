"""Checks of the interface: each kind once a table, actions named apart, scopes that can be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import (
    Action,
    Endpoint,
    Exposure,
    Flag,
    Listing,
    OperationEntry,
    ResourceForm,
    RowTotal,
    Summary,
)
from pipeline.derive.accounts.operations import RESET_PATH, RESETTING
from pipeline.derive.ownership import owners_of
from pipeline.derive.reads.lookups import method_name
from pipeline.settle.notes import Notes

Settled = TypeVar("Settled", Flag, RowTotal)


def settle_resource(
    table: Table, form: ResourceForm, analysis: Analysis
) -> tuple[ResourceForm, Notes]:
    """Settle the operations of one table, and fold columns that its exposure names twice."""
    notes = Notes()
    operations = _settle_operations(table, form, analysis, notes)
    exposure = Exposure.model_validate(
        {field: tuple(dict.fromkeys(value)) for field, value in form.exposure}
    )
    shown = tuple(dict.fromkeys((*exposure.shown, *exposure.lookups)))
    taken = names.columns()
    for column in table.physical():
        taken.take(column.name)
    flags = _settle_named(exposure.flags, "flags", taken, notes)
    totals = _settle_named(exposure.totals, "totals", taken, notes)
    exposure = exposure.model_copy(update={"flags": flags, "totals": totals, "shown": shown})
    for owner in _given_by_calling(table, operations):
        if owner in exposure.writable_on_create:
            place = "/exposure/writable_on_create"
            notes.add(place, "no owner, as that is the caller", owner, "left out")
            kept = tuple(name for name in exposure.writable_on_create if name != owner)
            exposure = exposure.model_copy(update={"writable_on_create": kept})
    return ResourceForm(operations=operations, exposure=exposure), notes


def _settle_named(
    entries: Sequence[Settled], field: str, taken: names.Allocator, notes: Notes
) -> tuple[Settled, ...]:
    """Name what answers show apart from each other, and from columns."""
    settled: list[Settled] = []
    for number, each in enumerate(entries):
        name = taken.take(each.name)
        notes.rename(f"/exposure/{field}/{number}/name", each.name, name)
        settled.append(each.model_copy(update={"name": name}))
    return tuple(settled)


def _given_by_calling(table: Table, operations: Sequence[OperationEntry]) -> Iterator[str]:
    """Yield the columns of a new row that say who made it."""
    for each in operations:
        if each.kind == "create" and each.scope == "own":
            yield from owners_of(table, each.actors).values()


def _settle_operations(
    table: Table, form: ResourceForm, analysis: Analysis, notes: Notes
) -> tuple[OperationEntry, ...]:
    entries, exposure = form.operations, form.exposure
    methods = names.methods()
    for column in exposure.lookups:
        methods.take(method_name(column))
    if table.soft_delete:
        methods.take("restore")
    if any(entry.kind == "reset" for entry in entries):
        for name in (*RESETTING, RESET_PATH):
            methods.take(name)
    seen: set[str] = set()
    settled: list[OperationEntry] = []
    for number, entry in enumerate(entries):
        place = f"/operations/{number}"
        if isinstance(entry, Action):
            entry = _settle_action(entry, methods, place, notes)
        elif isinstance(entry, Listing):
            entry = _settle_listing(entry, methods, place, notes)
        elif isinstance(entry, Summary):
            entry = _settle_summary(entry, methods, place, notes)
        elif entry.kind == "me":
            entry = _settle_me(table, entry, place, notes)
        elif entry.kind == "reset" and table.stance != "actor":
            notes.add(f"{place}/kind", "a kind that fits", "reset", "left out: nobody signs in")
            continue
        elif entry.kind == "restore" and not table.soft_delete:
            notes.add(f"{place}/kind", "a kind that fits", "restore", "left out: nothing is kept")
            continue
        if isinstance(entry, Endpoint) and entry.kind in seen:
            notes.add(f"{place}/kind", "one of a kind", entry.kind, "left out")
            continue
        seen.add(entry.kind)
        settled.append(_settle_callers(table, entry, analysis, place, notes))
    return tuple(settled)


def _settle_action(action: Action, methods: names.Allocator, place: str, notes: Notes) -> Action:
    """Return an action with a free name; what must be given is part of what its body takes."""
    name = methods.take(action.name)
    notes.rename(f"{place}/name", action.name, name)
    required = tuple(dict.fromkeys(action.required_input))
    taken = tuple(dict.fromkeys((*action.input, *required)))
    if action.many is not None and taken:
        expected = "no input, as it is about all rows that qualify"
        notes.add(f"{place}/input", expected, ", ".join(taken), "left out")
        taken = required = ()
    return action.model_copy(update={"name": name, "input": taken, "required_input": required})


def _settle_listing(list_: Listing, methods: names.Allocator, place: str, notes: Notes) -> Listing:
    """Return a further list with a free name."""
    name = methods.take(list_.name)
    notes.rename(f"{place}/name", list_.name, name)
    columns = {each: tuple(dict.fromkeys(getattr(list_, each))) for each in ("filters", "sorts")}
    return list_.model_copy(update={"name": name, **columns})


def _settle_summary(
    summary: Summary, methods: names.Allocator, place: str, notes: Notes
) -> Summary:
    """Return a summary with a free name, and each of its figures once."""
    name = methods.take(summary.name)
    notes.rename(f"{place}/name", summary.name, name)
    figures = tuple(dict.fromkeys(summary.figures))
    return summary.model_copy(update={"name": name, "figures": figures})


def _settle_me(table: Table, entry: Endpoint, place: str, notes: Notes) -> Endpoint:
    """Return the endpoint of the caller's own account, which only that account has."""
    if entry.actors != (table.name,):
        notes.add(f"{place}/actors", table.name, ", ".join(entry.actors), "set")
    return entry.model_copy(update={"actors": (table.name,), "scope": "own"})


def _settle_callers(
    table: Table, entry: OperationEntry, analysis: Analysis, place: str, notes: Notes
) -> OperationEntry:
    """Settle who calls an operation, and whose rows it reaches: a guest's are nobody's own."""
    guests = {actor.name for actor in analysis.actors if actor.kind == "guest"}
    actors = tuple(dict.fromkeys(entry.actors))
    is_own = entry.scope == "own" and not guests.intersection(actors)
    owners = owners_of(table, actors) if is_own else {}
    scope = "own" if owners else "any"
    if scope != entry.scope:
        notes.add(f"{place}/scope", "any, as nobody here owns a row", entry.scope, "set")
    if owners and entry.kind == "create" and len(actors) > 1:
        notes.add(f"{place}/actors", "one, as a row has one owner", ", ".join(actors), "the owner")
        actors = (next(iter(owners)),)
    return entry.model_copy(
        update={
            "actors": actors,
            "scope": scope,
            "requirements": tuple(dict.fromkeys(entry.requirements)),
            "rules": tuple(dict.fromkeys(entry.rules)),
        }
    )
