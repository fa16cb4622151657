from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.run.requests import MAX_REQUEST_CHARACTERS, RequestError, all_requests, load_request


def test_the_reference_requests_load_by_name() -> None:
    assert {"board", "todo"} <= {request.name for request in all_requests()}
    assert load_request("todo").brief == "todo"
    assert "at most 20 lists" in load_request("todo").text


def test_a_text_file_is_a_request_without_a_brief(tmp_path: Path) -> None:
    file = tmp_path / "shop.txt"
    file.write_text("A shop for bread.\nMembers order loaves.\n", encoding="utf-8")
    request = load_request(str(file))
    assert (request.name, request.title, request.brief) == (None, "A shop for bread.", None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\xff\xfe\x00", "is not a text file in UTF-8"),
        (b"x" * (MAX_REQUEST_CHARACTERS + 1), "a request may have 6000"),
    ],
)
def test_a_file_that_is_no_request_is_refused(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "request.txt"
    file.write_bytes(content)
    with pytest.raises(RequestError, match=sentence):
        load_request(str(file))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        RequestError, match=r"no request 'tood': give a text file or one of blog, .*todo"
    ):
        load_request("tood")
