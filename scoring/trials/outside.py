"""How tests call the service: client functions, `fetch`, supertest and axios."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from scoring.project.facts import Client, Operation
from scoring.trials.language.caller import Caller
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    Closure,
    ErrorValue,
    Instance,
    Native,
    Promise,
    Thrown,
    Unknown,
    equal,
    from_json,
    is_number,
    members_of,
    same,
    text,
)
from scoring.trials.witness import Witness
from scoring.words import squeeze

_VERBS = ("get", "post", "put", "patch", "delete")
_DEPTH_MAX = 6


@dataclass
class Request:
    """A call of an operation; `words` are all texts that come with its connection."""

    key: str
    path: list[object]
    query: dict[str, object]
    body: object
    words: tuple[str, ...]
    is_plain: bool = False
    """Whether the play ends if it is refused."""


@dataclass(frozen=True)
class Reply:
    """What the service says: an answer, or the statuses that a refusal may have."""

    body: object = UNDEFINED
    refused: bool = False
    status: object = 200


@dataclass
class _Chain:
    """A request of supertest under construction."""

    verb: str
    url: object
    body: object = UNDEFINED
    query: dict[str, object] = field(default_factory=lambda: {})
    words: list[str] = field(default_factory=lambda: [])
    expected: list[tuple[object, object]] = field(default_factory=lambda: [])
    reply: object = None
    kept: list[str] | None = None
    """The words of the session that an agent keeps."""


class Outside:
    """Makes requests of calls; `answer` is the service."""

    def __init__(
        self,
        caller: Caller,
        witness: Witness,
        operations: Mapping[str, Operation],
        signing: frozenset[str],
    ) -> None:
        """Take the operations by route, and the routes whose clients keep the token they get."""
        self._signing = signing
        self._caller = caller
        self._witness = witness
        self._operations = operations
        self._routes = [(_parts(key), key) for key in operations]
        self.answer: Callable[[Request], Reply] = lambda request: Reply(UNKNOWN)

    def client(self, function: Closure, given: Sequence[object], this: object) -> object:
        """Call a function of the client library; it promises an answer, or an error."""
        client = cast("Client", function.client)
        names = [name for p in function.parameters[:1] for name in p.names]
        values = list(given)
        connection: object = this
        if any("onnection" in name for name in names) or not isinstance(this, Instance):
            connection = values.pop(0) if values else UNDEFINED
        operation = self._operations.get(client.route)
        request = Request(
            client.route, [], {}, UNDEFINED, words_in(connection), self._caller.is_plain
        )
        slots = _parameters(operation.path if operation is not None else client.route)
        for value in values:
            self._take(request, slots, value)
        reply = self.answer(request)
        if reply.refused:
            return Promise(error=http_error(reply.status))
        if client.route in self._signing:
            _sign_in(connection, reply.body)
        return Promise(reply.body)

    def _take(self, request: Request, slots: list[str], value: object) -> None:
        held = members_of(value)
        if held is None:
            if len(request.path) < len(slots):
                request.path.append(value)
            return
        by_name = {squeeze(name): each for name, each in held.items()}
        while len(request.path) < len(slots) and squeeze(slots[len(request.path)]) in by_name:
            request.path.append(by_name[squeeze(slots[len(request.path)])])
        if "body" in held and members_of(held["body"]) is not None:
            request.body = held["body"]
        elif request.key.startswith("GET "):
            request.query |= held
        elif request.body is UNDEFINED:
            request.body = value
        else:
            request.query |= held
        if members_of(held.get("query")) is not None:
            request.query |= members_of(held["query"]) or {}

    def route(self, verb: str, url: object) -> tuple[str, list[object], dict[str, object]] | None:
        """Return the operation that a URL leads to, what its path names, and its query."""
        written = text(url)
        if written is None:
            return None
        bare = re.sub(r"^(https?://[^/]*|\[object Object\]|undefined)+", "", written)
        path, _, asked = bare.partition("?")
        parts = [part for part in path.split("/") if part]
        query: dict[str, object] = {}
        for pair in filter(None, asked.split("&")):
            name, _, value = pair.partition("=")
            query[name] = value
        best: tuple[int, str, list[object]] | None = None
        for (method, wanted), key in self._routes:
            if method != verb.upper():
                continue
            for skipped in range(3):
                found = _matched(wanted, parts[skipped:])
                if found is not None and (
                    best is None or (-skipped, -len(found)) > (best[0], -len(best[2]))
                ):
                    best = (-skipped, key, found)
        return (best[1], best[2], query) if best is not None else None

    def send(
        self, verb: str, url: object, body: object, query: dict[str, object], words: Sequence[str]
    ) -> Reply | None:
        """Send a request by its URL; None if it leads nowhere."""
        found = self.route(verb, url)
        if found is None:
            return None
        key, path, asked = found
        if isinstance(body, str) and body[:1] in "{[":
            body = from_json(body)
        return self.answer(Request(key, path, {**asked, **query}, body, tuple(words)))

    def fetch(self, given: Sequence[object]) -> object:
        """Do `fetch(url, options)`."""
        options = (members_of(given[1]) if len(given) > 1 else None) or {}
        verb = text(options.get("method", "GET")) or "GET"
        words = words_in(options.get("headers"))
        reply = self.send(verb, given[0], options.get("body", UNDEFINED), {}, words)
        return Promise(UNKNOWN if reply is None else response_of(reply))

    def supertest(self, given: Sequence[object]) -> object:
        """Do `request(app)`, whose members make requests."""
        return self._verbs(None)

    def agent(self, given: Sequence[object]) -> object:
        """Do `request.agent(app)`, which keeps the session that it gets."""
        return self._verbs([])

    def _verbs(self, kept: list[str] | None) -> object:
        return {
            verb: Native(lambda more, verb=verb: self._begin(verb, more, kept)) for verb in _VERBS
        }

    def _begin(self, verb: str, given: Sequence[object], kept: list[str] | None) -> object:
        chain = _Chain(verb, given[0] if given else "", kept=kept)
        made: dict[str, object] = {}

        def change(do: Callable[[Sequence[object]], None]) -> Native:
            def run(values: Sequence[object]) -> object:
                do(values)
                return made

            return Native(run)

        made |= {
            "send": change(lambda values: self._send(chain, values)),
            "query": change(lambda values: chain.query.update(members_of(values[0]) or {})),
            "set": change(lambda values: chain.words.extend(words_in(list(values)))),
            "auth": change(lambda values: chain.words.extend(words_in(list(values)))),
            "expect": change(lambda values: self._expect(chain, values)),
            "type": change(lambda values: None),
            "then": Native(lambda values: self._end(chain, values)),
        }
        return made

    def _send(self, chain: _Chain, values: Sequence[object]) -> None:
        held, before = members_of(values[0]) if values else None, members_of(chain.body)
        chain.body = {**before, **held} if held and before else values[0] if values else UNDEFINED

    def _expect(self, chain: _Chain, values: Sequence[object]) -> None:
        first = values[0] if values else UNDEFINED
        if is_number(first):
            chain.expected.append(("status", first))
            values = values[1:]
        if values and isinstance(values[0], Closure):
            chain.expected.append(("call", values[0]))
        elif values and members_of(values[0]) is not None:
            chain.expected.append(("body", values[0]))

    def _end(self, chain: _Chain, values: Sequence[object]) -> object:
        """Send the request, once; then look at what is expected of the response."""

        def work() -> object:
            if chain.reply is None:
                words = [*(chain.kept or ()), *chain.words]
                reply = self.send(chain.verb, chain.url, chain.body, chain.query, words)
                if chain.kept is not None and reply is not None:
                    chain.kept += [w for w in words_in(reply.body) if w.startswith(TOKEN)]
                chain.reply = UNKNOWN if reply is None else response_of(reply)
            held = members_of(chain.reply)
            for what, wanted in chain.expected:
                if held is None:
                    continue
                if what == "status":
                    self._witness.check(same(held["status"], wanted))
                elif what == "body":
                    self._witness.check(equal(held["body"], wanted))
                else:
                    self._caller.finish(wanted, chain.reply)
            return chain.reply

        ended = self._caller.attempt(work)
        done = values[1] if ended.error is not None and len(values) > 1 else values[0]
        held = ended.error.value if ended.error is not None else ended.value
        return self._caller.apply(done, held)

    def axios(self) -> Native:
        """Return `axios`, whose calls throw if they are refused."""

        def by_url(verb: str) -> Native:
            def run(given: Sequence[object]) -> object:
                has_body = verb in ("post", "put", "patch")
                at = 2 if has_body else 1
                options = (members_of(given[at]) if len(given) > at else None) or {}
                body = given[1] if has_body and len(given) > 1 else options.get("data", UNDEFINED)
                return self._axios(verb, given[0], body, options)

            return Native(run)

        def whole(given: Sequence[object]) -> object:
            options = members_of(given[0]) or {}
            verb = text(options.get("method", "get")) or "get"
            return self._axios(
                verb, options.get("url", ""), options.get("data", UNDEFINED), options
            )

        members: dict[str, object] = {verb: by_url(verb) for verb in _VERBS}
        made = Native(whole, members)
        members |= {"create": Native(lambda given: made), "request": made, "default": made}
        return made

    def _axios(self, verb: str, url: object, body: object, options: Mapping[str, object]) -> object:
        query = members_of(options.get("params")) or {}
        reply = self.send(verb, url, body, query, words_in(options.get("headers")))
        if reply is None:
            return Promise(UNKNOWN)
        if reply.refused and "validateStatus" not in options:
            return Promise(error=http_error(reply.status))
        return Promise(response_of(reply) | {"data": reply.body})


def http_error(status: object) -> Thrown:
    """Return the error of a client whose call was refused."""
    response: dict[str, object] = {
        "status": status,
        "statusCode": status,
        "data": UNKNOWN,
        "body": UNKNOWN,
    }
    values: dict[str, object] = {
        "status": status,
        "statusCode": status,
        "code": UNKNOWN,
        "message": UNKNOWN,
        "name": UNKNOWN,
        "body": UNKNOWN,
        "response": response,
        "getStatus": Native(lambda given: status),
    }
    return Thrown(ErrorValue("HttpError", values))


def response_of(reply: Reply) -> dict[str, object]:
    """Return the response of HTTP that a reply is."""
    body = UNKNOWN if reply.refused else reply.body
    return {
        "ok": not reply.refused,
        "status": reply.status,
        "statusCode": reply.status,
        "body": {} if body is UNDEFINED else body,
        "text": Native(lambda given: Promise(UNKNOWN)),
        "json": Native(lambda given: Promise(body)),
        "headers": UNKNOWN,
    }


def words_in(value: object, depth: int = 0) -> tuple[str, ...]:
    """Return all texts within a value."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Unknown):
        return (HIDDEN,)
    if depth > _DEPTH_MAX:
        return ()
    held = members_of(value)
    parts: Sequence[object] = ()
    if held is not None:
        parts = list(held.values())
    elif isinstance(value, list):
        parts = cast("list[object]", value)
    return tuple(word for part in parts for word in words_in(part, depth + 1))


def _parts(key: str) -> tuple[str, list[str]]:
    method, _, path = key.partition(" ")
    return method, [part for part in path.split("/") if part]


def _parameters(path: str) -> list[str]:
    return re.findall(r"[:{](\w*)", path)


def _matched(wanted: Sequence[str], given: Sequence[str]) -> list[object] | None:
    """Return what a path names by the places of a route; None if it does not fit."""
    if len(wanted) != len(given):
        return None
    found: list[object] = []
    for one, other in zip(wanted, given, strict=True):
        if one == "{}":
            found.append(other)
        elif one != other:
            return None
    return found


def _sign_in(connection: object, body: object) -> None:
    """Put the token of a session into the connection's headers, as some clients do."""
    held = members_of(connection)
    if held is not None:
        headers = members_of(held.get("headers"))
        token = next((word for word in words_in(body) if word.startswith(TOKEN)), "")
        held["headers"] = {**(headers or {}), "Authorization": token}


HIDDEN = "nobody knows"
"""Stands for a text that is not known."""
TOKEN = "token-of-"  # noqa: S105
"""What the tokens of sessions begin with."""
