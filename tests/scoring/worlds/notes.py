"""A hand-made service of notes, everybody's own, whose service a test may change."""

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
from scoring.worlds.stage import Stage, with_deeds

BRIEF = """
name = "notes"
[[actors]]
name = "user"
kind = "member"
[[entities]]
name = "user"
account = true
attributes = [
  { name = "email", types = ["text"] },
  { name = "password", types = ["secret"], synonyms = ["password_hash"] },
]
[[entities]]
name = "note"
owner = "user"
attributes = [
  { name = "title", types = ["text"], maximum = 80 },
  { name = "text", types = ["text"] },
  { name = "status", types = ["enum"], values = ["draft", "shown"], default = "draft" },
]
relations = [{ name = "user", target = "user", on_delete = ["cascade"] }]
filters = ["status", "title"]
sorts = ["title"]
[[operations]]
id = "user.login"
entity = "user"
action = "login"
methods = ["POST"]
path = "/users/login"
[[operations]]
id = "note.list"
entity = "note"
action = "list"
methods = ["GET"]
path = "/notes"
actors = ["user"]
[[operations]]
id = "note.read"
entity = "note"
action = "read"
methods = ["GET"]
path = "/notes/{id}"
actors = ["user"]
[[operations]]
id = "note.create"
entity = "note"
action = "create"
methods = ["POST"]
path = "/notes"
actors = ["user"]
[[operations]]
id = "note.update"
entity = "note"
action = "update"
methods = ["PUT"]
path = "/notes/{id}"
actors = ["user"]
[[operations]]
id = "note.erase"
entity = "note"
action = "erase"
methods = ["DELETE"]
path = "/notes/{id}"
actors = ["user"]
[[operations]]
id = "note.show"
entity = "note"
action = "act"
methods = ["POST"]
path = "/notes/{id}/show"
actors = ["user"]
words = ["show"]
[[rules]]
id = "owner"
kind = "ownership"
text = "Notes are private."
entity = "note"
operations = ["note.list", "note.read", "note.update", "note.erase", "note.show"]
statuses = [404]
[[rules]]
id = "show"
kind = "transition"
text = "Only a draft is shown."
entity = "note"
attribute = "status"
source = "draft"
target = "shown"
operations = ["note.show"]
statuses = [409]
[[rules]]
id = "unique"
kind = "uniqueness"
text = "No two notes of a user have one title."
entity = "note"
attributes = ["title"]
scope = "owner"
operations = ["note.create", "note.update"]
statuses = [409]
[[rules]]
id = "quota"
kind = "quota"
text = "A user has at most 3 notes."
entity = "note"
maximum = 3
operations = ["note.create"]
statuses = [409]
"""
SCHEMA = """
enum NoteStatus {
  draft
  shown
}
model User {
  id            String @id
  email         String @unique
  password_hash String
}
model Note {
  id      String     @id
  user_id String
  title   String
  text    String
  status  NoteStatus @default(draft)
  user    User @relation(fields: [user_id], references: [id], onDelete: Cascade)
  @@map("notes")
}
"""
STRUCTURES = """
import { z } from "zod";
export const Login = z.object({ email: z.string(), password: z.string() });
export const NoteCreate = z.object({ title: z.string().max(80), text: z.string() });
export const NoteUpdate = z.object({ title: z.string().optional(), text: z.string().optional() });
export const NoteQuery = z.object({
  page: z.number().default(1),
  limit: z.number().default(20),
  sort: z.enum(["title_asc", "title_desc"]).default("title_asc"),
  status: z.enum(["draft", "shown"]).optional(),
  title: z.string().optional(),
});
"""
CONTROLLER = """
import { NotesService } from "./notes.service";
import { Login, NoteCreate, NoteQuery, NoteUpdate } from "./structures";
@Controller()
export class NotesController {
  public constructor(@Inject(NotesService) private readonly notes: NotesService) {}
  @Post("users/login")
  public login(@Body({ schema: Login }) body: Login) { return this.notes.login(body); }
  @Get("notes") @UseGuards(AuthGuard)
  public list(@Caller() actor: Actor, @Query({ schema: NoteQuery }) query: NoteQuery) {
    return this.notes.list(actor, query);
  }
  @Get("notes/:id") @UseGuards(AuthGuard)
  public read(@Caller() actor: Actor, @Param("id") id: string) {
    return this.notes.read(actor, id);
  }
  @Post("notes") @UseGuards(AuthGuard)
  public create(@Caller() actor: Actor, @Body({ schema: NoteCreate }) body: NoteCreate) {
    return this.notes.create(actor, body);
  }
  @Put("notes/:id") @UseGuards(AuthGuard)
  public update(
    @Caller() actor: Actor, @Param("id") id: string, @Body({ schema: NoteUpdate }) body: NoteUpdate,
  ) { return this.notes.update(actor, id, body); }
  @Delete("notes/:id") @UseGuards(AuthGuard)
  public erase(@Caller() actor: Actor, @Param("id") id: string) {
    return this.notes.erase(actor, id);
  }
  @Post("notes/:id/show") @UseGuards(AuthGuard)
  public show(@Caller() actor: Actor, @Param("id") id: string) {
    return this.notes.show(actor, id);
  }
}
"""
SERVICE = """
import { ConflictException, NotFoundException, UnauthorizedException } from "@nestjs/common";
import { compare } from "bcrypt";
const MOST = 3;
@Injectable()
export class NotesService {
  public constructor(private readonly db: Database) {}
  public async login(body: Login) {
    const user = await this.db
      .selectFrom("user").selectAll().where("email", "=", body.email).executeTakeFirst();
    if (!user || !(await compare(body.password, user.password_hash)))
      throw new UnauthorizedException();
    return { id: user.id };
  }
  public async list(actor: Actor, query: NoteQuery) {
    let found = this.db.selectFrom("notes").selectAll().where("user_id", "=", actor.id);
    if (query.status !== undefined) found = found.where("status", "=", query.status);
    if (query.title !== undefined) found = found.where("title", "ilike", `%${query.title}%`);
    const direction = query.sort === "title_asc" ? "asc" : "desc";
    const rows = await found
      .orderBy("title", direction)
      .limit(query.limit)
      .offset((query.page - 1) * query.limit)
      .execute();
    return rows.map((row) => this.present(row));
  }
  public async read(actor: Actor, id: string) {
    return this.present(await this.find(actor, id));
  }
  public async create(actor: Actor, body: NoteCreate) {
    return this.db.transaction().execute(async (trx) => {
      const { count } = await trx
        .selectFrom("notes").select((eb) => eb.fn.countAll().as("count"))
        .where("user_id", "=", actor.id).executeTakeFirstOrThrow();
      if (count >= MOST) throw new ConflictException();
      await this.unused(trx, actor, body.title, "");
      const made = await trx.insertInto("notes")
        .values({
          id: randomUUID(),
          user_id: actor.id,
          title: body.title,
          text: body.text,
          status: "draft",
        })
        .returningAll().executeTakeFirstOrThrow();
      return this.present(made);
    });
  }
  public async update(actor: Actor, id: string, body: NoteUpdate) {
    const note = await this.find(actor, id);
    if (body.title !== undefined) await this.unused(this.db, actor, body.title, note.id);
    const changed = await this.db.updateTable("notes")
      .set({ title: body.title, text: body.text }).where("id", "=", note.id)
      .returningAll().executeTakeFirstOrThrow();
    return this.present(changed);
  }
  public async erase(actor: Actor, id: string) {
    const note = await this.find(actor, id);
    await this.db.deleteFrom("notes").where("id", "=", note.id).execute();
  }
  public async show(actor: Actor, id: string) {
    const note = await this.find(actor, id);
    if (note.status !== "draft") throw new ConflictException();
    const changed = await this.db.updateTable("notes")
      .set({ status: "shown" }).where("id", "=", note.id).returningAll().executeTakeFirstOrThrow();
    return this.present(changed);
  }
  private async unused(db: Database, actor: Actor, title: string, but: string) {
    const other = await db.selectFrom("notes").select("id")
      .where("user_id", "=", actor.id).where("title", "=", title).where("id", "!=", but)
      .executeTakeFirst();
    if (other) throw new ConflictException();
  }
  private async find(actor: Actor, id: string) {
    const note = await this.db.selectFrom("notes").selectAll()
      .where("id", "=", id).where("user_id", "=", actor.id).executeTakeFirst();
    if (note === undefined) throw new NotFoundException();
    return note;
  }
  private present(row: Row) {
    return { id: row.id, title: row.title, text: row.text, status: row.status };
  }
}
"""


