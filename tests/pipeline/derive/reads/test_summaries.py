from __future__ import annotations

import pytest

from pipeline.derive.reads.summaries import group_columns
from pipeline.project import Project
from pipeline.render.project import render
from tests.pipeline.derive.reads.magazine import magazine


@pytest.fixture(scope="module")
def project() -> Project:
    return magazine()


def shapes(project: Project, name: str) -> dict[str, str]:
    return {p.name: p.schema_.type for p in project.interface.object(name).properties}


def test_rows_are_grouped_by_words_related_rows_and_times(project: Project) -> None:
    assert group_columns(project.database.table("article")) == [
        "author_id",
        "topic_id",
        "state",
        "appears_on",
        "created_at",
    ]
    assert group_columns(project.database.table("topic")) == ["label", "created_at"]


def test_a_summary_is_asked_by_filters_alone(project: Project) -> None:
    summary = project.interface.operation("articles.byState")
    assert (summary.http_method, summary.path) == ("GET", "/articles/by-state")
    asked = {p.name for p in project.interface.object(summary.query_schema or "").properties}
    assert {"state", "minPrice", "search"} <= asked
    assert not asked & {"page", "limit", "sort"}


def test_without_groups_there_may_be_nothing_to_make_a_figure_of(project: Project) -> None:
    assert shapes(project, "ArticleSummaryFigures") == {
        "count": "integer",
        "sumPrice": "number",
        "averagePrice": "one_of",
        "minimumPrice": "one_of",
        "maximumAppearsOn": "one_of",
    }


def test_a_group_is_named_by_its_column_or_period(project: Project) -> None:
    assert shapes(project, "ArticleByTopicFigures") == {"data": "array"}
    assert list(shapes(project, "ArticleByTopicFiguresRow"))[:2] == ["topicId", "count"]
    assert shapes(project, "ArticleByMonthFiguresRow") == {
        "month": "string",
        "count": "integer",
        "sumPrice": "number",
        "averagePrice": "number",
        "minimumPrice": "number",
        "maximumAppearsOn": "string",
    }


def test_figures_are_read_in_one_query(project: Project) -> None:
    text = next(f.text for f in render(project) if f.path.endswith("articles.service.ts"))
    assert '.orderBy("count", "desc")' in text[text.index("async byTopic") :].split("\n  }\n")[0]
    summary = text[text.index("async byMonth") :].split("\n  }\n")[0]
    assert summary.count("await") == 1
    assert '.groupBy(period("articles.created_at", "month"))' in summary
    assert "toCents(group.sumPrice)" in summary
