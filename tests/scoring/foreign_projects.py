"""The hand-made projects in `foreign/`: laid out over one another, and what is left out of each."""

from __future__ import annotations

import shutil
from pathlib import Path

FOREIGN = Path(__file__).parent / "foreign"
LAYERS: dict[str, tuple[str, ...]] = {
    "nestia-stubs": ("nestia",),
    "classic-silent": ("classic",),
    "typeorm": ("rest",),
    "mikro": ("rest",),
    "drizzle": ("rest",),
    "mongoose": ("rest",),
    "sequelize": ("rest",),
    "sql": ("rest",),
    "active": ("rest", "typeorm"),
    "builder": ("rest", "typeorm"),
    "repository": ("rest", "typeorm"),
    "graphql": ("rest", "typeorm"),
}
"""Folder → the projects that it is laid over."""
WITHOUT = {
    "graphql": tuple(f"src/{name}/{name}.controller.ts" for name in ("auth", "lists", "todos"))
}
READ = ("typeorm", "mikro", "drizzle", "mongoose", "active", "repository")
"""Projects with one behaviour whose data layers are read."""


def lay_out(name: str, out: Path) -> Path:
    """Write a project into a folder below `out`."""
    folder = out / name
    for layer in (*LAYERS.get(name, ()), name):
        shutil.copytree(FOREIGN / layer, folder, dirs_exist_ok=True)
    for path in WITHOUT.get(name, ()):
        (folder / path).unlink()
    return folder
