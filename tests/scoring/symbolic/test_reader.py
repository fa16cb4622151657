"""Handlers as formulas: the order of what is done, operators, branches, loops, errors, queries."""

from __future__ import annotations

import pytest

from scoring.project.controllers import table_keys
from scoring.project.prisma import read_tables
from scoring.symbolic.reader import Reader
from scoring.symbolic.terms import Const, Field, First, Given, Op, Rows, Term
from scoring.symbolic.trace import VIOLATED, Answered, Read, Refused, Trace, Wrote
from scoring.typescript.modules import read_program

SCHEMA = """
model Note {
  id      String @id
  user_id String
  title   String
  user    User @relation(fields: [user_id], references: [id])
  @@map("notes")
}
model User {
  id    String @id
  email String @unique
}
"""
HEAD = """
import { ConflictException, HttpException, NotFoundException } from "@nestjs/common";
function ensure(condition: boolean, status: number) {
  if (!condition) throw new HttpException("no", status);
}
"""
BODY = Given("body")
ACTOR = Given("actor")


def traced(code: str, head: str = HEAD) -> Trace:
    """Read a handler of the actor and the body."""
    text = f"{head}\nexport class C {{ async act(actor: any, body: any) {{\n{code}\n}} }}"
    program = read_program({"src/c.ts": text})
    tables = table_keys(read_tables({"prisma/schema.prisma": SCHEMA}))
    owner = program.modules["src/c.ts"].classes["C"]
    return Reader(program, tables).trace(owner.methods["act"], owner, [ACTOR, BODY])


def refusals(code: str) -> list[tuple[int, Term]]:
    return [(e.status, e.condition) for e in traced(code).events if isinstance(e, Refused)]


def member(name: str) -> Term:
    return Field(BODY, name)


def answer(code: str) -> Term:
    last = traced(code).events[-1]
    assert isinstance(last, Answered)
    return last.value


def test_refusals_keep_operator_status_and_order() -> None:
    found = refusals("""
      if (body.count >= 10) throw new ConflictException();
      ensure(body.kind !== "late", 422);
    """)
    assert found == [
        (409, Op(">=", (member("count"), Const(10)))),
        (422, Op("!", (Op("!==", (member("kind"), Const("late"))),))),
    ]


def test_what_follows_a_return_is_done_only_without_it() -> None:
    found = refusals("""
      if (body.done) return null;
      throw new NotFoundException();
    """)
    assert found == [(404, Op("!", (member("done"),)))]


def test_branches_give_a_variable_either_value() -> None:
    made = answer("let x = 1; if (body.more) x = 2; return x;")
    assert str(made).count("Const") == 2
    assert answer("return body.more ? 2 : 1;") != answer("return body.more ? 1 : 2;")


@pytest.mark.parametrize(
    "code",
    [
        "return body.title;",
        "const { title } = body; return title;",
        "const { title: t } = { ...body }; return t;",
        "return [body.title][0];",
        "return { a: body.title }.a;",
        "const f = (x: any) => x.title; return f(body);",
        "return Promise.resolve(body).then((b) => b.title);",
    ],
)  # fmt: skip
def test_a_member_is_followed_through_any_spelling(code: str) -> None:
    made = answer(code)
    shown = made.operands[0] if isinstance(made, Op) and made.name == "??" else made
    assert shown == member("title")


def test_queries_of_kysely_are_formulas_over_columns() -> None:
    trace = traced("""
      const note = await db.selectFrom("notes as n").selectAll()
        .where("n.user_id", "=", actor.id)
        .where((eb) => eb.or([eb("title", "!=", "x"), eb.not(eb("title", "=", body.title))]))
        .orderBy("title", "desc").limit(5).executeTakeFirst();
      return note.title;
    """)
    read, answered = trace.events
    assert isinstance(read, Read)
    assert isinstance(read.found, First)
    query = read.found.query
    assert (query.table, query.alias) == ("Note", "n")
    assert [term.name for term in query.where if isinstance(term, Op)] == ["=", "||"]
    assert query.order[0][1] == Const("desc")
    assert query.limit == Const(5)
    assert isinstance(answered, Answered)
    assert answered.value == Field(read.found, "title")


def test_queries_of_prisma_are_the_same_formulas() -> None:
    trace = traced("""
      const notes = await this.prisma.notes.findMany({
        where: { user_id: actor.id, NOT: { title: { gte: "x" } } }, take: 5,
      });
      return notes;
    """)
    read = trace.events[0]
    assert isinstance(read, Read)
    assert isinstance(read.found, Rows)
    names = [term.name for term in read.found.query.where if isinstance(term, Op)]
    assert names == ["||", "!"]


def test_a_condition_that_only_some_requests_add_is_kept_as_one() -> None:
    trace = traced("""
      let found = db.selectFrom("notes").selectAll();
      if (body.title !== undefined) found = found.where("title", "=", body.title);
      return found.execute();
    """)
    read = trace.events[0]
    assert isinstance(read, Read)
    (condition,) = read.found.query.where
    assert isinstance(condition, Op)
    assert condition.name == "=>"


def test_a_write_in_a_transaction_is_safe_and_one_in_a_loop_knows_its_list() -> None:
    trace = traced("""
      await db.transaction().execute(async (trx) => {
        for (const title of body.titles) await trx.insertInto("notes").values({ title }).execute();
      });
      await db.deleteFrom("notes").where("id", "=", body.id).execute();
    """)
    insert, delete = (event for event in trace.events if isinstance(event, Wrote))
    assert (insert.action, insert.safe, len(insert.loops)) == ("insert", True, 1)
    assert insert.loops[0].source == member("titles")
    assert (delete.action, delete.safe, delete.loops) == ("delete", False, ())


def test_what_is_caught_refuses_where_the_write_fails() -> None:
    trace = traced("""
      try { await db.insertInto("notes").values(body).execute(); }
      catch (error) {
        if (error.code === "P2002") throw new ConflictException();
        throw error;
      }
    """)
    write, refused, again = trace.events[:3]
    assert isinstance(write, Wrote)
    assert isinstance(refused, Refused)
    assert isinstance(again, Refused)
    assert (refused.status, again.status) == (409, VIOLATED)
    assert write.tries == (1,)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("lower(${sql.ref('title')}) = lower(${body.title})", ["=", "sql lower"]),
        ("title like 'a%' and not (user_id is null)", ["&&", "like"]),
        ("case when title = 'a' then 1 else 2 end > 1", [">"]),
    ],
)
def test_sql_in_a_template_is_read(written: str, names: list[str]) -> None:
    made = answer(f"return sql<boolean>`{written}`;")
    assert isinstance(made, Op)
    assert made.name == names[0]
    inner = made.operands[0]
    assert len(names) == 1 or (isinstance(inner, Op) and inner.name == names[1])


def test_sql_of_another_kind_is_not_known() -> None:
    assert "Unknown" in str(answer("return sql`select 1 from t where a = 1`;"))


def test_a_handler_that_calls_itself_without_end_is_read_in_part() -> None:
    trace = traced("return this.act(actor, body);")
    assert trace.complete
    assert "Unknown" in str(trace.events[-1])
