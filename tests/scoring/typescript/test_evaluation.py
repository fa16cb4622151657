"""What surrounds a query: transactions, also those that a function of the project opens."""

from __future__ import annotations

import pytest

from scoring.project import read_project
from scoring.project.folder import Folder

SCHEMA = """
model Pen {
  id    String @id
  owner String
  @@map("pens")
}
"""
DATABASE = """
export class Database extends Kysely<Tables> {
  public async whole<T>(work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return await this.OPENING(work);
  }

  private once<T>(work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.transaction().execute(work);
  }

  private plain<T>(work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return work(this);
  }
}
"""
CONTROLLER = """
import { Controller, Post } from "@nestjs/common";
import { Database } from "./database";

@Controller("pens")
export class PensController {
  constructor(private readonly db: Database) {}

  @Post()
  public async create() {
    return this.db.whole(async (trx) => {
      await trx.insertInto("pens").values({ id: "1", owner: "a" }).execute();
      await trx.updateTable("pens").set({ owner: "b" }).where("id", "=", "1").execute();
    });
  }
}
"""


@pytest.mark.parametrize(
    ("opening", "expected"),
    [("transaction().execute", True), ("once", True), ("plain", False)],
)
def test_work_that_is_handed_to_a_transaction_is_in_one(opening: str, expected: bool) -> None:
    texts = {
        "prisma/schema.prisma": SCHEMA,
        "src/database.ts": DATABASE.replace("OPENING", opening),
        "src/pens.controller.ts": CONTROLLER,
    }
    (operation,) = read_project(Folder(texts, ())).operations
    found = [(access.action, access.in_transaction) for access in operation.behaviour.accesses]
    assert found == [("insert", expected), ("update", expected)]
