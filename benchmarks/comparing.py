"""Whether a drafted brief says what a brief made by hand says.

The drafted *file* is compared, not what was read on the way to it: a rule of which the file has
only a comment would have to be written by hand, and counts as missed. Names are the same if the
brief has them as a name or a synonym, entities also if they link the same two others, or if three
or more attributes are those of one entity only. A rule is

* found, if everything that the brief's rule says is in the draft;
* partly found, if the same is said of the same things, and something is missing or vaguer: this
  counts neither as found nor as invented;
* implied, if the brief has it as an attribute, as a permission, or as a rule of another kind;
* invented otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from scoring.brief import (
    Ahead,
    Attribute,
    Bar,
    Brief,
    Default,
    Deletion,
    Effect,
    Entity,
    Filled,
    LeftOut,
    Limit,
    Membership,
    Needed,
    Order,
    Ownership,
    Quota,
    Reference,
    Relation,
    Restrict,
    Rule,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from scoring.words import words

Agreement = Literal["whole", "partly", "none"]
_COLUMNS_MIN = 3
_CHANGES = frozenset({"update", "change"})


class Comparison:
    """A brief made by hand, a drafted one, and which entities of the two are the same."""

    def __init__(self, brief: Brief, drafted: Brief) -> None:
        """Match the entities by name, then what links two others by its ends."""
        self.brief = brief
        self.drafted = drafted
        named = {words(n): e for e in reversed(brief.entities) for n in e.names}
        self._same: dict[str, Entity] = {
            each.name: named[words(each.name)]
            for each in drafted.entities
            if words(each.name) in named
        }
        self._match_links()
        self._match_columns()

    def _match_links(self) -> None:
        """Match entities of other names that link the same two things, and no account."""
        taken = {each.name for each in self._same.values()}
        wanted = {
            ends: [e for e in self.brief.entities if e.name not in taken and _ends(e) == ends]
            for ends in {_ends(each) for each in self.brief.entities}
        }
        for each in self.drafted.entities:
            ends = frozenset(self._same[name].name for name in _ends(each) if name in self._same)
            found = wanted.get(ends, [])
            if each.name not in self._same and len(ends) > 1 and len(found) == 1:
                self._same[each.name] = found.pop()

    def _match_columns(self) -> None:
        """Match what is left by its attributes, as the tables of a project are recognised, too."""
        taken = {each.name for each in self._same.values()}
        left = [each for each in self.brief.entities if each.name not in taken]
        for each in self.drafted.entities:
            fitting = [
                e
                for e in left
                if each.name not in self._same
                and len(each.attributes) >= _COLUMNS_MIN
                and all(
                    any(words(a.name) in map(words, b.names) for b in e.attributes)
                    for a in each.attributes
                )
            ]
            if len(fitting) == 1:
                self._same[each.name] = fitting[0]
                left.remove(fitting[0])

    def entity(self, drafted: str) -> Entity | None:
        """Return the brief's entity that a drafted one stands for."""
        return self._same.get(drafted)

    def agreement(self, wanted: Rule, drafted: Rule) -> Agreement:
        """Return how much of a rule a drafted rule says."""
        entity = self.entity(drafted.entity)
        if entity is None or (entity.name != wanted.entity and wanted.kind == drafted.kind):
            return "none"
        if wanted.kind != drafted.kind:
            alike = self._says_otherwise(wanted, drafted, is_same=entity.name == wanted.entity)
            return "partly" if alike else "none"
        checks = list(self._checks(entity, wanted, drafted))
        if not all(is_same for is_needed, is_same in checks if is_needed):
            return "none"
        return "whole" if all(is_same for _, is_same in checks) else "partly"

    def _says_otherwise(self, wanted: Rule, drafted: Rule, *, is_same: bool) -> bool:
        """Whether a rule says a part of one of another kind.

        Who may change a state, and in which state: a transition is refused from any other state,
        which a rule about the state says, too; it may also be an effect of another operation. Who
        must come at most some days ahead comes ahead. Rows that are shown to nobody are left out.
        Only the owner of what a row belongs to is one way of saying whose the row is.
        """
        acts_alike = self._acts_alike(wanted, drafted)
        match wanted, drafted:
            case Transition() as wants, State() as says if says.relation and acts_alike:
                same = self._is_entity(wants.entity, says.relation)
                return same and says.value in (wants.source, *wants.or_sources)
            case Transition() as wants, Effect() as says:
                same = self._is_entity(wants.entity, says.writes)
                return same and says.value == wants.target
            case _ if not is_same:
                return False
            case Membership() as wants, State() as says if says.relation and acts_alike:
                return self._is_entity(wants.through, says.relation) and (says.value == wants.value)
            case Transition() as wants, State(relation=None) as says:
                return says.value in (wants.source, *wants.or_sources)
            case State(relation=None) as wants, Transition() as says:
                return says.source in (wants.value, *wants.or_values)
            case LeftOut() as wants, Visibility() as says:
                return wants.value == says.hidden
            case Window() as wants, Ahead(side="future") as says:
                return self.is_named(self._same[says.entity], wants.attribute, says.attribute)
            case (Ownership(), Reference()) | (Reference(), Ownership()):
                return acts_alike
            case _:
                return False

    def _checks(self, entity: Entity, wanted: Rule, drafted: Rule) -> Iterable[tuple[bool, bool]]:
        """Compare the members of two rules: whether they must agree at all, and whether they do."""
        match wanted, drafted:
            case Limit() as wants, Limit() as says:
                least = says.minimum in (None, wants.minimum) or wants.minimum is None
                yield True, self.is_named(entity, wants.attribute, says.attribute)
                yield True, least and wants.maximum in (None, says.maximum)
            case Quota() as wants, Quota() as says:
                yield True, wants.maximum == says.maximum
                yield False, wants.days == says.days
                yield False, wants.value in (None, says.value)
            case Default() as wants, Default() as says:
                yield True, self.is_named(entity, wants.attribute, says.attribute)
                yield True, words(wants.value) == words(says.value)
            case Uniqueness() as wants, Uniqueness() as says:
                mine, other = self._key(entity, wanted), self._key(entity, drafted)
                yield True, bool(mine & other)
                yield False, mine == other
            case Transition() as wants, Transition() as says:
                yield True, self.is_named(entity, wants.attribute, says.attribute)
                yield True, words(wants.target) == words(says.target)
                yield True, says.source in (wants.source, *wants.or_sources)
            case Deletion() as wants, Deletion() as says:
                yield True, self._is_entity(wants.child, says.child)
                yield True, wants.effect == says.effect
            case Restrict() as wants, Restrict() as says:
                yield True, self._is_entity(wants.child, says.child)
                yield False, wants.value in (None, says.value)
            case Visibility() as wants, Visibility() as says:
                yield True, wants.hidden == says.hidden
                yield False, wants.or_owner == says.or_owner
                yield False, wants.or_through is None or says.or_through is not None
                yield False, self._actors(says.actors) == set(wants.actors)
            case _:
                yield from self._checks_of_acts(entity, wanted, drafted)

    def _checks_of_acts(
        self, entity: Entity, wanted: Rule, drafted: Rule
    ) -> Iterable[tuple[bool, bool]]:
        """Compare rules about one operation or another."""
        yield True, self._acts_alike(wanted, drafted)
        match wanted, drafted:
            case State() as wants, State() as says:
                yield True, self._leads(entity, wants.relation, says.relation)
                yield True, says.value in (wants.value, *wants.or_values)
            case LeftOut() as wants, LeftOut() as says:
                yield True, self._leads(entity, wants.relation, says.relation)
                yield True, wants.value == says.value
            case (Reference() as wants, Reference() as says) | (
                Stranger() as wants,
                Stranger() as says,
            ):
                yield True, self._leads(entity, wants.relation, says.relation)
            case Membership() as wants, Membership() as says:
                yield True, self._is_entity(wants.through, says.through)
                yield True, says.value in (wants.value, *wants.or_values)
                yield False, (wants.whom is None) == (says.whom is None)
            case Window() as wants, Window() as says:
                yield True, (wants.days, wants.beyond) == (says.days, says.beyond)
                yield False, self.is_named(entity, wants.attribute, says.attribute)
                yield False, wants.caller == says.caller
            case Ahead() as wants, Ahead() as says:
                yield True, self.is_named(entity, wants.attribute, says.attribute)
                yield True, wants.side == says.side
            case Filled() as wants, Filled() as says:
                yield True, self._is_entity(wants.child, says.child)
                yield False, wants.value in (None, says.value)
            case Bar() as wants, Bar() as says:
                yield True, self._is_entity(wants.through, says.through)
                yield False, wants.until is None or says.until is not None
            case Needed() as wants, Needed() as says:
                yield True, self.is_named(entity, wants.attribute, says.attribute)
            case Order() as wants, Order() as says:
                yield True, self.is_named(entity, wants.attribute, says.attribute)
                yield True, wants.comparison == says.comparison
                paths = wants.attribute.count("."), says.attribute.count(".")
                first = wants.attribute.split(".")[0], says.attribute.split(".")[0]
                yield True, paths[0] == paths[1] and (not paths[0] or self._leads(entity, *first))
                other = self.is_named(entity, wants.other, says.other)
                yield True, other or wants.other == says.other
            case Effect() as wants, Effect() as says:
                yield from self._checks_of_effect(wants, says)
            case Ownership() as wants, Ownership() as says:
                yield False, set(wants.or_actors) <= self._actors(says.or_actors)
                yield False, wants.or_relation is None or says.or_relation is not None
                yield False, wants.or_through is None or says.or_through is not None
                yield False, wants.or_value in (None, says.or_value)
            case _:
                yield True, False

    def _checks_of_effect(self, wanted: Effect, drafted: Effect) -> Iterable[tuple[bool, bool]]:
        other = self.brief.entity(wanted.writes)
        yield True, self._is_entity(wanted.writes, drafted.writes)
        yield True, wanted.change == drafted.change
        if wanted.attribute is not None and other is not None:
            yield False, self.is_named(other, wanted.attribute, drafted.attribute or "")
            yield False, wanted.value in (None, drafted.value)
        yield False, {*map(words, wanted.sets)} <= {*map(words, drafted.sets)}
        yield False, {*map(words, wanted.where)} <= {*map(words, drafted.where)}

    def _acts_alike(self, wanted: Rule, drafted: Rule) -> bool:
        """Whether some operation of the one rule is one of the other."""
        return any(
            self._is_operation(one, other)
            for one in wanted.operations
            for other in drafted.operations
        )

    def _is_operation(self, wanted: str, drafted: str) -> bool:
        entity, word = wanted.rsplit(".", 1)
        other, said = drafted.rsplit(".", 1)
        same = self.entity(other)
        if same is None or same.name != entity:
            return False
        operation = self.brief.operation(wanted)
        named = {words(each) for each in (word, *(operation.words if operation else ()))}
        alike = bool(set(words(word)) & set(words(said))) or words(said) in named
        return alike or {word, said} <= _CHANGES

    def _is_entity(self, wanted: str, drafted: str) -> bool:
        same = self.entity(drafted)
        return same is not None and same.name == wanted

    def _actors(self, drafted: Iterable[str]) -> set[str]:
        names = {words(n): each.name for each in self.brief.actors for n in each.names}
        return {names.get(words(each), each) for each in drafted}

    def _leads(self, entity: Entity, wanted: str | None, drafted: str | None) -> bool:
        """Whether two paths lead to the same row, or one of them passes by the other's row."""
        if wanted is None or drafted is None:
            return wanted == drafted
        step: Entity | None = entity
        for name in wanted.split("."):
            relation = step.relation(name) if step is not None else None
            if relation is None or step is None:
                return False
            if self._is_member(relation, drafted):
                return True
            step = self.brief.entity(relation.target)
        return False

    def is_named(self, entity: Entity, wanted: str, drafted: str) -> bool:
        """Whether a drafted name is one of the attribute's, relation's or path's names."""
        names, drafted = wanted.lstrip("-").split("."), drafted.split(".")[-1]
        if words(names[-1]) == words(drafted):
            return True
        step: Entity | None = entity
        for name in names[:-1]:
            relation = step.relation(name) if step is not None else None
            step = self.brief.entity(relation.target) if relation is not None else None
        member = (step.attribute(names[-1]) or step.relation(names[-1])) if step else None
        return member is not None and self._is_member(member, drafted)

    def _is_member(self, member: Attribute | Relation, drafted: str) -> bool:
        if words(drafted) in map(words, member.names):
            return True
        return isinstance(member, Relation) and (
            self._is_entity(member.target, drafted) or words(drafted) == words(member.target)
        )

    def _key(self, entity: Entity, rule: Uniqueness) -> frozenset[str]:
        """Return the unique key that a rule states, in the brief's names, its owner's included."""
        relations = sorted(entity.relations, key=lambda each: each.name == entity.owner)
        members = [*entity.attributes, *relations]
        names = {
            next((m.name for m in members if self._is_member(m, each)), each)
            for each in rule.attributes
        }
        owner = {entity.owner} if rule.scope == "owner" and entity.owner is not None else set()
        return frozenset(names | owner)

    def _goes_with_another(self, entity: Entity, drafted: str) -> bool:
        """Whether rows go with others that go with the entity's row: notes of its parts."""
        child = self.entity(drafted)
        gone = {
            rule.child
            for rule in self.brief.rules
            if isinstance(rule, Deletion) and rule.entity == entity.name and rule.effect == "erase"
        }
        return child is not None and bool(gone & {each.target for each in child.relations})

    def is_implied(self, drafted: Rule) -> bool:
        """Whether the brief says so without a rule: by an attribute, or by a permission.

        What starts as its attribute's default is implied, and so is that rows go with what goes
        with the row.
        """
        entity = self.entity(drafted.entity)
        if entity is None:
            return False
        rights = [p for p in self.brief.permissions if p.entity == entity.name]
        match drafted:
            case Ownership():
                return any("own" in (p.list, p.read, p.update, p.erase) for p in rights)
            case Limit():
                return any(
                    self._is_member(a, drafted.attribute)
                    and drafted.minimum in (None, a.minimum)
                    and drafted.maximum in (None, a.maximum)
                    for a in entity.attributes
                )
            case Effect(change="insert") if drafted.writes == drafted.entity:
                starts = (a for a in entity.attributes if a.default == drafted.value)
                return any(self._is_member(a, drafted.attribute or "") for a in starts)
            case Deletion(effect="erase"):
                return self._goes_with_another(entity, drafted.child)
            case Default():
                return any(
                    self._is_member(a, drafted.attribute) and drafted.value == a.default
                    for a in entity.attributes
                )
            case _:
                return False


def _ends(entity: Entity) -> frozenset[str]:
    """Return what an entity's relations lead to, accounts aside."""
    return frozenset(each.target for each in entity.relations if each.name != entity.owner)
