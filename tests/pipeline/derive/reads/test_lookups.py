from __future__ import annotations

import pytest

from pipeline.derive.reads.lookups import is_lookup, looked_up, lookup_columns
from pipeline.project import Project
from pipeline.render.project import render
from tests.pipeline.derive.reads.magazine import magazine


@pytest.fixture(scope="module")
def project() -> Project:
    return magazine()


def test_a_row_is_read_by_what_no_other_row_shares(project: Project) -> None:
    assert lookup_columns(project.database.table("article")) == ["slug", "code"]
    found = project.interface.operation("articles.readBySlug")
    assert (found.http_method, found.path) == ("GET", "/articles/by-slug/{articleSlug}")
    assert is_lookup(found)
    assert looked_up(project.interface, found).id == "articles.read"


def test_a_look_up_is_for_whom_the_read_is_for(project: Project) -> None:
    read = project.interface.operation("articles.read")
    found = project.interface.operation("articles.readBySlug")
    assert (found.actors, found.guests, found.errors) == (read.actors, read.guests, read.errors)


def test_what_is_generated_is_unique_and_asked_of_nobody(project: Project) -> None:
    assert {("slug",), ("code",)} <= set(project.database.table("article").unique_keys())
    taken = {p.name for p in project.interface.object("ArticleCreate").properties}
    assert not taken & {"slug", "code"}
    files = {file.path: file.text for file in render(project)}
    service = files["src/modules/articles/articles.service.ts"]
    assert "const slug = slugOf(body.title, 60);" in service
    assert "slug: slugCount === 0 ? slug : endedSlugOf(body.title, 60)" in service
    assert "code: randomCode(8)" in service
    assert "src/common/codes.ts" in files


def test_look_ups_are_tested(project: Project) -> None:
    tested = {test.operation for test in project.tests.functions}
    assert {"articles.readBySlug", "articles.readByCode"} <= tested
