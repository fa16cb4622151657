"""Rules of the briefs that no sentence of their request says.

Who writes a brief by hand thinks further than the text: that an address signs in only one account,
that what was taken back is the caller's own, that a removed post is not voted on. A reader of the
text cannot be held to that, and gets no credit for guessing it: these rules count as neither wanted
nor found nor invented. The list was made by reading each request for each rule, whether or not a
draft has it; a rule stays out of the list if a sentence says it in general, in other words, or
together with another one.
"""

from __future__ import annotations

from scoring.brief import Brief, Rule

_ADDRESS_ONCE = "the text says that people sign up with an address, not that it is taken once"
_OWN_ROWS = "the text says what people do, not that they do it to rows of their own only"
_HIDDEN_ROWS = "the text says that rows are hidden or deleted, not what else is refused then"
_STARTS = "the text says what is counted or added up, not what it is at first"
_BY_WHOM = "the text says that it is done, or how far, not by whom"
_FORMER = "the text says what managers do, not that former ones do not"

UNSAID: dict[str, dict[str, str]] = {
    "blog": dict.fromkeys(("follow-owner", "favourite-owner"), _OWN_ROWS),
    "board": {"email-unique": _ADDRESS_ONCE},
    "booking": {"email-unique": _ADDRESS_ONCE, "participant-owner": _OWN_ROWS},
    "community": {
        "email-unique": _ADDRESS_ONCE,
        **dict.fromkeys(("membership-owner", "post-vote-owner", "comment-vote-owner"), _OWN_ROWS),
        **dict.fromkeys(
            ("comment-on-deleted", "vote-on-deleted", "save-on-deleted", "report-on-deleted",
             "post-vote-removed", "comment-vote-removed"), _HIDDEN_ROWS
        ),
        **dict.fromkeys(
            ("post-score-start", "comment-count-start", "comment-score-start"), _STARTS
        ),
    },
    "expenses": {"email-unique": _ADDRESS_ONCE},
    "library": {
        "email-unique": _ADDRESS_ONCE,
        **dict.fromkeys(("borrowing-owner", "reservation-owner"), _OWN_ROWS),
    },
    "shop": {
        **dict.fromkeys(
            ("customer-email-unique", "seller-email-unique", "admin-email-unique"), _ADDRESS_ONCE
        ),
        **dict.fromkeys(
            ("wishlist-owner", "wish-own", "follow-owner", "entry-of-own-variant",
             "coupon-own-order", "coupon-use-owner", "payment-owner"), _OWN_ROWS
        ),
        "order-canceller": _BY_WHOM,
        "payment-amount": "the text says that orders are paid, not that a payment has an amount",
        "cancel-items": "the text says that the pieces return, not what becomes of the items",
    },
    "todo": {"email-unique": _ADDRESS_ONCE},
    "workforce": {
        **dict.fromkeys(
            ("department-owner", "contract-own", "contract-owner", "holiday-owner",
             "announcement-owner", "announcement-own"), _BY_WHOM
        ),
        **dict.fromkeys(
            ("project-managers-active", "assignment-managers-active", "timesheet-managers-active",
             "leave-request-managers-active"), _FORMER
        ),
        **dict.fromkeys(
            ("project-spent-start", "timesheet-hours-start", "timesheet-amount-start"), _STARTS
        ),
    },
}  # fmt: skip


def is_unsaid(brief: Brief, rule: Rule) -> bool:
    """Whether a rule of a reference request is in its brief only."""
    return rule.id in UNSAID.get(brief.name, {})
