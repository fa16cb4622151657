"""Each construction that makes a rule, in sentences of domains that no reference request has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scoring.drafting.draft import Draft, DraftRule
from scoring.drafting.drafting import draft_brief

PEOPLE = "Players sign up with an e-mail address and a password of at least 8 characters.\n\n"
STAFF = "Players sign up with an e-mail address. Referees join by invitation.\n\n"


def rules(text: str, kind: str) -> list[DraftRule]:
    draft: Draft = draft_brief(text)
    return [rule for rule in draft.rules if rule.kind == kind]


def told(rule: DraftRule) -> Mapping[str, object]:
    left_out = ("minimum", "maximum") if rule.kind != "quota" else ()
    return {key: value for key, value in rule.details.items() if key not in left_out}


def check(text: str, kind: str, entity: str, action: str, details: Mapping[str, object]) -> None:
    found = rules(text, kind)
    fitting = [
        rule
        for rule in found
        if " ".join(rule.entity) == entity
        and action in rule.actions
        and details.items() <= told(rule).items()
    ]
    assert fitting, [(rule.entity, rule.actions, told(rule)) for rule in found]


TRANSITIONS = [
    (
        "A match has a title of 2 to 40 characters and a state (planned or called off; "
        "planned at first). A ticket has a price of 1 to 90 and a status (valid or cancelled; "
        "valid at first). Players cancel a valid ticket.",
        "ticket",
        "cancel",
        "valid",
        "cancelled",
    ),
    (
        "A recipe has a title of 2 to 40 characters. It is a draft at first. Its author "
        "publishes a draft.",
        "recipe",
        "publish",
        "draft",
        "published",
    ),
    (
        "A gate has a code of 2 to 9 characters. A gate is open at first. Referees close an "
        "open gate and reopen a closed one.",
        "gate",
        "reopen",
        "closed",
        "open",
    ),
    (
        "A court has a name of 2 to 40 characters. It is active at first. A referee can lock "
        "a court and unlock a locked one.",
        "court",
        "unlock",
        "locked",
        "active",
    ),
    (
        "A stall has a name of 2 to 40 characters. A stall is open at first. Its owner closes "
        "it while it is open, reopens it when it is closed or deletes it.",
        "stall",
        "close",
        "open",
        "closed",
    ),
    (
        "A loan has a sum of 1 to 500. A loan is requested at first. A referee approves or "
        "rejects it.",
        "loan",
        "approve",
        "requested",
        "approved",
    ),
    (
        "A claim has a text of 1 to 90 characters. A claim is filed at first. Only a claim "
        "that is not paid can be cancelled. Referees pay a filed claim.",
        "claim",
        "cancel",
        "filed",
        "cancelled",
    ),
    (
        "A parcel has a weight of 1 to 30. It is pending until the referees mark it as delivered.",
        "parcel",
        "mark delivered",
        "pending",
        "delivered",
    ),
    (
        "A bill has a sum of 1 to 900. A bill is open at first. Referees mark an open bill as "
        "settled.",
        "bill",
        "settled",
        "open",
        "settled",
    ),
    (
        "A lamp has a name of 1 to 20 characters. A lamp is active at first. A lamp can be "
        "paused and resumed by its owner.",
        "lamp",
        "resume",
        "paused",
        "active",
    ),
    (
        "A request starts as pending. Referees accept or decline a pending request.  A "
        "request has a reason of 2 to 90 characters.",
        "request",
        "decline",
        "pending",
        "declined",
    ),
]


@pytest.mark.parametrize(("text", "entity", "action", "source", "target"), TRANSITIONS)
def test_steps(text: str, entity: str, action: str, source: str, target: str) -> None:
    check(STAFF + text, "transition", entity, action, {"source": source, "target": target})


def test_a_step_may_start_from_several_states() -> None:
    text = (
        "A trip has a title of 2 to 40 characters. A trip is requested at first. Referees confirm "
        "a requested trip. The player cancels a trip that is requested or confirmed."
    )
    check(STAFF + text, "transition", "trip", "cancel", {"or_sources": ("confirmed",)})


def test_roles_are_given() -> None:
    text = (
        "A club has a name of 2 to 40 characters. A player joins a club once and is a guest at "
        "first. The founder promotes a guest to captain and demotes a captain to guest."
    )
    check(PEOPLE + text, "transition", "membership", "promote",
          {"attribute": "role", "source": "guest", "target": "captain"})  # fmt: skip


OTHER = [
    (
        "state",
        "Players write comments on matches. A comment has a text of 1 to 90 characters. A "
        "match has a status (live or hidden; live at first). Nobody comments on a hidden "
        "match.",
        "comment",
        "create",
        {"relation": "match", "value": "live"},
    ),
    (
        "state",
        "A lease has a rent of 1 to 900. A lease is a draft at first. Players sign a draft. "
        "Only a signed lease can be extended.",
        "lease",
        "extend",
        {"value": "signed"},
    ),
    (
        "state",
        "A stand has a name of 1 to 20 characters and a status (open or shut; open at first). "
        "Players begin a show in an open stand. A show has a title of 1 to 20 characters.",
        "show",
        "create",
        {"relation": "stand", "value": "open"},
    ),
    (
        "reference",
        "A garden has a name of 1 to 20 characters. Players make beds in the own garden. A "
        "bed has a width of 1 to 9.",
        "bed",
        "create",
        {"relation": "garden"},
    ),
    (
        "reference",
        "A film has a title of 1 to 20 characters. A film has scenes. A scene has a text of 1 "
        "to 90 characters. Only the player of the film touches its scenes.",
        "scene",
        "update",
        {"relation": "film"},
    ),
    (
        "reference",
        "A label has a name of 1 to 20 characters. A photo has one of the player's labels and "
        "a title of 1 to 20 characters.",
        "photo",
        "create",
        {"relation": "label"},
    ),
    (
        "stranger",
        "A song has a title of 1 to 20 characters. Players write songs. A player rates a song "
        "once. Rating an own song is refused.",
        "rating",
        "create",
        {"relation": "song"},
    ),
    (
        "stranger",
        "A player follows another once. Nobody follows themselves. A follow is kept.",
        "follow",
        "create",
        {"relation": "player"},
    ),
    (
        "membership",
        "A club has a name of 2 to 40 characters. A player joins a club once and is a guest "
        "at first. The founder promotes a guest to captain. A poll has a title of 2 to 40 "
        "characters. Captains of the club start polls.",
        "poll",
        "create",
        {"through": "membership", "value": "captain"},
    ),
    (
        "membership",
        "A club has a name of 2 to 40 characters. A player joins a club once. Players write "
        "essays in the clubs that they belong to. An essay has a text of 1 to 90 characters.",
        "essay",
        "create",
        {"through": "membership"},
    ),
    (
        "ownership",
        "A poem has a title of 2 to 40 characters. Only the author changes or deletes a poem.",
        "poem",
        "erase",
        {},
    ),
    (
        "ownership",
        "A poem has a title of 2 to 40 characters. Players see only their own poems, and "
        "delete them.",
        "poem",
        "list",
        {},
    ),
    (
        "ownership",
        "A poem has a title of 2 to 40 characters. Poems are seen, changed and deleted by "
        "nobody else.",
        "poem",
        "read",
        {},
    ),
    (
        "ownership",
        "A poem has a title of 2 to 40 characters. The author or a referee deletes a poem.",
        "poem",
        "erase",
        {"or_actors": ("referee",)},
    ),
    (
        "ownership",
        "A bill has a sum of 1 to 90. Players see only their own bills; referees see all.",
        "bill",
        "list",
        {"or_actors": ("referee",)},
    ),
    (
        "ownership",
        "A diary has a title of 2 to 40 characters. Diaries are private.",
        "diary",
        "read",
        {},
    ),
    (
        "visibility",
        "A poem has a title of 2 to 40 characters and a status (shown or hidden; shown at "
        "first). Hidden poems are not shown to anybody but referees.",
        "poem",
        "list",
        {"hidden": "hidden", "actors": ("referee",)},
    ),
    (
        "left_out",
        "A poem has a title of 2 to 40 characters. A deleted poem can be restored.",
        "poem",
        "list",
        {},
    ),
    (
        "uniqueness",
        "A dock has a unique code of 2 to 9 characters.",
        "dock",
        "create",
        {"attributes": ("code",), "scope": "global"},
    ),
    (
        "uniqueness",
        "A fleet has a title of 2 to 9 characters. Players make boats in the own fleet. A "
        "boat has a name of 2 to 40 characters that no other boat of the fleet has.",
        "boat",
        "create",
        {"attributes": ("name", "fleet")},
    ),
    (
        "uniqueness",
        "A player has at most 5 shelves, no two of the same name (1 to 20 characters).",
        "shelf",
        "create",
        {"attributes": ("name",), "scope": "owner"},
    ),
    (
        "uniqueness",
        "A song has a title of 1 to 20 characters. A player rates a song once.",
        "rating",
        "create",
        {"attributes": ("song",), "scope": "owner"},
    ),
    (
        "uniqueness",
        "A visit has a date. After the visit the player writes a report of 20 to 500 "
        "characters, one for each visit. A visit has a title of 1 to 9 characters.",
        "report",
        "create",
        {"attributes": ("visit",)},
    ),
    (
        "quota",
        "A player has at most 3 open bills. A bill has a sum of 1 to 90. A bill is open at first.",
        "bill",
        "create",
        {"maximum": 3, "value": "open"},
    ),
    (
        "quota",
        "A player writes at most 4 essays a day. An essay has a text of 1 to 90 characters.",
        "essay",
        "create",
        {"maximum": 4, "days": 1},
    ),
    (
        "restrict",
        "A shelf has a name of 1 to 9 characters. A jar has a name of 1 to 9 characters and a "
        "status (sealed or empty; sealed at first). A shelf with sealed jars cannot be "
        "deleted.",
        "shelf",
        "erase",
        {"child": "jar", "value": "sealed"},
    ),
    (
        "deletion",
        "A shelf has a name of 1 to 9 characters. A jar has a name of 1 to 9 characters. When "
        "a shelf is deleted its jars stay.",
        "shelf",
        "erase",
        {"child": "jar", "effect": "keep"},
    ),
    (
        "deletion",
        "A shelf has a name of 1 to 9 characters. A jar has a name of 1 to 9 characters. "
        "Deleting a shelf also deletes its jars, but a shelf with notes cannot be deleted.",
        "shelf",
        "erase",
        {"child": "jar", "effect": "erase"},
    ),
    (
        "default",
        "A memo has a text of 1 to 90 characters. A memo is unread at first.",
        "memo",
        "create",
        {"attribute": "is read", "value": "false"},
    ),
    (
        "window",
        "A memo has a text of 1 to 90 characters. A memo can be changed for 5 days.",
        "memo",
        "update",
        {"attribute": "created_at", "days": 5},
    ),
    (
        "window",
        "A visit has a title of 1 to 9 characters. Players book a visit at most 30 days ahead.",
        "visit",
        "create",
        {"days": 30},
    ),
    (
        "ahead",
        "A dog has a name of 1 to 9 characters and a birth date that is not in the future.",
        "dog",
        "create",
        {"attribute": "birth date", "side": "past"},
    ),
    (
        "order",
        "A lease has a rent of 1 to 900. It does not end before it starts.",
        "lease",
        "create",
        {"attribute": "end", "comparison": ">=", "other": "start"},
    ),
    (
        "effect",
        "A shelf has a name of 1 to 9 characters. A jar has a name of 1 to 9 characters. A "
        "shelf counts its jars.",
        "jar",
        "create",
        {"writes": "shelf", "value": "+1"},
    ),
    (
        "effect",
        "A poem has a title of 2 to 40 characters. Players comment on poems. A comment has a "
        "text of 1 to 90 characters. A player gets a notice when somebody comments on a poem "
        "of theirs.",
        "comment",
        "create",
        {"writes": "notice", "change": "insert"},
    ),
    (
        "effect",
        "A loan has a sum of 1 to 500. A loan is requested at first. A referee rejects a "
        "requested loan with a reason of 3 to 90 characters.",
        "loan",
        "reject",
        {"attribute": "reason", "value": "given"},
    ),
    (
        "effect",
        "A hike has a distance of 1 to 90. The price is hours times fee per hour. A hike has "
        "a title of 1 to 9 characters.",
        "hike",
        "create",
        {"attribute": "price", "change": "insert"},
    ),
    (
        "effect",
        "A poem has a title of 2 to 40 characters. A poem can be changed; its earlier titles "
        "are kept.",
        "poem",
        "update",
        {"writes": "poem version"},
    ),
]


@pytest.mark.parametrize(("kind", "text", "entity", "action", "details"), OTHER)
def test_rules_of_other_domains(
    kind: str, text: str, entity: str, action: str, details: Mapping[str, object]
) -> None:
    check(STAFF + text, kind, entity, action, details)


NOTHING = [
    ("transition", "A poem has a title of 2 to 40 characters. Players read poems."),
    ("uniqueness", "A player leaves the club at once. A club has a name of 2 to 9 characters."),
    ("deletion", "A shelf has a name of 1 to 9 characters. A shelf with jars cannot be deleted."),
    ("ownership", "A poem has a title of 2 to 40 characters. Everybody reads poems."),
    ("reference", "A poem has a title of 2 to 40 characters. Players write poems."),
    ("state", "A poem has a status (shown or hidden; shown at first). Players write poems."),
    ("effect", "A poem has a title of 2 to 40 characters. Players write poems and read them."),
]


@pytest.mark.parametrize(("kind", "text"), NOTHING)
def test_what_is_not_said_is_not_drafted(kind: str, text: str) -> None:
    found = [rule for rule in rules(STAFF + text, kind) if rule.entity != ("player",)]
    assert not found
