"""The backend: a NestJS project with Kysely on SQLite, from the database to the README."""

from __future__ import annotations

from pipeline.project import File, Project
from pipeline.render.nest.application import render_application
from pipeline.render.nest.controller import render_controller, render_module
from pipeline.render.nest.database import render_database
from pipeline.render.nest.places import resources
from pipeline.render.nest.retention import render_retention
from pipeline.render.nest.service.service import render_service
from pipeline.render.nest.structures import render_structures


def render(project: Project) -> tuple[File, ...]:
    """Render the files of the backend: `src/`, package file, compiler settings, README."""
    found = [*render_application(project), *render_database(project), *render_structures(project)]
    found += render_retention(project)
    for resource in resources(project):
        found.append(render_module(project, resource))
        found.append(render_controller(project, resource))
        found.append(render_service(project, resource))
    return tuple(found)
