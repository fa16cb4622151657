from __future__ import annotations

import re

import pytest

from pipeline.ast.interface import CountSource, FlagSource, ParentSource
from pipeline.project import Project
from pipeline.render.project import render
from tests.pipeline.derive.reads.magazine import magazine


@pytest.fixture(scope="module")
def project() -> Project:
    return magazine()


def service(project: Project, name: str) -> str:
    return next(f.text for f in render(project) if f.path.endswith(f"{name}.service.ts"))


def test_answers_show_what_the_form_names(project: Project) -> None:
    shown = {p.name: p.source for p in project.interface.object("Article").properties if p.source}
    assert shown == {
        "author": ParentSource(kind="parent", relation="author"),
        "topic": ParentSource(kind="parent", relation="topic"),
        "commentsCount": CountSource(kind="count", table="comment", relation="article"),
        "favouritesCount": CountSource(kind="count", table="favourite", relation="article"),
        "favourited": FlagSource(
            kind="flag", table="favourite", relation="article", actor="member", owner="member_id"
        ),
    }


def test_who_follows_somebody_is_not_who_that_one_follows(project: Project) -> None:
    shown = {p.name: p.source for p in project.interface.object("Member").properties if p.source}
    assert shown["followsCount"] == CountSource(kind="count", table="follow", relation="followed")
    following = shown["following"]
    assert isinstance(following, FlagSource)
    assert (following.relation, following.owner) == ("followed", "follower_id")


def test_a_preview_is_short_and_has_no_address(project: Project) -> None:
    preview = project.interface.object("MemberPreview")
    assert [p.name for p in preview.properties] == ["id", "nickname", "bornOn"]


def test_a_row_that_need_not_be_there_may_be_null(project: Project) -> None:
    shown = {p.name: p.schema_.type for p in project.interface.object("Article").properties}
    assert (shown["author"], shown["topic"]) == ("reference", "one_of")


def test_a_list_reads_details_in_its_own_query(project: Project) -> None:
    text = service(project, "articles")
    listing = text[text.index("async list") :].split("\n  }\n")[0]
    assert ".selectAll().select(this.articleDetails(actor))" in listing
    assert listing.count("await") == 1


def test_only_answers_that_have_flags_ask_who_calls(project: Project) -> None:
    assert re.search(r"commentDetails\(\)", service(project, "comments"))
    assert "NOBODY" not in service(project, "comments")


def test_what_points_at_a_row_is_tested(project: Project) -> None:
    test = next(t for t in project.tests.functions if t.name == "article_shows_what_belongs_to_it")
    text = test.model_dump_json()
    for path in ('["author","id"]', '["commentsCount"]', '["favourited"]'):
        assert path in text
