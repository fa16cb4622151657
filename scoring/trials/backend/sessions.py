"""Who is signed in: the tokens of a play, and the accounts that they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.trials.backend.answers import Answers
from scoring.trials.backend.calls import Call
from scoring.trials.backend.rows import Row, Store
from scoring.trials.language.values import UNKNOWN, members_of, same
from scoring.trials.libraries import Libraries
from scoring.trials.outside import HIDDEN, TOKEN
from scoring.words import squeeze


class Sessions:
    """The tokens of one play."""

    def __init__(self, answers: Answers, libraries: Libraries) -> None:
        self._answers = answers
        self._libraries = libraries
        self._tokens: dict[str, str] = {}
        self._latest: str | None = None
        """The account that signed in last."""

    def begin(self) -> None:
        """Begin a play: nobody is signed in."""
        self._tokens, self._latest = {}, None

    def caller(self, words: Sequence[str], store: Store) -> Row | None:
        """Return who calls with these words; where they are not known, who signed in last."""
        tokens = [word for each in words for word in each.split() if word.startswith(TOKEN)]
        account = next((self._tokens[t] for t in tokens if t in self._tokens), None)
        if account is None and not tokens and any(HIDDEN in word for word in words):
            account = self._latest
        found = store.at(account)
        return found if found is not None and not found.erased else None

    def account(self, call: Call) -> Row | None:
        """Return whose credentials, or whose token, a call gives."""
        held = members_of(call.raw) or {}
        for word in held.values():
            if isinstance(word, str) and word in self._tokens:
                return call.store.at(self._tokens[word])
        for row in call.store.of(call.entity.name) if call.entity is not None else ():
            common = [n for n in held if squeeze(n) in row.values]
            if common and all(same(row.values[squeeze(n)], held[n]) for n in common):
                return row
        return None

    def sign_in(self, call: Call, account: Row | None) -> object:
        """Return a new session of an account."""
        if account is None:
            return UNKNOWN
        self._latest = account.id

        def token() -> str:
            kind = account.entity.name.replace(" ", "-")
            made = f"{TOKEN}{kind}-{self._libraries.draw()}"
            self._tokens[made] = account.id
            return made

        shape = call.route.operation.response
        return self._answers.session(shape, account, call.store, token)

    def sign_out(self, account: Row | None) -> None:
        """End all sessions of an account."""
        if account is not None:
            self._tokens = {t: id for t, id in self._tokens.items() if id != account.id}
