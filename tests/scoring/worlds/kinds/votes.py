"""Votes in the style of the Prisma client: rules across tables, kept, broken, or out of sight."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.matching import Subject, match
from scoring.project import read_project
from scoring.project.folder import Folder
from scoring.worlds.stage import Stage

BRIEF = """
name = "votes"
actors = [{ name = "user", kind = "member" }]
[[entities]]
name = "user"
account = true
attributes = [{ name = "email", types = ["text"] }]
[[entities]]
name = "group"
attributes = [{ name = "name", types = ["text"] }]
[[entities]]
name = "membership"
owner = "user"
attributes = [{ name = "role", types = ["text"] }]
relations = [
  { name = "user", target = "user", on_delete = ["cascade"] },
  { name = "group", target = "group", on_delete = ["cascade"] },
]
[[entities]]
name = "post"
owner = "user"
attributes = [{ name = "text", types = ["text"] }, { name = "score", types = ["integer"] }]
relations = [{ name = "user", target = "user", on_delete = ["cascade"] }]
[[entities]]
name = "vote"
owner = "user"
attributes = [{ name = "value", types = ["integer"] }]
relations = [
  { name = "user", target = "user", on_delete = ["cascade"] },
  { name = "post", target = "post", on_delete = ["cascade"] },
]
[[operations]]
id = "post.create"
entity = "post"
action = "create"
methods = ["POST"]
path = "/posts"
[[operations]]
id = "post.read"
entity = "post"
action = "read"
methods = ["GET"]
path = "/posts/{id}"
[[operations]]
id = "post.update"
entity = "post"
action = "update"
methods = ["PUT"]
path = "/posts/{id}"
[[operations]]
id = "vote.create"
entity = "vote"
action = "create"
methods = ["POST"]
path = "/votes"
[[rules]]
id = "voters"
kind = "membership"
text = "Only moderators of the group vote."
entity = "vote"
through = "membership"
attribute = "role"
value = "moderator"
operations = ["vote.create"]
statuses = [403, 404]
[[rules]]
id = "score"
kind = "effect"
text = "The score is the sum of the votes."
entity = "vote"
writes = "post"
change = "update"
attribute = "score"
operations = ["vote.create"]
[[rules]]
id = "own"
kind = "stranger"
text = "Nobody votes for his own post."
entity = "vote"
relation = "post"
operations = ["vote.create"]
statuses = [403]
[[rules]]
id = "week"
kind = "window"
text = "A post is changed for 7 days."
entity = "post"
attribute = "created_at"
days = 7
operations = ["post.update"]
statuses = [409]
"""
SCHEMA = """
model User {
  id String @id
  email String @unique
}
model Group {
  id String @id
  name String
}
model Membership {
  id String @id
  userId String
  groupId String
  role String
  user User @relation(fields: [userId], references: [id])
  group Group @relation(fields: [groupId], references: [id])
}
model Post {
  id String @id
  userId String
  groupId String
  text String
  score Int @default(0)
  createdAt DateTime @default(now())
  user User @relation(fields: [userId], references: [id])
}
model Vote {
  id String @id
  userId String
  postId String
  value Int
  user User @relation(fields: [userId], references: [id])
  post Post @relation(fields: [postId], references: [id])
}
"""
CONTROLLER = """
const DAY_MS = 24 * 60 * 60 * 1000;
@Controller()
export class VotesController {
  constructor(private readonly prisma: PrismaService) {}
  @Post("posts") @UseGuards(JwtGuard)
  createPost(@CurrentUser() me: User, @Body() body: PostCreate) {
    return this.prisma.post.create({ data: { ...body, userId: me.id } });
  }
  @Get("posts/:id")
  readPost(@Param("id") id: string) {
    return this.prisma.post.findUniqueOrThrow({ where: { id } });
  }
  @Put("posts/:id") @UseGuards(JwtGuard)
  async updatePost(@CurrentUser() me: User, @Param("id") id: string, @Body() body: PostUpdate) {
    const found = await this.prisma.post.findFirst({ where: { id, userId: me.id } });
    if (!found) throw new NotFoundException();
    if (Date.now() - found.createdAt.getTime() > 7 * DAY_MS) throw new ConflictException();
    return this.prisma.post.update({ where: { id }, data: body });
  }
  @Post("votes") @UseGuards(JwtGuard)
  async createVote(@CurrentUser() me: User, @Body() body: VoteCreate) {
    const post = await this.prisma.post.findUniqueOrThrow({ where: { id: body.postId } });
    const mine = await this.prisma.membership.findFirst({
      where: { groupId: post.groupId, userId: me.id, role: "moderator" },
    });
    if (!mine) throw new ForbiddenException();
    if (post.userId === me.id) throw new ForbiddenException();
    const vote = await this.prisma.vote.create({ data: { ...body, userId: me.id } });
    await this.prisma.post.update({
      where: { id: post.id },
      data: { score: { increment: body.value } },
    });
    return vote;
  }
}
"""


def _brief() -> Brief:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "votes.toml"
        file.write_text(BRIEF, encoding="utf-8")
        return load_brief(file)


def subject(controller: str = CONTROLLER) -> Subject:
    texts = {
        "prisma/schema.prisma": SCHEMA,
        "src/votes.controller.ts": controller,
    }
    return match(read_project(Folder(texts, ())), _brief())


def loss(found: Subject, id: str) -> float | None:
    """Return what the rule loses; None if a lack could not be known."""
    rule = next(rule for rule in found.brief.rules if rule.id == id)
    operation = found.found(rule.operations[0])
    assert operation is not None
    required = found.brief.operation(rule.operations[0])
    assert required is not None
    said = Stage(found).judged(rule, required, operation).said
    return None if said == "not readable" else float(said != "holds")


def breaks(rule: str, kept: str, broken: str) -> bool:
    """Whether the rule is kept, and known to be broken after the edit of the controller."""
    assert kept in CONTROLLER
    assert loss(subject(), rule) == 0.0
    lost = loss(subject(CONTROLLER.replace(kept, broken)), rule)
    return lost is not None and lost > 0.0


def hides(rule: str, *edits: tuple[str, str]) -> bool:
    """Whether after the edits nothing is known of the rule: something else may keep it."""
    text = CONTROLLER
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return loss(subject(text), rule) is None
