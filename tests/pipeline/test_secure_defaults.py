"""A generated backend refuses what is unsafe before its owner has configured anything."""

from __future__ import annotations

import http.client
import json
import signal
import stat
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.pipeline.live_backend import (
    PASSWORD,
    QUICK,
    Answer,
    LiveBackend,
    build,
    outcome,
    running,
)

SECRET = "a secret of these tests and of nothing else"
ENVIRONMENT = QUICK | {"JWT_SECRET": SECRET, "ACCOUNT_REQUESTS_PER_MINUTE": "0"}


@pytest.fixture(scope="module")
def project(built: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(built("todo"), tmp_path_factory.mktemp("todo"))


@pytest.fixture(scope="module")
def backend(project: Path) -> Iterator[LiveBackend]:
    with running(project, ENVIRONMENT) as found:
        yield found


@pytest.fixture
def token(backend: LiveBackend) -> str:
    answer = backend.join(f"member-{time.monotonic_ns()}@example.com")
    assert answer.status == 201
    return answer.body["accessToken"]


def test_every_mistake_of_the_environment_is_one_sentence(project: Path) -> None:
    wrong = {
        "JWT_SECRET": "",
        "ACCESS_TTL_SECONDS": "abc",
        "PORT": "70000",
        "DATABASE_URL": "http://user:hunter2@host/name",
        "CORS_ORIGINS": "example.com",
        "PASSWORD_COST": "1000",
    }
    code, text = outcome(project, wrong)
    assert code == 1
    assert text.splitlines() == [
        'PORT is "70000"; expected a whole number from 0 to 65535.',
        "DATABASE_URL has 29 characters, not shown here; expected the URL of a PostgreSQL database"
        " such as postgres://user:password@host/name.",
        'CORS_ORIGINS is "example.com"; expected origins such as https://example.com, with commas'
        " between them.",
        "JWT_SECRET is empty; expected at least 32 random characters.",
        'ACCESS_TTL_SECONDS is "abc"; expected a whole number from 1 to 31536000.',
        'PASSWORD_COST is "1000"; expected a power of two from 1024 to 1048576.',
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JWT_SECRET", "short"),
        ("PORT", "-1"),
        ("PORT", "1e3"),
        ("REFRESH_TTL_SECONDS", "0"),
        ("DATABASE_URL", "postgres://user@host:99999/name"),
        ("CORS_ORIGINS", "*"),
    ],
)
def test_a_wrong_value_ends_the_start(project: Path, variable: str, value: str) -> None:
    code, text = outcome(project, ENVIRONMENT | {variable: value})
    assert code == 1
    assert text.startswith(f"{variable} ")
    assert text.count("\n") == 1


def test_the_first_start_writes_a_secret_and_later_ones_keep_it(
    project: Path, built: Callable[[str], Path], tmp_path: Path
) -> None:
    own = build(built("todo"), tmp_path)
    file = own / ".env"
    file.write_text("# mine", encoding="utf-8")
    with running(own, QUICK) as first:
        session = first.join("ada@example.com").body
    written = file.read_text(encoding="utf-8")
    assert first.lines[0] == "Wrote JWT_SECRET to .env, with random values."
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    comment, line = written.splitlines()
    assert comment == "# mine"
    assert len(line.removeprefix("JWT_SECRET=")) > 40
    with running(own, QUICK) as second:
        assert not any("Wrote" in line for line in second.lines)
        read = second.request("GET", "/todos", authorization=f"Bearer {session['accessToken']}")
    assert read.body["message"] == "The session has ended."  # a good signature, another database
    assert file.read_text(encoding="utf-8") == written
    with running(own, ENVIRONMENT) as third:
        read = third.request("GET", "/todos", authorization=f"Bearer {session['accessToken']}")
    assert read.body["message"] == "The token is invalid or expired."


def test_production_writes_no_secret(project: Path) -> None:
    code, text = outcome(project, QUICK | {"NODE_ENV": "production"})
    assert code == 1
    assert text == "JWT_SECRET is not set; expected at least 32 random characters.\n"
    assert not (project / ".env").exists()


def test_no_page_of_another_origin_is_let_in_unless_it_is_named(
    project: Path, backend: LiveBackend
) -> None:
    asked = {"origin": "https://app.example.com", "access-control-request-method": "POST"}
    assert (
        "access-control-allow-origin" not in backend.request("OPTIONS", "/todos", **asked).headers
    )
    named = ENVIRONMENT | {"CORS_ORIGINS": "http://localhost:5173, https://app.example.com"}
    with running(project, named) as open_backend:
        mine = open_backend.request("OPTIONS", "/todos", **asked)
        other = open_backend.request("OPTIONS", "/todos", **asked | {"origin": "https://evil.test"})
    assert mine.status == 204
    assert mine.headers["access-control-allow-origin"] == "https://app.example.com"
    assert other.headers.get("access-control-allow-origin") != "https://evil.test"


