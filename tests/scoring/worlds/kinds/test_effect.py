"""What an operation changes beside its own row."""

from __future__ import annotations

from tests.scoring.worlds.kinds import votes

EDIT = ("score: { increment: body.value }", "text: post.text")


def test_kept_and_broken() -> None:
    assert votes.breaks("score", *EDIT)


def test_an_event_may_keep_it() -> None:
    event = ("const vote =", 'this.events.emit("voted"); const vote =')
    assert votes.hides("score", EDIT, event)
