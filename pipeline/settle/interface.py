"""Checks of the interface: each kind once a table, actions named apart, scopes that can be kept."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import Exposure, OperationEntry
from pipeline.derive.ownership import owners_of
from pipeline.settle.notes import Notes


def settle_operations(
    table: Table, entries: Sequence[OperationEntry], analysis: Analysis
) -> tuple[list[OperationEntry], Notes]:
    """Settle the operations of one table: what a guest may do is nobody's own."""
    notes = Notes()
    guests = {actor.name for actor in analysis.actors if actor.kind == "guest"}
    methods = names.methods()
    if table.soft_delete:
        methods.take("restore")
    seen: set[str] = set()
    settled: list[OperationEntry] = []
    for number, entry in enumerate(entries):
        place = f"/operations/{number}"
        name: str = entry.kind
        if entry.kind == "action":
            name = methods.take(entry.name)
            notes.rename(f"{place}/name", entry.name, name)
        elif entry.kind == "restore" and not table.soft_delete:
            notes.add(f"{place}/kind", "a kind that fits", "restore", "left out: nothing is kept")
            continue
        elif entry.kind in seen:
            notes.add(f"{place}/kind", "one of a kind", entry.kind, "left out")
            continue
        seen.add(entry.kind)
        actors = tuple(dict.fromkeys(entry.actors))
        is_own = entry.scope == "own" and not guests.intersection(actors)
        owners = owners_of(table, actors) if is_own else {}
        scope = "own" if owners else "any"
        if scope != entry.scope:
            notes.add(f"{place}/scope", "any, as nobody here owns a row", entry.scope, "set")
        if owners and entry.kind in ("list", "create") and len(actors) > 1:
            # One owner column rules a list, and a new row has one owner.
            notes.add(f"{place}/actors", "one actor that owns rows", ", ".join(actors), "the first")
            actors = (next(iter(owners)),)
        settled.append(
            entry.model_copy(
                update={
                    "name": name,
                    "actors": actors,
                    "scope": scope,
                    "input": tuple(dict.fromkeys(entry.input)) if entry.kind == "action" else (),
                    "requirements": tuple(dict.fromkeys(entry.requirements)),
                    "rules": tuple(dict.fromkeys(entry.rules)),
                }
            )
        )
    return settled, notes


def settle_exposure(exposure: Exposure) -> Exposure:
    """Fold columns that are named twice."""
    return Exposure.model_validate(
        {field: tuple(dict.fromkeys(value)) for field, value in exposure}
    )
