"""The words that a sentence has which states a drafted rule."""

from __future__ import annotations

from scoring.drafting.draft import DraftRule

_DENIED = ["refused", "rejected", "only", "cannot", "not", "nobody", "never", "conflict"]
_NAMED = ("attribute", "relation", "child", "through", "writes", "target", "value", "hidden")


def words_of(rule: DraftRule) -> list[list[str]]:
    """Return groups of words, of each of which a sentence that states the rule has one."""
    own = list(dict.fromkeys([" ".join(rule.entity), rule.entity[-1]]))
    details = rule.details
    numbers = [[str(details[key])] for key in ("minimum", "maximum", "days") if details.get(key)]
    match rule.kind:
        case "limit":
            return [[str(details["attribute"])], *numbers]
        case "quota":
            return [own, *numbers]
        case "default":
            return [own, [str(details["value"])], ["first", "default", "initially"]]
        case "uniqueness":
            attributes = details["attributes"]
            first = list(attributes)[:1] if isinstance(attributes, tuple) else []
            return [own, first, ["unique", "same", "once", "already", "no two"]]
        case "ownership":
            return [own, ["own", "owner", "author", "only", "else", "private"]]
        case "restrict":
            return [own, [str(details["child"])], ["delete", "deleted"], _DENIED]
        case "deletion":
            return [own, [str(details["child"])], ["delete", "deleted"]]
        case "transition":
            return [own, [str(details["target"])], _DENIED]
        case _:
            named = [[str(details[key])] for key in _NAMED if details.get(key)]
            return [own, *named[:1]]
