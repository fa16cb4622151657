"""Requirements documents."""

from __future__ import annotations

from scoring.project.docs import read_citations, read_statements

DOCUMENT = """# Requirements

Some prose about todos.

- a bullet without an id

```text
R-9.9 in a fence
```

### 1 Accounts

#### R-1.1

**When a name is given, the member gets a list.**

- then it is shown

| Rule | Says |
| --- | --- |
| **B-1.1** | at most 20 |
| B-1.2 | at least 1 |

- FR-7: the service answers

## Traceability

| R-1.1 | todos |
"""


def test_statements_and_their_ids() -> None:
    found = {s.id: s for s in read_statements({"docs/a.md": DOCUMENT}) if s.id}
    assert set(found) == {"R-1.1", "B-1.1", "B-1.2", "FR-7"}
    assert found["R-1.1"].line == 13
    assert "then it is shown" in found["R-1.1"].text
    assert "at most 20" in found["B-1.1"].text
    assert "at least 1" not in found["B-1.1"].text
    assert [id for id, s in found.items() if s.is_rule] == ["B-1.1", "B-1.2"]


def test_prose_has_no_id() -> None:
    texts = [s.text for s in read_statements({"docs/a.md": DOCUMENT}) if not s.id]
    assert "Some prose about todos." in texts
    assert "a bullet without an id" in texts
    assert not any("fence" in text for text in texts)


def test_citations() -> None:
    statements = read_statements({"docs/a.md": DOCUMENT})
    cited = read_citations(statements, {"b.ts": "// B-1.1, R-5.5", "a.ts": "/** @rule B-1.1 */"})
    assert cited == {"B-1.1": "a.ts"}


def test_parts_are_read_for_themselves() -> None:
    text = """#### R-1.1

**When a name is given, the member gets a list.**

- *Given* a member
- *when* the member gives a name
- *then* there is a list.

<sub>actor: member</sub>

| **B-1.1** | R-1.1 | limit | A name has 1 to 60 characters. | `list.name`: 1 to 60 characters |
"""
    requirement, rule = read_statements({"docs/a.md": text})
    assert requirement.parts == (
        "When a name is given, the member gets a list.",
        "Given a member when the member gives a name then there is a list.",
        "actor: member",
    )
    assert rule.parts == ("limit", "A name has 1 to 60 characters.")


def test_a_drawing_states_nothing() -> None:
    drawing = "# Diagram\n\n<svg></svg>\n\n| name | A private list. |\n\nMembers keep todos.\n"
    assert read_statements({"docs/erd.md": drawing}) == ()
    beside = "```mermaid\nerDiagram\n```\n\n| name | text |\n\nMembers keep todos.\n"
    (prose,) = read_statements({"docs/a.md": beside})
    assert prose.text == "Members keep todos."
