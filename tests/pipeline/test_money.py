"""Amounts of money in generated backends add up to the cent, in TypeScript and in SQLite."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.render.nest.application import scaffold
from tests.pipeline.live_backend import build, outcome

SUMS = """
import "reflect-metadata";
import { sql } from "kysely";
import { toCents } from "../src/common/money.js";
import { loadConfig } from "../src/config.js";
import { DatabaseService } from "../src/database/database.service.js";
import { cents } from "../src/database/sql-expressions.js";

const amounts = [1.1, 2.2, 1.7, 1.1, 2.3, 4.35, 8.1];
const config = loadConfig({ DATABASE_PATH: ":memory:", JWT_SECRET: "x".repeat(32) });
const db = new DatabaseService(config).withTables<{ carts: { total: number } }>();
await sql`create table carts (total numeric(12, 2))`.execute(db);
await db.insertInto("carts").values({ total: 0 }).execute();
for (const amount of amounts)
  await db
    .updateTable("carts")
    .set((eb) => ({ total: cents(eb("total", "+", amount)) }))
    .execute();
const { total } = await db.selectFrom("carts").select("total").executeTakeFirstOrThrow();
const found = {
  inSql: total,
  inCode: amounts.reduce((sum, amount) => toCents(sum + amount), 0),
  plain: amounts.reduce((sum, amount) => sum + amount, 0),
  halves: [1.005, 8.1 * 0.15, -1.005, 0.1 + 0.2, 0, 9_999_999_999.99].map(toCents),
};
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def found(
    built: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("money")
    source = folder / "source"
    shutil.copytree(built("todo"), source)
    (source / "src/common/money.ts").write_text(scaffold("src/common/money.ts").text, "utf-8")
    (source / "test/money.ts").write_text(SUMS, "utf-8")
    code, text = outcome(build(source, folder / "built"), {}, entry="test/money")
    assert code == 0, text
    return json.loads(text)


def test_sums_in_sql_are_exact(found: dict[str, object]) -> None:
    assert found["plain"] == 20.849999999999998
    assert found["inSql"] == 20.85


def test_sums_in_code_are_exact(found: dict[str, object]) -> None:
    assert found["inCode"] == 20.85
    assert found["halves"] == [1.01, 1.22, -1.01, 0.3, 0, 9999999999.99]
