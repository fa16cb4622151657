"""A hand-made service of bookings in teams, for the rules that look at times, sums and others."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.matching import Subject, match
from scoring.project import read_project
from scoring.project.folder import Folder
from scoring.worlds.judging import Judged
from scoring.worlds.stage import Stage

BRIEF = """
name = "desks"
[[actors]]
name = "user"
kind = "member"
[[actors]]
name = "admin"
kind = "admin"
[[entities]]
name = "user"
account = true
attributes = [{ name = "email", types = ["text"] }]
[[entities]]
name = "admin"
account = true
attributes = [{ name = "email", types = ["text"] }]
[[entities]]
name = "team"
owner = "lead"
attributes = [{ name = "hours", types = ["integer"] }]
relations = [{ name = "lead", target = "user", on_delete = ["cascade"] }]
[[entities]]
name = "seat"
owner = "user"
attributes = [{ name = "role", types = ["enum"], values = ["plain", "chief"], default = "plain" }]
relations = [
  { name = "user", target = "user", on_delete = ["cascade"] },
  { name = "team", target = "team", on_delete = ["cascade"] },
]
[[entities]]
name = "block"
owner = "user"
attributes = [{ name = "ends_at", types = ["datetime"] }]
relations = [
  { name = "user", target = "user", on_delete = ["cascade"] },
  { name = "team", target = "team", on_delete = ["cascade"] },
]
[[entities]]
name = "booking"
owner = "user"
attributes = [
  { name = "starts_at", types = ["datetime"] },
  { name = "ends_at", types = ["datetime"] },
  { name = "hours", types = ["integer"], minimum = 1, maximum = 8 },
  { name = "status", types = ["enum"], values = ["open", "closed"], default = "open" },
  { name = "reason", types = ["text"], required = false },
]
relations = [
  { name = "user", target = "user", on_delete = ["cascade"] },
  { name = "team", target = "team", on_delete = ["cascade"] },
]
[[operations]]
id = "booking.create"
entity = "booking"
action = "create"
methods = ["POST"]
path = "/bookings"
actors = ["user"]
errors = [404, 409]
[[operations]]
id = "booking.list"
entity = "booking"
action = "list"
methods = ["GET"]
path = "/bookings"
actors = ["user"]
[[operations]]
id = "booking.read"
entity = "booking"
action = "read"
methods = ["GET"]
path = "/bookings/{id}"
actors = ["user", "admin"]
errors = [404]
[[operations]]
id = "booking.close"
entity = "booking"
action = "act"
methods = ["POST"]
path = "/bookings/{id}/close"
actors = ["user"]
words = ["close"]
[[operations]]
id = "booking.restore"
entity = "booking"
action = "act"
methods = ["POST"]
path = "/bookings/{id}/restore"
actors = ["user"]
words = ["restore"]
"""
RULES: dict[str, str] = {
    "order": 'attribute = "ends_at"\ncomparison = ">="\nother = "starts_at"',
    "ahead": 'attribute = "starts_at"\nside = "future"',
    "enough": 'kind = "order"\nattribute = "hours"\ncomparison = "<="\nother = "team.hours"',
    "bar": 'through = "block"\nperson = "user"\nuntil = "ends_at"',
    "quota": "maximum = 2\ndays = 7",
    "open": 'kind = "quota"\nmaximum = 3\nattribute = "status"\nvalue = "open"\nwithin = "team"',
    "stranger": 'relation = "team"',
    "taken": 'kind = "effect"\nwrites = "team"\nchange = "update"\nattribute = "hours"\n'
    'value = "-hours"',
    "needed": 'attribute = "reason"',
    "ownership": 'or_actors = ["admin"]\nor_relation = "team.lead"\nor_through = "seat"\n'
    'or_attribute = "role"\nor_value = "chief"',
    "left_out": "",
    "state": 'attribute = "status"\nvalue = "open"',
    "told": 'kind = "effect"\nwrites = "seat"\nchange = "update"\nattribute = "role"\n'
    'value = "chief"\nwhere = { user = "user", team = "team" }',
    "restored": 'kind = "effect"\nwrites = "booking"\nchange = "restore"',
}
"""What each rule has beside its operation; its kind is its name where nothing else is said."""
OPERATIONS = {
    "ownership": "booking.read",
    "left_out": "booking.list",
    "state": "booking.close",
    "told": "booking.close",
    "needed": "booking.close",
    "restored": "booking.restore",
}
"""The operations of the rules; of the others it is `booking.create`."""
SCHEMA = """
enum SeatRole {
  plain
  chief
}
enum BookingStatus {
  open
  closed
}
model User {
  id    String @id
  email String @unique
}
model Admin {
  id    String @id
  email String @unique
}
model Team {
  id      String @id
  lead_id String
  hours   Int
  lead    User @relation(fields: [lead_id], references: [id], onDelete: Cascade)
}
model Seat {
  id      String   @id
  user_id String
  team_id String
  role    SeatRole @default(plain)
  user    User @relation(fields: [user_id], references: [id], onDelete: Cascade)
  team    Team @relation(fields: [team_id], references: [id], onDelete: Cascade)
  @@unique([user_id, team_id])
}
model Block {
  id      String   @id
  user_id String
  team_id String
  ends_at DateTime
  user    User @relation(fields: [user_id], references: [id], onDelete: Cascade)
  team    Team @relation(fields: [team_id], references: [id], onDelete: Cascade)
}
model Booking {
  id         String        @id
  user_id    String
  team_id    String
  starts_at  DateTime
  ends_at    DateTime
  hours      Int
  status     BookingStatus @default(open)
  reason     String?
  created_at DateTime
  deleted_at DateTime?
  user       User @relation(fields: [user_id], references: [id], onDelete: Cascade)
  team       Team @relation(fields: [team_id], references: [id], onDelete: Cascade)
}
"""
STRUCTURES = """
import { z } from "zod";
export const BookingCreate = z.object({
  teamId: z.string(), startsAt: z.string().datetime(), endsAt: z.string().datetime(),
  hours: z.number().min(1).max(8),
});
export const Closing = z.object({ reason: z.string().optional() });
"""
CONTROLLER = """
import { DesksService } from "./desks.service";
import { BookingCreate, Closing } from "./structures";
@Controller("bookings")
export class DesksController {
  public constructor(@Inject(DesksService) private readonly desks: DesksService) {}
  @Post() @UseGuards(AuthGuard)
  public create(@Caller() actor: Actor, @Body({ schema: BookingCreate }) body: BookingCreate) {
    return this.desks.create(actor, body);
  }
  @Get() @UseGuards(AuthGuard)
  public list(@Caller() actor: Actor) { return this.desks.list(actor); }
  @Get(":id") @UseGuards(AuthGuard)
  public read(@Caller() actor: Actor, @Param("id") id: string) {
    return this.desks.read(actor, id);
  }
  @Post(":id/close") @UseGuards(AuthGuard)
  public close(
    @Caller() actor: Actor, @Param("id") id: string, @Body({ schema: Closing }) body: Closing,
  ) { return this.desks.close(actor, id, body); }
  @Post(":id/restore") @UseGuards(AuthGuard)
  public restore(@Caller() actor: Actor, @Param("id") id: string) {
    return this.desks.restore(actor, id);
  }
}
"""
SERVICE = """
import { ConflictException, ForbiddenException, NotFoundException } from "@nestjs/common";
const DAY = 86_400_000;
@Injectable()
export class DesksService {
  public constructor(private readonly db: Database) {}
  public async create(actor: Actor, body: BookingCreate) {
    const now = new Date().toISOString();
    const week = new Date(Date.now() - 7 * DAY).toISOString();
    return this.db.transaction().execute(async (trx) => {
      const team = await trx.selectFrom("team").selectAll()
        .where("id", "=", body.teamId).executeTakeFirst();
      if (!team) throw new NotFoundException();
      if (team.lead_id === actor.id) throw new ForbiddenException();
      const block = await trx.selectFrom("block").select("id")
        .where("team_id", "=", body.teamId).where("user_id", "=", actor.id)
        .where("ends_at", ">", now).executeTakeFirst();
      if (block) throw new ForbiddenException();
      if (body.startsAt <= now) throw new ConflictException();
      if (body.endsAt < body.startsAt) throw new ConflictException();
      if (body.hours > team.hours) throw new ConflictException();
      const { recent } = await trx.selectFrom("booking")
        .select((eb) => eb.fn.countAll().as("recent"))
        .where("user_id", "=", actor.id).where("created_at", ">", week).executeTakeFirstOrThrow();
      if (recent >= 2) throw new ConflictException();
      const { open } = await trx.selectFrom("booking")
        .select((eb) => eb.fn.countAll().as("open"))
        .where("user_id", "=", actor.id).where("team_id", "=", body.teamId)
        .where("status", "=", "open").executeTakeFirstOrThrow();
      if (open >= 3) throw new ConflictException();
      const made = await trx.insertInto("booking")
        .values({
          id: randomUUID(), user_id: actor.id, team_id: body.teamId, starts_at: body.startsAt,
          ends_at: body.endsAt, hours: body.hours, created_at: now,
        })
        .returningAll().executeTakeFirstOrThrow();
      await trx.updateTable("team").set((eb) => ({ hours: eb("hours", "-", body.hours) }))
        .where("id", "=", team.id).execute();
      return made;
    });
  }
  public async list(actor: Actor) {
    return this.db.selectFrom("booking").selectAll()
      .where("user_id", "=", actor.id).where("deleted_at", "is", null).execute();
  }
  public async read(actor: Actor, id: string) {
    const booking = await this.find(id);
    const team = await this.db.selectFrom("team").selectAll()
      .where("id", "=", booking.team_id).executeTakeFirstOrThrow();
    const seat = await this.db.selectFrom("seat").select("id")
      .where("team_id", "=", booking.team_id).where("user_id", "=", actor.id)
      .where("role", "=", "chief").executeTakeFirst();
    const mine = booking.user_id === actor.id || team.lead_id === actor.id;
    if (!mine && !seat && actor.kind !== "admin") throw new NotFoundException();
    return booking;
  }
  public async close(actor: Actor, id: string, body: Closing) {
    if (body.reason === undefined) throw new ConflictException();
    const booking = await this.find(id);
    if (booking.status !== "open") throw new ConflictException();
    const changed = await this.db.updateTable("booking")
      .set({ status: "closed", reason: body.reason }).where("id", "=", booking.id)
      .returningAll().executeTakeFirstOrThrow();
    await this.db.updateTable("seat").set({ role: "chief" })
      .where("user_id", "=", booking.user_id).where("team_id", "=", booking.team_id).execute();
    return changed;
  }
  public async restore(actor: Actor, id: string) {
    const booking = await this.find(id);
    return this.db.updateTable("booking").set({ deleted_at: null })
      .where("id", "=", booking.id).returningAll().executeTakeFirstOrThrow();
  }
  private async find(id: string) {
    const booking = await this.db.selectFrom("booking").selectAll()
      .where("id", "=", id).executeTakeFirst();
    if (!booking) throw new NotFoundException();
    return booking;
  }
}
"""


def _rules() -> str:
    made: list[str] = []
    for name, more in RULES.items():
        kind = "" if more.startswith("kind") else f'kind = "{name}"\n'
        operation = OPERATIONS.get(name, "booking.create")
        made.append(
            f'[[rules]]\nid = "{name}"\n{kind}text = "…"\nentity = "booking"\n{more}\n'
            f'operations = ["{operation}"]\nstatuses = [403, 404, 409]\n'
        )
    return "\n".join(made)


@functools.cache
def brief() -> Brief:
    """Return what the service should do."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desks.toml"
        file.write_text(BRIEF + _rules(), encoding="utf-8")
        return load_brief(file)


def subject(service: str) -> Subject:
    """Read the project with a service."""
    texts = {
        "prisma/schema.prisma": SCHEMA,
        "src/structures.ts": STRUCTURES,
        "src/desks.controller.ts": CONTROLLER,
        "src/desks.service.ts": service,
    }
    return match(read_project(Folder(texts, ())), brief())


WITHOUT = {
    "open": ("      if (recent >= 2) throw new ConflictException();\n", ""),
    "quota": ("      if (open >= 3) throw new ConflictException();\n", ""),
}
"""What a rule is judged without: another number of rows that there may be."""


def judged(rule_id: str, *edits: tuple[str, str]) -> Judged:
    """Decide a rule after edits of the service, whose pieces it must have."""
    service = SERVICE
    alone = [WITHOUT[rule_id]] if rule_id in WITHOUT else []
    for before, after in (*alone, *edits):
        assert before in service
        service = service.replace(before, after)
    project = subject(service)
    rule = next(rule for rule in project.brief.rules if rule.id == rule_id)
    required, found = project.brief.operation(rule.operations[0]), project.found(rule.operations[0])
    assert required is not None
    assert found is not None
    return Stage(project).judged(rule, required, found)
