"""Whole requests of other domains, in other people's words: what is read, and nothing else."""

from __future__ import annotations

import pytest

from scoring.drafting.drafting import draft_brief

CLINIC = """
We need a backend for a veterinary clinic. Pet owners register with an e-mail address, a password
of at least 10 characters and a name of 2 to 50 characters. Vets join by invitation. Everybody
manages only the own account.

An owner registers pets. A pet has a name of 1 to 40 characters, a species (dog, cat, bird or
other), a birth date that is not in the future and a weight from 0.1 to 200 kilograms. An owner has
at most 12 pets. Only its owner sees, changes or deletes a pet. A pet that has appointments cannot
be deleted.

An owner books an appointment for an own pet with a vet, at most 60 days ahead. An appointment has a
reason of 5 to 400 characters. It is requested at first. Vets confirm or decline a requested
appointment. The owner cancels an appointment that is requested or confirmed. Vets mark a confirmed
appointment as done.

After the visit the vet writes a report of 20 to 5000 characters, one for each appointment. Owners
rate an appointment once, from 1 to 5 stars. When a pet is deleted its vaccinations are deleted too.
Vets add, change and delete vaccinations. A vaccination has a vaccine of 2 to 80 characters.
"""
TOOLS = """
A site where people lend tools to each other.

Users sign up with an email, a password (8 to 72 characters) and a display name (3 to 30
characters, unique).

A user can list tools. Each tool has a title (up to 80 characters), a description (optional, up to
1000 characters), a daily fee between 0 and 100, and a condition: new, good or worn. Users can only
edit or remove their own tools. A tool can be paused and resumed by its owner. Paused tools are
hidden from everyone except their owner.

Users request to borrow a tool for 1 to 14 days. A request starts as pending. The owner of the tool
can accept or reject a pending request. The borrower can withdraw it while it is pending. A user may
have no more than 3 pending requests. Deleting a tool also deletes its requests, but a tool with
accepted requests cannot be deleted.
"""
TALKS = """
Organisers and speakers register with an e-mail address and a password of 8 to 64 characters.

An organiser creates conferences. A conference has a title of 5 to 100 characters and a status:
planned, running or over; it is planned at first. Only the organiser of a conference changes it. A
conference with accepted talks cannot be deleted.

Speakers submit talks to a planned conference: a title of 5 to 120 characters, an abstract of 100 to
2000 characters and a length of 10 to 90 minutes. A speaker submits at most 5 talks to a conference.
A talk is submitted at first. The organiser of the conference accepts or rejects a submitted talk.
The speaker can withdraw a talk until it is accepted.

No two rooms of a conference have the same name. A room has a name of 1 to 40 characters and 10 to
2000 places. Attendees sign up like speakers. Attendees rate talks with 1 to 5 stars, once per talk;
nobody rates a talk of their own.
"""
SEEDS = """
Build an API for a public library of seeds. Gardeners create an account with their email and a
password of at least 9 characters. Curators are added by other curators.

Curators maintain varieties: every variety has a Latin name (unique, 3 to 120 characters) and a
sowing month between 1 and 12.

A gardener can donate a packet of seeds of a variety. A packet has a quantity of 1 to 500 seeds. New
packets are unchecked. A curator checks an unchecked packet and either accepts or rejects it.
Gardeners reserve accepted packets. A gardener may hold at most four reservations at the same time.
Deleting a packet is only possible if it has no reservations.
"""
CARS = """
Drivers sign up with an e-mail address, a password of at least 12 characters and a licence number of
6 to 20 characters that no other driver has. Managers sign up with an invite code.

Managers add cars. A car has a plate (unique, 2 to 12 characters), a model of 2 to 60 characters, 2
to 9 seats and a status (available, rented or in_repair; available at first). A car that has open
rentals cannot be deleted.

A driver rents an available car. A rental has a start and an end; it ends after it starts. It is
open at first. A driver has at most 2 open rentals. Only its driver closes an open rental, with a
mileage of 1 to 5000 kilometres. A closed rental is never changed. The price is kilometres times
rate per kilometre.

Drivers report damage: a description of 10 to 1000 characters and a severity (light or heavy; light
at first). Managers resolve an open damage with a note of up to 300 characters. Managers can suspend
a driver and reinstate a suspended one. A suspended driver cannot rent a car. When a driver is
deleted his rentals are kept. Each driver may rate a rental once.
"""
REQUESTS = {
    "cars": (
        CARS,
        "car damage driver manager rating rental",
        """
        limit driver password; limit driver licence number; uniqueness driver licence number
        uniqueness driver email; limit car plate; uniqueness car plate; limit car model
        limit car seat; default car; restrict car; state rental car; order rental; default rental
        quota rental; ownership rental close; transition rental close; limit rental mileage
        effect rental close; state rental update; effect rental price; limit damage description
        default damage light; default damage open; transition damage resolve; limit damage note
        effect damage resolve; transition driver suspend; transition driver reinstate
        state rental driver; default driver; deletion driver; uniqueness rating; effect rental car
        """,
    ),
    "clinic": (
        CLINIC,
        "appointment owner pet rating report vaccination vet",
        """
        limit owner password; limit owner name; limit pet name; limit pet weight
        limit appointment reason; limit report text; limit rating star; limit vaccination vaccine
        quota pet; ahead pet; restrict pet; deletion pet; ownership pet; window appointment
        reference appointment; transition appointment confirm; transition appointment decline
        transition appointment cancel; transition appointment done; uniqueness report
        uniqueness rating; default appointment; ownership owner; uniqueness owner
        ownership appointment cancel
        """,
    ),
    "tools": (
        TOOLS,
        "request tool user",
        """
        limit user password; limit user display name; uniqueness user display name; limit tool title
        limit tool description; limit tool daily fee; ownership tool update; transition tool pause
        transition tool resume; visibility tool; transition request accept; default request
        transition request reject; transition request withdraw; quota request; deletion tool
        restrict tool; default tool; limit request day; uniqueness user email
        reference request accept
        """,
    ),
    "talks": (
        TALKS,
        "attendee conference organiser rating room speaker talk",
        """
        limit speaker password; limit attendee password; limit organiser password
        limit conference title
        default conference; ownership conference update; restrict conference; limit talk title
        limit talk abstract; limit talk length; quota talk; default talk; transition talk accept
        transition talk reject; transition talk withdraw; reference talk accept; state talk
        uniqueness room; limit room name; limit room place; limit rating star; uniqueness rating
        stranger rating; uniqueness speaker; uniqueness attendee; uniqueness organiser
        ownership talk withdraw
        """,
    ),
    "seeds": (
        SEEDS,
        "curator gardener packet reservation variety",
        """
        limit gardener password; uniqueness gardener; limit variety latin name
        uniqueness variety latin name; limit variety sowing month; limit packet quantity
        default packet; transition packet accept; transition packet reject; state reservation
        quota reservation; restrict packet
        """,
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_read_whole_and_nothing_is_added(name: str) -> None:
    text, entities, listed = REQUESTS[name]
    draft = draft_brief(text)
    assert sorted(" ".join(each) for each in draft.entities) == entities.split()
    wanted = {" ".join(each.split()) for line in listed.splitlines() for each in line.split(";")}
    wanted.discard("")
    found: set[str] = set()
    added: list[str] = []
    for rule in draft.rules:
        start = f"{rule.kind} {' '.join(rule.entity)}"
        flat = [each for each in rule.details.values() if isinstance(each, str)]
        flat += [each for v in rule.details.values() if isinstance(v, tuple) for each in v]
        lines = {start, *(f"{start} {each}" for each in (*flat, *rule.actions))}
        found |= lines & wanted
        added += [] if lines & wanted else [f"{start} {rule.actions} {dict(rule.details)}"]
    assert (wanted - found, added) == (set(), [])
