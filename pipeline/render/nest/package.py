"""The package: its file for npm, and what a repository has beside its code."""

from __future__ import annotations

import json

from pipeline.names import to_snake
from pipeline.project import File, Project
from pipeline.render.nest.places import account_tables

_DEPENDENCIES = {
    "@nestjs/common": "12.5.1",
    "@nestjs/core": "12.5.1",
    "@nestjs/platform-express": "12.5.1",
    "jsonwebtoken": "9.0.3",
    "kysely": "0.29.9",
    "pg": "8.23.1",
    "reflect-metadata": "0.2.2",
    "rxjs": "7.8.2",
    "zod": "4.6.7",
}
_DEVELOPMENT = {
    "@types/express": "5.0.6",
    "@types/jsonwebtoken": "9.0.10",
    "@types/node": "24.19.2",
    "@types/pg": "8.23.1",
    "typescript": "7.0.2",
}
_ACCOUNT_PACKAGES = ("jsonwebtoken", "@types/jsonwebtoken")


def package_file(project: Project) -> File:
    """Render `package.json`, with the packages that the backend imports."""
    has_accounts = bool(account_tables(project))

    def kept(packages: dict[str, str]) -> dict[str, str]:
        return {
            name: version
            for name, version in packages.items()
            if has_accounts or name not in _ACCOUNT_PACKAGES
        }

    document = {
        "name": _package_name(project),
        "version": "0.1.0",
        "private": True,
        "description": project.analysis.summary,
        "type": "module",
        "engines": {"node": ">=24"},
        "scripts": {
            "build": "tsc",
            "check": "tsc --noEmit",
            "start": "node dist/src/main.js",
            "test": "node dist/test/run.js",
        },
        "dependencies": kept(_DEPENDENCIES),
        "devDependencies": kept(_DEVELOPMENT),
    }
    return File("package.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _package_name(project: Project) -> str:
    snake = to_snake(project.analysis.title)
    return (str(snake) or "generated").replace("_", "-") + "-backend"
