"""A standard test while its steps are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import Operation
from pipeline.derive.e2e.builder import Refusal
from pipeline.derive.e2e.rows import NOBODY

CITED_MAX = 8
NOTHING: Mapping[str, ex.Expression] = {}


@dataclass
class Draft:
    """A test of an operation: its steps so far, and what it would catch a break of."""

    name: str
    purpose: str
    operation: Operation
    cited: tuple[str, ...] = ()
    steps: list[ts.Step | Refusal] = field(default_factory=lambda: [])
    serves: list[str] = field(default_factory=lambda: [])

    @property
    def proves(self) -> bool:
        """Whether something in it can fail."""
        return any(
            not isinstance(step, ts.CallStep | ts.WaitStep) or step.status >= 400
            for step in self.steps
            if not isinstance(step, ts.WaitStep)
        )

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements that its operations serve."""
        return tuple(dict.fromkeys(self.serves))[:CITED_MAX]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it would notice a break of."""
        return tuple(dict.fromkeys(self.cited))[:CITED_MAX]

    def call(
        self,
        operation: Operation,
        caller: str,
        of: str = NOBODY,
        status: int | None = None,
        named: str = NOBODY,
        values: Mapping[str, ex.Expression] = NOTHING,
    ) -> None:
        """Add a call; `status` is that of success if none is given."""
        self.serves += operation.requirements
        self.steps.append(
            ts.CallStep(
                kind="call",
                caller=caller,
                operation=operation.id,
                of=of,
                values=tuple(ts.BodyValue(property=p, value=v) for p, v in values.items()),
                status=operation.success if status is None else status,
                as_=named,
                times=1,
            )
        )

    def refuse(
        self,
        operation: Operation,
        caller: str,
        status: int,
        of: str | None = None,
        given: Mapping[str, ex.Expression | None] = NOTHING,
        *,
        untyped: bool = False,
    ) -> None:
        """Add a call that is refused before any row but that of the path is looked at."""
        self.serves += operation.requirements
        self.steps.append(Refusal(operation, caller, status, of, given, untyped))

    def wait(self, minutes: int) -> None:
        """Let the backend's clock advance."""
        self.steps.append(ts.WaitStep(kind="wait", amount=minutes, unit="minutes"))

    def check(
        self,
        operation: Operation,
        path: str,
        value: ex.Expression,
        predicate: Literal["equal", "greater"] = "equal",
    ) -> None:
        """Expect a property of the operation's last answer to be the value, or to be greater."""
        self.steps.append(
            ts.CheckStep(
                kind="check", operation=operation.id, path=path, predicate=predicate, value=value
            )
        )

    def rows(self, operation: Operation, label: str, *, shown: bool) -> None:
        """Expect the row behind a label in the operation's last list, or expect it not there."""
        self.steps.append(
            ts.CheckRowsStep(
                kind="check_rows",
                operation=operation.id,
                path="data",
                property="id",
                predicate="some_equal" if shown else "none_equal",
                value=ex.RowOf(kind="row_of", caller=label),
            )
        )

    def order(self, operation: Operation, property_: str, order: ts.Order) -> None:
        """Expect the operation's last list in an order."""
        self.steps.append(
            ts.CheckOrderStep(
                kind="check_order",
                operation=operation.id,
                path="data",
                property=property_,
                order=order,
            )
        )


def sent(label: str, property_: str) -> ex.Sent:
    """Return what the call behind a label gave."""
    return ex.Sent(kind="sent", answer=label, property=property_)


def rule_ids(rules: Iterable[object], *kinds: str) -> tuple[str, ...]:
    """Return the ids of the rules of some kinds."""
    return tuple(
        str(getattr(rule, "id", "")) for rule in rules if getattr(rule, "kind", "") in kinds
    )
