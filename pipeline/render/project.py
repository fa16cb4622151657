"""The whole generated project: every renderer's files, in the order of their paths."""

from __future__ import annotations

from pipeline.project import File, Project
from pipeline.render import e2e, erd, nest, openapi, prisma, sdk, srs

RENDERERS = (
    srs.render,
    prisma.render,
    erd.render,
    openapi.render,
    nest.render,
    sdk.render,
    e2e.render,
)


def render(project: Project) -> tuple[File, ...]:
    """Render the six artifacts. Raises ValueError if two renderers claim one path."""
    found: dict[str, File] = {}
    for renderer in RENDERERS:
        for file in renderer(project):
            if file.path in found:
                raise ValueError(f"two renderers claim {file.path}")
            found[file.path] = file
    return tuple(found[path] for path in sorted(found))
