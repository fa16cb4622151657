"""Constructions that speak of several things at once, in sentences of other domains."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scoring.drafting.drafting import draft_brief

PEOPLE = "Players sign up with an e-mail address. Referees join by invitation.\n\n"
SHELF = "Players make shelves. A shelf has a name of 1 to 9 characters. "
JAR = "A jar has a label of 1 to 9 characters. "
CLUB = (
    "A club has a name of 2 to 40 characters. A player joins a club once and is a guest at first. "
    "The founder promotes a guest to captain. "
)
LOAN = "A loan has a sum of 1 to 500. A loan is requested at first. "
CASES: list[tuple[str, str, str, str, Mapping[str, object]]] = [
    (
        "transition",
        "A shift has a place of 1 to 9 characters. Players apply for a shift once. An application "
        "is pending until a referee accepts or declines it.",
        "application",
        "decline",
        {"source": "pending", "target": "declined"},
    ),
    (
        "limit",
        "Players send messages. A message has 1 to 90 characters. A shift has a place of 1 to 9 "
        "characters. Players apply for a shift once, with a message of at most 30 characters. An "
        "application is pending at first.",
        "application",
        "create",
        {"attribute": "message", "maximum": 30},
    ),
    (
        "stranger",
        "A song has a title of 1 to 9 characters. Each player can like a song once, but not an own "
        "one.",
        "like",
        "create",
        {"relation": "song"},
    ),
    (
        "window",
        "A jar has a label of 1 to 9 characters. Referees make jars and correct them for 7 days.",
        "jar",
        "correct",
        {"attribute": "created_at", "days": 7},
    ),
    (
        "deletion",
        JAR + "When a player is deleted his jars are kept.",
        "player",
        "erase",
        {"child": "jar", "effect": "keep"},
    ),
    (
        "ownership",
        JAR + "A jar is seen by its player and by the referees, by nobody else.",
        "jar",
        "list",
        {"or_actors": ("referee",)},
    ),
    (
        "ownership",
        CLUB + "Polls have a title of 1 to 9 characters. Players make polls. Polls are seen by "
        "their player and by the captains of the club, not by others.",
        "poll",
        "read",
        {"or_through": "membership", "or_value": "captain"},
    ),
    (
        "ownership",
        "Nobody ever sees a row of a club that is not his own.\n\n"
        + CLUB
        + "Players make polls in the own club. A poll has a title of 1 to 9 characters.",
        "poll",
        "list",
        {},
    ),
    (
        "order",
        CLUB + "Players make polls in the own club. A poll has a title of 1 to 9 characters. "
        "Players write votes under an own poll and in the own club. A vote has a note of 1 to 9 "
        "characters. Whatever names a row of another club is refused.",
        "vote",
        "create",
        {"attribute": "poll.club", "comparison": "=", "other": "club"},
    ),
    (
        "transition",
        LOAN + "Staff take it back: it is returned (requested at first).",
        "loan",
        "return",
        {"source": "requested", "target": "returned"},
    ),
    (
        "needed",
        LOAN + "A referee rejects a requested loan with a reason of 3 to 90 characters; without a "
        "reason they cannot.",
        "loan",
        "reject",
        {"attribute": "reason"},
    ),
    (
        "state",
        "A box has a name of 1 to 9 characters and a status (open or shut; open at first). Players "
        "put a jar in a box once, with a place from 1 to 9. "
        + JAR
        + "Once a box is shut nothing in it changes.",
        "box item",
        "update",
        {"relation": "box", "value": "open"},
    ),
    (
        "state",
        JAR + "A jar has a status (full or broken; full at first). Players begin a recipe with a "
        "jar. A recipe has a title of 1 to 9 characters. A broken jar: all that is refused.",
        "recipe",
        "create",
        {"relation": "jar", "value": "full"},
    ),
    (
        "filled",
        "A box has a name of 1 to 9 characters. A player puts a jar in a box once. "
        + JAR
        + "Players begin a journey with a box. A journey has a note of 1 to 9 characters. An "
        "empty box: all that is refused.",
        "journey",
        "create",
        {"child": "box item", "relation": "box"},
    ),
    (
        "reference",
        "A film has a title of 1 to 9 characters. A scene has a text of 1 to 90 characters. Only "
        "the player of the film does all this.",
        "scene",
        "update",
        {"relation": "film"},
    ),
    (
        "uniqueness",
        JAR + "Players vote on jars. A vote is kept. Everybody has one vote for a jar.",
        "vote",
        "create",
        {"attributes": ("jar",), "scope": "owner"},
    ),
    (
        "uniqueness",
        "A hall has a name of 1 to 9 characters. Players make concerts in the own hall, one a day "
        "at most. A concert has a title of 1 to 9 characters.",
        "concert",
        "create",
        {"attributes": ("hall", "day")},
    ),
    (
        "uniqueness",
        "Referees create and delete labels. A label has a name of 1 to 9 characters. A dish has a "
        "title of 1 to 9 characters and the same label once at most, with a weight from 1 to 9.",
        "dish label",
        "create",
        {"attributes": ("dish", "label")},
    ),
    (
        "uniqueness",
        CLUB + "A player is a member of a club once at most.",
        "membership",
        "create",
        {"attributes": ("club", "player")},
    ),
    (
        "window",
        "Referees change a player's rank (junior or senior; junior at first). Juniors book a visit "
        "at most 7 days ahead, seniors 30. A visit has a title of 1 to 9 characters.",
        "visit",
        "create",
        {"days": 30, "caller": {"rank": "senior"}},
    ),
    (
        "window",
        "A visit has a title of 1 to 9 characters. A visit is planned at first. The player cancels "
        "a planned visit, at least 48 hours before its start.",
        "visit",
        "cancel",
        {"days": 2, "beyond": True},
    ),
    (
        "order",
        "A lease has a rent of 1 to 900. It does not end before it starts. A lease is signed at "
        "first. Only a signed lease can be extended, and then it ends later than before.",
        "lease",
        "extend",
        {"comparison": ">", "other": "end"},
    ),
    (
        "order",
        "A voucher has a worth from 1 to 90 and a least sum from 1 to 900 that is not below the "
        "worth.",
        "voucher",
        "create",
        {"attribute": "minimum sum", "comparison": ">=", "other": "worth"},
    ),
    (
        "bar",
        "A club has a name of 2 to 40 characters. A player joins a club once. Referees ban a "
        "player with a reason of 3 to 90 characters. A ban has an end that lies ahead. A banned "
        "player leaves the club at once and cannot join it until the ban is over.",
        "membership",
        "create",
        {"through": "ban"},
    ),
    (
        "effect",
        "Players write songs. A song has a title of 1 to 9 characters. Players rate a song once, "
        "from 1 to 5 stars. The song adds up the ratings. A song counts its ratings and adds up "
        "their stars.",
        "rating",
        "create",
        {"writes": "song", "value": "sum of star"},
    ),
    (
        "effect",
        LOAN + "A referee approves a requested loan. Everything that happens to a loan is kept in "
        "its history.",
        "loan",
        "approve",
        {"writes": "loan history", "change": "insert"},
    ),
    (
        "effect",
        LOAN + "A referee approves a requested loan. Each step is kept as an event. An event has a "
        "date and a note of 1 to 9 characters.",
        "loan",
        "approve",
        {"writes": "event", "change": "insert"},
    ),
    (
        "effect",
        SHELF + JAR + "A shelf is created with 1 to 9 jars.",
        "shelf",
        "create",
        {"writes": "jar", "change": "insert"},
    ),
    (
        "effect",
        SHELF + "Reading a shelf, by name, counts a visit.",
        "shelf",
        "read",
        {"attribute": "visits", "value": "+1"},
    ),
    (
        "effect",
        "Referees create, change and delete spices and dishes. A spice has a name of 1 to 9 "
        "characters. A dish has a title of 1 to 9 characters and up to 5 spices.",
        "dish",
        "create",
        {"writes": "dish spice"},
    ),
    (
        "deletion",
        "Referees create, change and delete spices and dishes. A spice has a name of 1 to 9 "
        "characters. Deleting it takes it off its dishes. A dish has a title of 1 to 9 characters "
        "and up to 5 spices.",
        "spice",
        "erase",
        {"child": "dish spice", "effect": "erase"},
    ),
    (
        "effect",
        JAR + "A jar has a status (full or sold; full at first). Players make bills of 1 to 90 "
        "euros for a jar; then the jar is sold. A bill has a sum of 1 to 90.",
        "bill",
        "create",
        {"writes": "jar", "value": "sold"},
    ),
    (
        "membership",
        CLUB + "A poll has a title of 1 to 9 characters. A poll is open at first. Captains of the "
        "club close an open poll.",
        "poll",
        "close",
        {"through": "membership", "value": "captain"},
    ),
    (
        "visibility",
        CLUB + "Players write notes in the own club. A poem has a title of 1 to 9 characters and a "
        "status (shown or removed; shown at first). A removed poem is shown to its author and to "
        "the captains only.",
        "poem",
        "list",
        {"or_owner": True, "or_through": "membership"},
    ),
]


@pytest.mark.parametrize(("kind", "text", "entity", "action", "details"), CASES)
def test_constructions(
    kind: str, text: str, entity: str, action: str, details: Mapping[str, object]
) -> None:
    found = [rule for rule in draft_brief(PEOPLE + text).rules if rule.kind == kind]
    assert any(
        " ".join(rule.entity) == entity
        and action in rule.actions
        and details.items() <= dict(rule.details).items()
        for rule in found
    ), [(rule.entity, rule.actions, rule.details) for rule in found]


def test_accounts_in_the_same_way_have_the_same() -> None:
    draft = draft_brief(
        "Buyers sign up with an e-mail address and a name of 2 to 9 characters; vendors in the "
        "same way."
    )
    assert draft.entities[("vendor",)].attributes[("name",)].maximum == 9


def test_numbers_that_stand_for_something_are_a_range() -> None:
    text = JAR + "Players vote on jars: 1 for good, -1 for bad. A vote is kept by the backend."
    vote = draft_brief(PEOPLE + text).entities[("vote",)].attributes[("value",)]
    assert (vote.minimum, vote.maximum) == (-1, 1)
