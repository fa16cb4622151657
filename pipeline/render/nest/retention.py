"""The service that erases what has been kept for as long as the rules say."""

from __future__ import annotations

from pipeline.derive.retention import Sweep, sweeps
from pipeline.project import File, Project
from pipeline.render.layout import concat, layout
from pipeline.render.nest.places import relative, schema_names
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.queries import where_calls
from pipeline.render.typescript import Imports, call, chain, line_comment, quoted

PATH = "src/common/retention.service.ts"
_INDENT = 4
_CLASS = """\
/** How often rows are looked through, in milliseconds. */
const INTERVAL_MS = 3_600_000;

/** Erases what has been kept for as long as the rules say: at the start, and every hour. */
@@INJECTABLE@()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  public constructor(@@INJECT@(DatabaseService) private readonly db: DatabaseService) {}

  public async onApplicationBootstrap(): Promise<void> {
    await this.sweep();
    whenAdvanced(() => this.sweep());
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => {
        Logger.error(error, RetentionService.name);
      });
    }, INTERVAL_MS).unref();
  }

  public onModuleDestroy(): void {
    clearInterval(this.timer);
    whenAdvanced(() => Promise.resolve());
  }

  /** Erase every row whose time is over; rows that others depend on stay until those are gone. */
  public async sweep(): Promise<void> {
@SWEEPS@  }
}
"""


def render_retention(project: Project) -> tuple[File, ...]:
    """Render the service, if a rule says how long something is kept."""
    found = sweeps(project.analysis, project.database)
    if not found:
        return ()
    imports = Imports(schema_names(project))
    names = {
        "INJECTABLE": imports.value("@nestjs/common", "Injectable"),
        "INJECT": imports.value("@nestjs/common", "Inject"),
    }
    imports.value("@nestjs/common", "Logger")
    for name in ("OnApplicationBootstrap", "OnModuleDestroy"):
        imports.type("@nestjs/common", name)
    imports.value(relative(PATH, "src/common/clock.ts"), "whenAdvanced")
    module = relative(PATH, "src/database/database.service.ts")
    imports.value(module, "DatabaseService")
    scope = LocalScope(PATH, imports, None, project.database)
    text = _CLASS.replace("@SWEEPS@", "".join(_sweep(each, scope) for each in found))
    for mark, name in names.items():
        text = text.replace(f"@{mark}@", name)
    return (File(PATH, imports.render() + text),)


def _sweep(sweep: Sweep, scope: LocalScope) -> str:
    erase = chain(
        scope.db,
        [
            call("deleteFrom", quoted(sweep.table.plural)),
            *where_calls(sweep.where, sweep.table, scope),
            "execute()",
        ],
    )
    comment = line_comment(f"{sweep.rule.id}: {sweep.rule.statement}", _INDENT)
    return f"{comment}{layout(concat('await ', erase, ';'), _INDENT)}\n"