@pytest.mark.parametrize("path", ["/health", "/todos", "/nowhere"])
def test_every_answer_has_the_security_headers(backend: LiveBackend, path: str) -> None:
    headers = backend.request("GET", path).headers
    assert "x-powered-by" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"


def test_who_knocks_too_often_has_to_wait(project: Path) -> None:
    environment = ENVIRONMENT | {"ACCOUNT_REQUESTS_PER_MINUTE": "3"}
    with running(project, environment) as strict:
        wrong = {"email": "ada@example.com", "password": "wrong"}
        answers = [strict.request("POST", "/members/login", wrong) for _ in range(4)]
        elsewhere = strict.request("POST", "/members/refresh", {"refreshToken": "x"})
        forged = strict.request("POST", "/members/login", wrong, x_forwarded_for="192.0.2.1")
        unlimited = strict.request("GET", "/todos")
    assert [answer.status for answer in answers] == [401, 401, 401, 429]
    assert elsewhere.status == forged.status == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].body["error"] == "Too Many Requests"
    assert unlimited.status == 401


def test_a_proxy_that_is_trusted_says_who_knocks(project: Path) -> None:
    environment = ENVIRONMENT | {"ACCOUNT_REQUESTS_PER_MINUTE": "1", "TRUSTED_PROXIES": "1"}
    with running(project, environment) as behind:
        first = behind.join("ada@example.com", x_forwarded_for="192.0.2.1")
        again = behind.join("eve@example.com", x_forwarded_for="192.0.2.1")
        other = behind.join("bob@example.com", x_forwarded_for="192.0.2.2")
    assert [first.status, again.status, other.status] == [201, 429, 201]


def test_an_unknown_account_and_a_wrong_password_look_alike(project: Path) -> None:
    environment = ENVIRONMENT | {"PASSWORD_COST": "32768"}
    with running(project, environment) as slow:
        assert slow.join("ada@example.com").status == 201

        def sign_in(email: str) -> tuple[object, float]:
            body = {"email": email, "password": "a wrong password"}
            answers = [slow.request("POST", "/members/login", body) for _ in range(7)]
            assert {answer.status for answer in answers} == {401}
            return answers[0].body, statistics.median(answer.seconds for answer in answers)

        known, known_s = sign_in("ada@example.com")
        unknown, unknown_s = sign_in("nobody@example.com")
        right = slow.request(
            "POST", "/members/login", {"email": "ada@example.com", "password": PASSWORD}
        )
    assert right.status == 200
    assert known == unknown
    assert 0.5 < unknown_s / known_s < 2


def refreshed(backend: LiveBackend, token: str) -> Answer:
    return backend.request("POST", "/members/refresh", {"refreshToken": token})


def test_a_refresh_token_is_good_for_once(backend: LiveBackend) -> None:
    joined = backend.join(f"member-{time.monotonic_ns()}@example.com").body
    renewed = refreshed(backend, joined["refreshToken"])
    again = refreshed(backend, renewed.body["refreshToken"])
    assert (renewed.status, again.status) == (200, 200)
    read = backend.request("GET", "/todos", authorization=f"Bearer {again.body['accessToken']}")
    assert read.status == 200


def test_a_stolen_refresh_token_ends_its_family_alone(backend: LiveBackend) -> None:
    account = {"email": f"member-{time.monotonic_ns()}@example.com", "password": PASSWORD}
    stolen = backend.request("POST", "/members/join", account).body
    other = backend.request("POST", "/members/login", account).body
    renewed = refreshed(backend, stolen["refreshToken"]).body
    assert refreshed(backend, stolen["refreshToken"]).status == 401
    assert refreshed(backend, renewed["refreshToken"]).status == 401
    for session in (stolen, renewed):
        bearer = {"authorization": f"Bearer {session['accessToken']}"}
        assert backend.request("GET", "/todos", **bearer).status == 401
    assert refreshed(backend, other["refreshToken"]).status == 200


def test_a_token_is_not_used_twice_at_the_same_moment(backend: LiveBackend) -> None:
    token = backend.join(f"member-{time.monotonic_ns()}@example.com").body["refreshToken"]
    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(lambda _: refreshed(backend, token).status, range(5)))
    assert sorted(statuses) == [200, 401, 401, 401, 401]


def test_who_signs_out_ends_all_tokens(backend: LiveBackend) -> None:
    session = backend.join(f"member-{time.monotonic_ns()}@example.com").body
    bearer = {"authorization": f"Bearer {session['accessToken']}"}
    assert backend.request("POST", "/members/logout", **bearer).status == 204
    assert backend.request("GET", "/todos", **bearer).status == 401
    assert refreshed(backend, session["refreshToken"]).status == 401