@functools.cache
def _brief() -> Brief:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notes.toml"
        file.write_text(BRIEF, encoding="utf-8")
        return load_brief(file)


def subject(service: str = SERVICE) -> Subject:
    """Read the project with a service."""
    texts = {
        "prisma/schema.prisma": SCHEMA,
        "src/structures.ts": STRUCTURES,
        "src/notes.controller.ts": CONTROLLER,
        "src/notes.service.ts": service,
    }
    return match(read_project(Folder(texts, ())), _brief())


def changed(*edits: tuple[str, str]) -> str:
    """Return the service with pieces replaced, each of which it must have."""
    service = SERVICE
    for before, after in edits:
        assert before in service
        service = service.replace(before, after)
    return service


def judged(rule_id: str, operation_id: str, service: str = SERVICE) -> Judged:
    """Decide a rule on an operation."""
    project = subject(service)
    rule = next(rule for rule in project.brief.rules if rule.id == rule_id)
    required, found = project.brief.operation(operation_id), project.found(operation_id)
    assert required is not None
    assert found is not None
    return Stage(project).judged(rule, required, found)


def faults(operation_id: str, service: str = SERVICE) -> list[str]:
    """Return what an operation does wrong in the world that it is for."""
    points = with_deeds(subject(service)).deeds[operation_id]
    return [point.wrong for point in points if point.wrong is not None]
