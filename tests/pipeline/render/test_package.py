"""The package file, its lock file, and what else a repository has."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline.node import toolchain
from pipeline.project import Project
from pipeline.render import nest
from pipeline.render.nest.package import package_name
from tests.pipeline.render.samples import forum_project, todo_project

CHECKED_WITH = "typescript"
"""We check with version 7; typescript-eslint takes versions up to 6."""


def files_of(project: Project) -> dict[str, str]:
    return {file.path: file.text for file in nest.render(project)}


def titled(title: str) -> Project:
    project = todo_project()
    return replace(project, analysis=project.analysis.model_copy(update={"title": title}))


def without_accounts() -> Project:
    project = todo_project()
    analysis = project.analysis.model_copy(update={"actors": ()})
    return replace(project, analysis=analysis)


@pytest.mark.parametrize("make", [todo_project, forum_project])
def test_lock_file_agrees_with_the_package_file(make) -> None:
    files = files_of(make())
    package, lock = json.loads(files["package.json"]), json.loads(files["package-lock.json"])
    root = lock["packages"][""]
    for member in ("name", "version", "dependencies", "devDependencies", "engines"):
        assert root[member] == package[member]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_runtime_packages_are_those_that_we_check_with() -> None:
    package = json.loads(files_of(todo_project())["package.json"])
    toolchain_file = toolchain.TOOLCHAIN_DIR / "package.json"
    known = json.loads(toolchain_file.read_text("utf-8"))["dependencies"]
    shared = package["dependencies"] | package["devDependencies"]
    assert set(package["dependencies"]) <= set(known)
    for name, version in shared.items():
        assert name == CHECKED_WITH or known.get(name, version) == version


def test_lock_file_has_what_is_needed_and_nothing_else() -> None:
    whole = json.loads(files_of(todo_project())["package-lock.json"])["packages"]
    bare = json.loads(files_of(without_accounts())["package-lock.json"])["packages"]
    gone = set(whole) - set(bare)
    assert {"node_modules/jsonwebtoken", "node_modules/jws"} <= gone
    assert set(bare) < set(whole)
    for place, package in bare.items():
        for name in package.get("dependencies", {}):
            folders = [place, *(p for p in bare if place.startswith(f"{p}/")), ""]
            assert any(f"{f}/node_modules/{name}".lstrip("/") in bare for f in folders), name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Todo lists, private to each member", "todo-lists-private-to-each-member-backend"),
        ("Ünïcode", "unicode-backend"),
        ("42", "generated-backend"),
        (
            "A market where many sellers offer their goods to customers who pay",
            "a-market-where-many-sellers-offer-their-goods-to-customers-backend",
        ),
    ],
)
def test_package_is_named_by_whole_words(title: str, name: str) -> None:
    assert package_name(titled(title)) == name


def test_secrets_stay_out_of_the_repository_and_the_image() -> None:
    files = files_of(todo_project())
    assert ".env" in files[".gitignore"].splitlines()
    assert files[".dockerignore"].splitlines()[0] == "*"
    assert "!.env" not in files[".dockerignore"]
    assert "USER node" in files["Dockerfile"]
    assert "HEALTHCHECK" in files["Dockerfile"]


def test_every_variable_is_explained() -> None:
    files = files_of(forum_project())
    for line in files["src/config.ts"].splitlines():
        variable = line.partition("read.")[2].rstrip(",")
        if variable.isupper():
            assert f"# {variable}=" in files[".env.example"]
            assert f"| `{variable}` |" in files["README.md"]
