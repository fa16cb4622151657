"""Reads through TypeORM's and MikroORM's repositories and managers."""

from __future__ import annotations

from scoring.project.facts import Table
from scoring.symbolic.mappers.subjects import Subjects
from scoring.symbolic.mappers.wording import conditions, is_row
from scoring.symbolic.prisma import Prisma
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import NOTHING, Choice, Const, Field, Listed, Op, Record, Term
from scoring.symbolic.values import Array, Method, Object, Raised, field_of, term_of
from scoring.typescript.syntax import SyntaxNode

READS = {
    "find": "findMany", "findBy": "findMany", "findAll": "findMany", "findOne": "findFirst",
    "findOneBy": "findFirst", "findOneOrFail": "findFirstOrThrow",
    "findOneByOrFail": "findFirstOrThrow", "findAndCount": "both", "findAndCountBy": "both",
    "count": "count", "countBy": "count", "exists": "exists", "existsBy": "exists",
    "exist": "exists",
}  # fmt: skip


class Finding:
    """Brings calls that read to Prisma's words."""

    def __init__(self, reader: Reads, prisma: Prisma, subjects: Subjects) -> None:
        self._reader = reader
        self._prisma = prisma
        self._subjects = subjects

    def read(
        self, table: Table, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        """Return what a call that reads answers with."""
        where, options = self._asked(table, name, given)
        order = field_of(options, "order")
        if order is NOTHING:
            order = field_of(options, "orderBy")
        asked = Object([("where", self.live(table, where, options)), ("orderBy", order)])
        for word, names in (("take", ("take", "limit")), ("skip", ("skip", "offset"))):
            held = next((h for n in names if (h := field_of(options, n)) is not NOTHING), NOTHING)
            asked.members.append((word, held))
        ask = self._prisma.ask
        kind = READS[name]
        if kind == "both":
            return Array(
                [
                    ask(table, "findMany", asked, node, frame),
                    ask(table, "count", asked, node, frame),
                ]
            )
        if kind == "exists":
            return Op(">", (term_of(ask(table, "count", asked, node, frame)), Const(0)))
        if kind == "findFirstOrThrow":
            found = term_of(ask(table, "findFirst", asked, node, frame))
            raised = self._failing(options, node, frame)
            self._reader.refuse(raised, Op("===", (found, Const(None))), node, frame)
            return found
        return ask(table, kind, asked, node, frame)

    def _asked(self, table: Table, name: str, given: list[object]) -> tuple[object, object]:
        """Return the conditions and the other options of a call that reads."""
        first = given[0] if given else Object()
        if name.endswith(("By", "ByOrFail")):
            return first, Object()
        if not self._subjects.is_mikro(table) or name == "findAll":
            return field_of(first, "where"), first
        return first, given[1] if len(given) > 1 else Object()

    def _failing(self, options: object, node: SyntaxNode, frame: Frame) -> Raised:
        """Return the error where no row is found: what MikroORM's `failHandler` makes."""
        from scoring.symbolic.calls import invoke

        handler = field_of(options, "failHandler")
        if isinstance(handler, Closure | Method):
            made = invoke(self._reader, handler, [], node, frame)
            return made if isinstance(made, Raised) else Raised(0)
        return Raised(0)

    def live(self, table: Table, where: object, options: object = NOTHING) -> object:
        """Return conditions in Prisma's words; rows that are marked as deleted are left out."""
        if isinstance(where, Term) and not isinstance(where, Record) and where is not NOTHING:
            where = self._by_key(table, where)
        asked = conditions(table, Object() if where is NOTHING else where)
        gone = self._subjects.mark_of_deletion(table)
        shown = field_of(options, "withDeleted") if isinstance(options, Object) else NOTHING
        if gone is None or shown == Const(True):
            return asked
        return Object([("AND", Array([asked])), (gone.name, Const(None))])

    def _by_key(self, table: Table, value: Term) -> object:
        """Return the condition that a lone key states: `delete(id)`."""
        if isinstance(value, Choice | Op) and not is_row(value):
            shown = value.then if isinstance(value, Choice) else value.operands[-1]
            if isinstance(shown, Record):
                return value
        key = table.key[0] if table.key else "id"
        if isinstance(value, Listed):
            return Object([(key, Object([("in", value)]))])
        return Object([(key, Field(value, key) if is_row(value) else value)])