def test_every_refusal_has_one_shape(backend: LiveBackend, token: str) -> None:
    signed_in = {"authorization": f"Bearer {token}"}
    key = "5f0c7a1e-9b1d-4c53-8f7e-2d1a6b3c4e5f"
    todo = {"title": "x"}
    answers = {
        "unknown route": backend.request("GET", "/nowhere"),
        "unknown method": backend.request("PATCH", "/todos"),
        "bad path": backend.request("GET", "/todos/%FF", **signed_in),
        "no token": backend.request("GET", "/todos"),
        "unknown row": backend.request("GET", f"/todos/{key}", **signed_in),
        "malformed": backend.request("POST", "/todos", {"title": 7, "x": 1}, **signed_in),
        "no JSON": backend.request("POST", "/todos", None, b'{"title": ', **signed_in),
        "too large": backend.request("POST", "/todos", {"title": "x" * 200_000}, **signed_in),
        "charset": backend.request(
            "POST", "/todos", todo, content_type="application/json; charset=x", **signed_in
        ),
        "refused": backend.request("POST", f"/todos/{key}/complete", **signed_in),
    }
    statuses = {name: answer.status for name, answer in answers.items()}
    assert statuses == {
        "unknown route": 404,
        "unknown method": 404,
        "bad path": 400,
        "no token": 401,
        "unknown row": 404,
        "malformed": 400,
        "no JSON": 400,
        "too large": 413,
        "charset": 415,
        "refused": 404,
    }
    for name, answer in answers.items():
        assert list(answer.body)[:3] == ["statusCode", "error", "message"], name
        assert answer.body["statusCode"] == answer.status
        assert isinstance(answer.body["message"], str)
    assert answers["no token"].headers["www-authenticate"] == "Bearer"
    assert answers["no JSON"].body["message"] == "The body is not valid JSON."
    assert answers["malformed"].body["details"][0].startswith("title: ")


EMAILS = (
    "ada@example.com",
    "Ada+tag@Example.co.uk",
    "ada@localhost",
    "ada..b@example.com",
    '"ada"@example.com',
    "ada@[127.0.0.1]",
    "ädä@example.com",
    ".ada@example.com",
    "a.'o@example.com",
)
TODOS = (
    {"title": "x"},
    {"title": "\U0001f600\n\t"},
    {"title": "a\0b"},
    {"title": "half \ud83d"},
    {"title": "x", "dueOn": "2024-02-29"},
    {"title": "x", "dueOn": "2023-02-29"},
    {"title": "x", "dueOn": "0000-01-01"},
    {"title": "x", "dueOn": "0001-01-01"},
    {"title": "x", "dueOn": "2024-1-1"},
    {"title": "x", "notes": "\0"},
)


def published(built: Callable[[str], Path], name: str) -> Draft202012Validator:
    """Return what the document of the API says of a request's body."""
    document = json.loads((built("todo") / "openapi.json").read_text("utf-8"))
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker(["date", "uuid"]))


@pytest.mark.parametrize("email", EMAILS)
def test_addresses_are_checked_as_published(
    backend: LiveBackend, built: Callable[[str], Path], email: str
) -> None:
    body = {"email": email, "password": PASSWORD}
    accepted = backend.request("POST", "/members/join", body).status in (201, 409)
    assert accepted == published(built, "MemberJoin").is_valid(body)


@pytest.mark.parametrize("body", TODOS)
def test_values_are_checked_as_published(
    backend: LiveBackend, built: Callable[[str], Path], token: str, body: dict[str, str]
) -> None:
    answer = backend.request("POST", "/todos", body, authorization=f"Bearer {token}")
    assert answer.status in (201, 400)
    assert (answer.status == 201) == published(built, "TodoCreate").is_valid(body)


def test_keys_are_found_in_capitals_too(backend: LiveBackend, token: str) -> None:
    signed_in = {"authorization": f"Bearer {token}"}
    made = backend.request("POST", "/todos", {"title": "x"}, **signed_in).body
    read = backend.request("GET", f"/todos/{made['id'].upper()}", **signed_in)
    assert read.body == made


def test_the_name_of_the_scheme_has_no_case(backend: LiveBackend, token: str) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert backend.request("GET", "/todos", authorization=f"{scheme} {token}").status == 200
    assert backend.request("GET", "/todos", authorization=f"Basic {token}").status == 401


def test_health_is_asked_without_a_token(backend: LiveBackend) -> None:
    answer = backend.request("GET", "/health")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


def test_requests_in_progress_are_finished_when_it_is_asked_to_end(project: Path) -> None:
    environment = ENVIRONMENT | {"PASSWORD_COST": "262144"}
    with running(project, environment) as stopping:
        connection = http.client.HTTPConnection(stopping.host, stopping.port, timeout=20)
        body = json.dumps({"email": "ada@example.com", "password": PASSWORD})
        connection.request("POST", "/members/join", body, {"content-type": "application/json"})
        time.sleep(0.2)
        stopping.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        with pytest.raises(ConnectionRefusedError):
            stopping.request("GET", "/health")
        assert connection.getresponse().status == 201
        connection.close()
        assert stopping.process.wait(20) == 0
    assert stopping.lines[-1] == "SIGTERM: finishing the requests in progress."
