"""A small hand-made board in the style of Kysely, its rules kept or broken by an edit."""

from __future__ import annotations

from scoring.loading import load_brief
from scoring.matching import Subject, match
from scoring.project import read_project
from scoring.project.folder import Folder
from scoring.worlds.stage import Stage

SCHEMA = """
enum ArticleStatus {
  published
  hidden
}
model Member {
  id            String @id
  email         String @unique
  password_hash String
  nickname      String @unique
}
model Section {
  id       String @id
  name     String @unique
  articles Article[]
}
model Article {
  id         String        @id
  author_id  String
  section_id String
  title      String
  text       String
  status     ArticleStatus @default(published)
  author     Member  @relation(fields: [author_id], references: [id], onDelete: Cascade)
  section    Section @relation(fields: [section_id], references: [id], onDelete: Restrict)
}
model Comment {
  id         String @id
  article_id String
  author_id  String
  text       String
  article    Article @relation(fields: [article_id], references: [id], onDelete: Cascade)
  author     Member  @relation(fields: [author_id], references: [id], onDelete: Cascade)
}
"""
CONTROLLER = """
@Controller()
export class BoardController {
  public constructor(@Inject(BoardService) private readonly service: BoardService) {}

  @Delete("sections/:id") @Actors("moderator")
  public eraseSection(@Param("id") id: string): Promise<void> {
    return this.service.eraseSection(id);
  }
  @Get("articles")
  public listArticles(@MaybeActor() actor: Actor | null): Promise<Article[]> {
    return this.service.listArticles(actor);
  }
  @Get("articles/:id")
  public readArticle(@Param("id") id: string, @MaybeActor() actor: Maybe): Promise<Article> {
    return this.service.readArticle(id, actor);
  }
  @Post("articles") @Actors("member")
  public createArticle(@Caller() actor: Actor, @Body() body: ArticleCreate): Promise<Article> {
    return this.service.createArticle(actor, body);
  }
  @Delete("articles/:id") @Actors("member")
  public eraseArticle(@CurrentActor() actor: Actor, @Param("id") id: string): Promise<void> {
    return this.service.eraseArticle(actor, id);
  }
  @Post("articles/:id/hide") @UseGuards(ModeratorGuard)
  public hideArticle(@Param("id") id: string): Promise<Article> {
    return this.service.hideArticle(id);
  }
  @Post("comments") @Actors("member")
  public createComment(@Caller() actor: Actor, @Body() body: CommentCreate): Promise<Comment> {
    return this.service.createComment(actor, body);
  }
}
export const Actors = (...kinds: string[]) => applyDecorators(Set(kinds), UseGuards(AuthGuard));
"""
SERVICE = """
const HIDDEN = "hidden";
export interface ArticleCreate { title: string; text: string; sectionId: string }

@Injectable()
export class BoardService {
  public constructor(@Inject(Database) private readonly db: Database) {}

  public async eraseSection(id: string): Promise<void> {
    const used = await this.db.selectFrom("article").select("id")
      .where("section_id", "=", id).executeTakeFirst();
    if (used) throw new ConflictException("The section has articles");
    await this.db.deleteFrom("section").where("id", "=", id).execute();
  }
  public async listArticles(actor: Actor | null): Promise<Article[]> {
    let articles = this.db.selectFrom("article").selectAll();
    if (actor?.kind !== "moderator") articles = articles.where("status", "!=", HIDDEN);
    return articles.execute();
  }
  public async readArticle(id: string, actor: Actor | null): Promise<Article> {
    const article = await this.find(id);
    this.refuse(article.status === HIDDEN && actor?.kind !== "moderator", 404);
    return article;
  }
  public async createArticle(actor: Actor, body: ArticleCreate): Promise<Article> {
    return this.db.insertInto("article")
      .values({ ...body, author_id: actor.id, status: "published" }).executeTakeFirstOrThrow();
  }
  public async eraseArticle(actor: Actor, id: string): Promise<void> {
    const article = await this.find(id);
    this.refuse(article.author_id !== actor.id, 403);
    await this.db.deleteFrom("article").where("id", "=", article.id).execute();
  }
  public async hideArticle(id: string): Promise<Article> {
    const article = await this.find(id);
    this.refuse(article.status !== "published", 409);
    await this.db.updateTable("article").set({ status: HIDDEN }).where("id", "=", id).execute();
    return article;
  }
  public async createComment(actor: Actor, body: CommentCreate): Promise<Comment> {
    const article = await this.find(body.articleId);
    this.refuse(article.status !== "published", 409);
    return this.db.insertInto("comment")
      .values({ ...body, author_id: actor.id }).executeTakeFirstOrThrow();
  }
  private async find(id: string): Promise<Article> {
    const row = await this.db.selectFrom("article").selectAll().where("id", "=", id)
      .executeTakeFirst();
    if (row === undefined) throw new NotFoundException();
    return row;
  }
  private refuse(condition: boolean, status: number): void {
    if (condition) throw new HttpException("refused", status);
  }
}
"""
JOIN = """
@Controller("members")
export class MembersController {
  @Post("join")
  public async join(@Body() body: Join): Promise<Session> {
    return this.db.insertInto("member").values(body).executeTakeFirstOrThrow();
  }
}
"""


def subject(service: str = SERVICE) -> Subject:
    texts = {
        "prisma/schema.prisma": SCHEMA,
        "src/board.controller.ts": 'import { BoardService } from "./board.service";' + CONTROLLER,
        "src/board.service.ts": service,
        "src/members.controller.ts": JOIN,
    }
    return match(read_project(Folder(texts, ())), load_brief("board"))


def loss(found: Subject, rule_id: str, operation_id: str) -> float:
    rule = next(rule for rule in found.brief.rules if rule.id == rule_id)
    operation = found.found(operation_id)
    assert operation is not None
    required = found.brief.operation(operation_id)
    assert required is not None
    return float(Stage(found).judged(rule, required, operation).said != "holds")


def breaks(rule: str, operation: str, kept: str, broken: str) -> bool:
    """Whether the operation keeps the rule, and no longer after the edit of the service."""
    assert kept in SERVICE
    assert loss(subject(), rule, operation) == 0.0
    return loss(subject(SERVICE.replace(kept, broken)), rule, operation) > 0.0
