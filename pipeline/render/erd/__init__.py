"""The entity-relationship diagram: a page in Markdown, and a picture."""

from __future__ import annotations

from pipeline.project import File, Project
from pipeline.render.erd import svg
from pipeline.render.erd.page import page


def render(project: Project) -> tuple[File, ...]:
    """Render `docs/erd.md` and `docs/erd.svg`."""
    picture = svg.draw(project.analysis.title, project.database.tables)
    return File("docs/erd.md", page(project)), File("docs/erd.svg", picture)
