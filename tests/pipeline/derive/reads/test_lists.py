from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ast.interface import NEWEST_FIRST
from pipeline.ast.resource import Exposure
from pipeline.derive.reads.lists import list_query
from pipeline.node.compile import check_project
from pipeline.node.runtime import verify_project
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.render.project import render
from tests.pipeline.derive.reads.magazine import magazine


@pytest.fixture(scope="module")
def project() -> Project:
    return magazine()


def test_a_range_has_two_ends_and_is_not_held_to_the_bounds(project: Project) -> None:
    properties = {p.name: p.schema_ for p in project.interface.object("ArticleQuery").properties}
    assert {"minPrice", "maxPrice", "minPages", "appearsOnFrom", "createdAtTo"} <= set(properties)
    assert properties["minPages"].model_dump() == {
        "type": "integer",
        "minimum": None,
        "maximum": None,
    }


def test_what_a_filter_would_be_called_is_not_taken_twice(project: Project) -> None:
    exposure = Exposure(
        shown=(),
        writable_on_create=(),
        writable_on_update=(),
        filters=("price", "price"),
        search=("title",),
        sorts=(),
    )
    query = list_query(project.database, project.database.table("article"), exposure, NEWEST_FIRST)
    assert [each.property for each in query.filters] == ["price", "price2"]


def test_a_list_is_filtered_by_rows_that_belong_to_its_own(project: Project) -> None:
    asked = {p.name: p for p in project.interface.object("ArticleQuery").properties}
    assert asked["favouriteMemberId"].column is None
    service = next(f.text for f in render(project) if f.path.endswith("articles.service.ts"))
    assert 'selectFrom("favourites").select("article_id").where(' in "".join(service.split())
    indexes = {index.columns for index in project.database.table("favourite").indexes}
    assert ("member_id", "article_id") in indexes


def test_what_ranges_compare_is_indexed(project: Project) -> None:
    indexes = {index.columns for index in project.database.table("article").indexes}
    assert {("pages",), ("appears_on",)} <= indexes
    assert ("title",) not in indexes


def test_a_search_looks_for_each_word_in_all_its_columns(project: Project) -> None:
    service = next(
        file.text for file in render(project) if file.path.endswith("articles.service.ts")
    )
    assert 'containsWords(["articles.title", "articles.text"], query.search)' in service


def test_ranges_and_searches_are_tested(project: Project) -> None:
    test = next(t for t in project.tests.functions if t.name == "articles_are_filtered")
    text = test.model_dump_json()
    for parameter in ("search", "minPrice", "maxPages", "appearsOnTo"):
        assert f'"property":"{parameter}"' in text


def test_a_service_that_has_them_all_passes_its_tests(project: Project, tmp_path: Path) -> None:
    write_files(tmp_path, {file.path: file.text for file in render(project)})
    assert check_project(tmp_path).diagnostics == ()
    report = verify_project(tmp_path)
    assert [(t.name, t.error) for t in report.tests if not t.ok] == []


def test_a_further_list_has_a_name_filters_and_sorts_of_its_own(project: Project) -> None:
    feed = project.interface.operation("articles.feed")
    assert (feed.kind, feed.path, feed.query_schema) == (
        "list",
        "/articles/feed",
        "ArticleFeedFilters",
    )
    assert feed.query is not None
    assert feed.query.sorts == ("price", "created_at")
    assert [f.property for f in feed.query.filters if f.match == "equals"] == ["state"]
    assert feed.response == "ArticlePage"


def test_an_account_reads_itself_without_a_key(project: Project) -> None:
    me = project.interface.operation("members.me")
    assert (me.http_method, me.path, me.parameters) == ("GET", "/members/me", ())
    assert any(t.name == "member_sees_its_own_account" for t in project.tests.functions)
