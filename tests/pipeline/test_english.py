"""English plurals and articles."""

from __future__ import annotations

import pytest

from pipeline.english import counted, plural, singular, with_article

NOUNS = """
account achievement activity address agenda aircraft alias analysis announcement answer api
appendix appointment article asset attendance axis badge batch bonus book box branch bus business
campus canvas card case category chassis chat chef child chief class cookie course crisis criterion
currency data database datum day deadline delivery desk diagnosis dish domain echo entry equipment
event exercise expense experience family feedback fish foot formula gallery gas goose grade half
hero history hobby horse house hypothesis idea image index industry information inventory invoice
issue journey key knife language leave lens lesson library license life list loaf location log logo
man match means media memo menu message metadata mouse movie music news nurse office order ox
parent party pass patch patient penalty person phone photo piano playlist policy potato price
process product promo proof property purchase quantity query queue quiz quota radio rank reply
response rhythm role roof salary scarf scenario schema self series session sheep shelf shoe size
sku sms species specimen spouse staff status story street studio summary survey synopsis tax taxi
team thesis thief ticket tie todo tomato tooth toy traffic trip update user vacancy valve vehicle
veto video virus visa visit vote warehouse watch web week wife wiki wish witness wolf woman
zero zone
""".split()


@pytest.mark.parametrize("noun", NOUNS)
def test_round_trip(noun: str) -> None:
    several = plural(noun)
    assert plural(several) == several, "a plural stays"
    assert singular(noun) == (noun if noun != "data" else "datum"), "a singular stays"
    assert singular(several) == singular(noun)


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("todo", "todos"),
        ("category", "categories"),
        ("box", "boxes"),
        ("day", "days"),
        ("child", "children"),
        ("status", "statuses"),
        ("analysis", "analyses"),
        ("movie", "movies"),
        ("quiz", "quizzes"),
        ("equipment", "equipment"),
        ("user_address", "user_addresses"),
        ("userAddress", "userAddresses"),
        ("user address", "user addresses"),
        ("article_2", "articles_2"),
        ("Person", "People"),
        ("ORDER_ENTRY", "ORDER_ENTRIES"),
    ],
)
def test_plurals(one: str, several: str) -> None:
    assert plural(one) == several
    assert singular(several) == one


def test_plurals_that_are_read_only() -> None:
    assert singular("indices") == "index"
    assert singular("themselves") == "themselves"
    assert singular("user_settings") == "user_setting"
    assert (plural(""), singular("")) == ("", "")


@pytest.mark.parametrize(
    "phrase",
    "a todo,an article,an hour,a user,a unit,a one time code,a european order,an html page,"
    "a url,a uuid,an sms,a vip,an hr manager".split(","),
)
def test_articles(phrase: str) -> None:
    article, noun = phrase.split(" ", 1)
    assert with_article(noun) == f"{article} {noun}"


def test_counted() -> None:
    assert (counted(1, "entry"), counted(2, "entry")) == ("1 entry", "2 entries")
