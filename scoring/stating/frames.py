"""Whether a sentence states a rule without a number: who, what, and with which polarity."""

from __future__ import annotations

import itertools

from scoring.brief import (
    Default,
    Deletion,
    Effect,
    Membership,
    Ownership,
    Reference,
    Restrict,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
)
from scoring.prose import lexicon
from scoring.prose.clauses import (
    clauses,
    negations,
    own_clause,
    prohibits,
    refusals,
    refused_at,
    restrictions,
)
from scoring.prose.sentence import Sentence, read
from scoring.stating.vocabulary import (
    OWNING,
    Phrase,
    RuleWords,
    Vocabulary,
    mentions,
    places,
    within,
)
from scoring.words import words

_OTHERS = (("somebody", "else"), ("someone", "else"), ("other",), ("others",), ("anybody", "else"),
           ("another", "user"), ("anyone", "else"), ("nobody", "else"))  # fmt: skip
_OF_OTHERS = frozenset(_OTHERS)
_ONCE = (("once",), ("unique",), ("distinct",), ("one",), ("single",))
_AGAIN = (("already",), ("taken",), ("exist",), ("exists",), ("same",), ("twice",), ("another",),
          ("again",), ("duplicate",), ("in", "use"))  # fmt: skip
_NO_TWO = (("no", "two"), ("no", "other"), ("nobody", "else"), ("no", "second"), ("never", "two"))
_START = frozenset("first default initially initial start new begin unless otherwise".split())
_DELETE = frozenset("delete erase remove".split())
_KEEP = frozenset("keep stay remain survive still without".split())
_GO = frozenset("delete erase remove go cascade disappear vanish".split())
_ALREADY = frozenset("already again twice".split())
_EXCEPTIONS = frozenset("but except unless only besides other".split())


def _set(phrases: tuple[Phrase, ...]) -> frozenset[Phrase]:
    return frozenset(phrases)


def _is_denied(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the clause that `only` restricts is negated: then the rest may, and this may not."""
    clause = own_clause(sentence, min(start, len(sentence.tokens) - 1))
    inside = sum(
        negations(sentence, each) > 0 for each in clauses(sentence) if start <= each.start < end
    )
    own = any(
        sentence.tokens[at].text in ("not", "cannot", "never", "no", "nobody")
        for at in range(clause.start, clause.end)
        if not start <= at < end
    )
    later = own and inside == 0
    return later and not _contrasts(sentence, start)


def _contrasts(sentence: Sentence, start: int) -> bool:
    """Whether the restriction is set against a denial: `not to visitors, only to admins`."""
    before = [token.text for token in sentence.tokens[:start]]
    behind = [token.text for token in sentence.tokens[start:]]
    shown_after = "," in before[-3:] and "not" in before
    denied_after = any(a == "," and b == "not" for a, b in itertools.pairwise(behind))
    return shown_after or denied_after or bool(set(before[-2:]) & {"but", "except", "than"})


def _restricts(sentence: Sentence, phrases: frozenset[Phrase]) -> bool:
    """Whether something is only for what the phrases name."""
    return any(
        within(sentence, phrases, start, end) and not _is_denied(sentence, start, end)
        for start, end in restrictions(sentence)
    )


def _is_owned(
    sentence: Sentence, owners: frozenset[Phrase], known: Vocabulary, about: frozenset[str]
) -> bool:
    """Whether a sentence keeps rows to those who own them; `about` are the rows' entities."""
    for start, end in restrictions(sentence):
        told = within(sentence, owners, start, end) and not _is_denied(sentence, start, end)
        if told and _concerns(sentence, start, end, known, about):
            return True
    if mentions(sentence, _OF_OTHERS):
        by_nobody = sentence.find(("nobody", "else"))
        if by_nobody:
            denied = sum(negations(sentence, c) for c in clauses(sentence) if c.kind == "main")
            clause = own_clause(sentence, by_nobody[0])
            return denied == 1 and not refusals(sentence, clause)
        if prohibits(sentence):
            return True
    private = sentence.find(("private",))
    if private and not refused_at(sentence, private[0]):
        return True
    own = frozenset({(word,) for word in OWNING} | {("belong",)})
    return prohibits(sentence) and any(
        clause.kind == "condition"
        and negations(sentence, clause) % 2 == 1
        and within(sentence, own, clause.start, clause.end)
        and _concerns(sentence, clause.start, clause.end, known, about)
        for clause in clauses(sentence)
    )


def _concerns(
    sentence: Sentence, start: int, end: int, known: Vocabulary, about: frozenset[str]
) -> bool:
    """Whether the first entity in a run of tokens, if one is named, is an account or of these."""
    accounts = frozenset(entity.name for entity in known.brief.entities if entity.account)
    for at, till, entities in known.entities(sentence):
        if start <= at < till <= end:
            phrase = tuple(token.word for token in sentence.tokens[at:till])
            own = any(phrase in known.entity(name) for name in about)
            return own or bool(entities & (about | accounts))
    return True


def ownership(sentence: Sentence, rule: Ownership, said: RuleWords, known: Vocabulary) -> bool:
    """Whether rows are for their owner alone."""
    entity = known.brief.entity(rule.entity)
    owners = known.owners(entity)
    if not mentions(sentence, known.entity(rule.entity) | said.named):
        return False
    owners |= said.named - known.entity(rule.entity)
    return _is_owned(sentence, owners, known, known.chain(rule.entity))


def reference(sentence: Sentence, rule: Reference, said: RuleWords, known: Vocabulary) -> bool:
    """Whether only rows of the caller can be referred to."""
    entity = known.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = known.brief.entity(relation.target) if relation is not None else None
    owners = known.owners(target) | known.owners(entity)
    about = known.chain(rule.entity) | known.chain(target.name if target is not None else "")
    return _is_owned(sentence, owners, known, about)


def membership(sentence: Sentence, rule: Membership, said: RuleWords, known: Vocabulary) -> bool:
    """Whether something is for those only who belong to it, or refused to those who do."""
    role = said.naming[0] if said.naming else known.entity(rule.through)
    if rule.value is not None:
        role |= {words(rule.value)}
    if _restricts(sentence, role):
        return True
    outside = frozenset(role | {("belong",), ("member",)})
    kept_out = any(
        within(sentence, outside, clause.start, clause.end) and negations(sentence, clause) % 2 == 1
        for clause in clauses(sentence)
        if clause.kind != "main"
    )
    if kept_out and prohibits(sentence):
        return True
    wording = read(rule.text)
    if restrictions(wording):
        return False
    if prohibits(wording):
        return prohibits(sentence)
    theirs = any(token.text in _THEIRS for token in sentence.tokens)
    return theirs and not prohibits(sentence) and mentions(sentence, role)


_THEIRS = frozenset("their his her own belong".split())


def uniqueness(sentence: Sentence, rule: Uniqueness, said: RuleWords, known: Vocabulary) -> bool:
    """Whether no two rows may have the same."""
    del rule, said, known
    for start, end in places(sentence, _set(_NO_TWO)):
        clause = own_clause(sentence, start)
        odd = negations(sentence, clause) + refusals(sentence, clause)
        if odd == 1 and _counts_things(sentence, end):
            return True
    for start, _ in places(sentence, _set(_ONCE)):
        if _is_once(sentence, start) and not refused_at(sentence, start):
            return True
    for start, _ in places(sentence, _set(_AGAIN)):
        clause = own_clause(sentence, start)
        by_no = any(t.text == "no" for t in sentence.tokens[clause.start : clause.end])
        if prohibits(sentence) and not (by_no and refused_at(sentence, start)):
            return True
    return False


_NOT_ONCE = frozenset("than not also often ever".split())
_BEFORE_UNIQUE = lexicon.BE | lexicon.DETERMINERS | lexicon.ADVERBS | {"be", ",", "and", "with"}
_ONE = lexicon.BE | lexicon.HAVE | frozenset("most only exactly just gives gets".split())


def _is_once(sentence: Sentence, place: int) -> bool:
    """Whether `once`, `unique` or `one` at this token says that there is no second one."""
    text = sentence.tokens[place].text
    before, behind = _texts(sentence, place - 1, place), _texts(sentence, place + 1, place + 8)
    if _NOT_ONCE & set(before) or (behind and _NOT_ONCE & set(behind[:1])):
        return False
    if text in ("unique", "distinct"):
        joined = not behind or behind[0] in lexicon.CONJUNCTIONS | lexicon.BE
        return bool(set(before) & _BEFORE_UNIQUE) and not (
            joined and set(before) & lexicon.ARTICLES
        )
    least = any(a == "at" and b == "least" for a, b in itertools.pairwise(behind))
    if least or "least" in before:
        return False
    return text != "one" or (bool(_ONE & set(before)) and not _is_pronoun(sentence, place))


def _counts_things(sentence: Sentence, end: int) -> bool:
    """Whether `no two` is said of things: `no two lists have`; or `no other list`."""
    if sentence.tokens[end - 1].text != "two":
        return True
    for at in range(end, min(end + 3, len(sentence.tokens) - 1)):
        token, behind = sentence.tokens[at], sentence.tokens[at + 1]
        if token.text != token.word:
            return behind.text in _BEHIND_THINGS or behind.lemma in ("share", "have", "get")
    return False


_BEHIND_THINGS = lexicon.AUXILIARIES | lexicon.PREPOSITIONS | lexicon.RELATIVES


def _is_pronoun(sentence: Sentence, place: int) -> bool:
    """Whether `one` stands for a noun: `restoring one that is published`."""
    if sentence.tokens[place].text != "one":
        return False
    behind = sentence.tokens[place + 1].text if place + 1 < len(sentence.tokens) else "."
    return not behind.isalpha() or behind in ("that", "which", "is", "of", "or", "and", "has")


def default(sentence: Sentence, rule: Default, said: RuleWords, known: Vocabulary) -> bool:
    """Whether the attribute starts with the value."""
    del known
    truth = rule.value in ("true", "false")
    value = frozenset({words(rule.value)}) if not truth else said.named
    found = places(sentence, value) or places(sentence, said.naming[-1] if said.naming else value)
    if not _starts(sentence):
        return False
    wanted = rule.value == "false"
    return any(
        (negations(sentence, own_clause(sentence, start)) % 2 == 1) == wanted
        and not refusals(sentence, own_clause(sentence, start))
        for start, _ in found
        if bool(_VALUED & set(_texts(sentence, start - 4, start)))
        or sentence.find(("by", "default"))
    )


_VALUED = lexicon.BE | frozenset("as to with be become becomes status state value".split())


def _starts(sentence: Sentence) -> bool:
    """Whether a sentence speaks of how something begins."""
    return any(
        token.text in _START or token.lemma in _START
        for place, token in enumerate(sentence.tokens)
        if token.text != "first" or _texts(sentence, place - 1, place) == ["at"]
    )


def transition(sentence: Sentence, rule: Transition, said: RuleWords, known: Vocabulary) -> bool:
    """Whether the step is for rows in the source state only, or refused in others."""
    entity = known.brief.entity(rule.entity)
    others = known.values(entity, rule.attribute) - {rule.source}
    names = known.entity(rule.entity)
    actions = (
        frozenset(phrase for group in said.naming if not group & names for phrase in group)
        or said.named
    )
    for start, end in restrictions(sentence):
        if _is_denied(sentence, start, end):
            continue
        acts = [at for at, _ in places(sentence, actions) if not start <= at < end]
        if acts and _in_state(sentence, start, end, rule.source, others, names):
            return True
    but = _single(actions)
    return prohibits(sentence, but) and _refuses_state(sentence, rule, others, actions)


def _single(phrases: frozenset[Phrase]) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in phrases if len(phrase) == 1)


def _in_state(
    sentence: Sentence,
    start: int,
    end: int,
    source: str,
    others: frozenset[str],
    names: frozenset[Phrase],
) -> bool:
    """Whether a run of tokens speaks of this state, and of no other one."""
    run = sentence.tokens[start:end]
    denied = any(token.text in ("not", "no") for token in run)
    named = within(sentence, frozenset({words(source)}), start, end)
    other = any(within(sentence, frozenset({words(value)}), start, end) for value in others)
    if denied:
        return other and not named
    if named:
        return True
    head = start
    while head < end and sentence.tokens[head].text not in lexicon.PREPOSITIONS:
        head += 1
    about = within(sentence, names, start, head)
    return about and not other and len(run) > 2


def _refuses_state(
    sentence: Sentence, rule: Transition, others: frozenset[str], actions: frozenset[Phrase]
) -> bool:
    """Whether what is refused is a row in another state, not one in the source state."""
    acts = {at for at, _ in places(sentence, actions)}
    scopes = restrictions(sentence)

    def outside(found: list[int]) -> list[int]:
        return [at for at in found if not any(start <= at < end for start, end in scopes)]

    source = outside(_states(sentence, rule.source))
    negated = [p for p in source if "not" in _texts(sentence, p - 3, p)]
    again = [at for at, token in enumerate(sentence.tokens) if token.text in _ALREADY]
    other = outside([place for value in others for place in _states(sentence, value)])
    told = [*again, *negated, *other]
    if not told and rule.source not in sentence.words:
        told = [start for start, _ in places(sentence, _DECIDED)]
    return any(acts - {place} for place in told)


_DECIDED = frozenset({("decided",), ("closed",), ("done",), ("over",), ("ended",)})


def _states(sentence: Sentence, value: str) -> list[int]:
    """Return where a value is said of something, not done to it (`can be hidden`)."""
    return [
        start
        for start in sentence.find(words(value))
        if start == 0 or sentence.tokens[start - 1].text not in ("be", "been", "to")
    ]


def _texts(sentence: Sentence, start: int, end: int) -> list[str]:
    return [token.text for token in sentence.tokens[max(0, start) : end]]


def state(sentence: Sentence, rule: State, said: RuleWords, known: Vocabulary) -> bool:
    """Whether it is done only while the other row has the value, or refused otherwise."""
    target = known.brief.entity(rule.entity)
    for step in rule.relation.split(".") if rule.relation is not None else ():
        relation = target.relation(step) if target is not None else None
        target = known.brief.entity(relation.target) if relation is not None else None
    others = known.values(target, rule.attribute) - {rule.value, *rule.or_values}
    names = known.entity(target.name if target is not None else rule.relation or rule.entity)
    for start, end in restrictions(sentence):
        if _is_denied(sentence, start, end):
            continue
        if _in_state(sentence, start, end, rule.value, others, names):
            return True
    if not prohibits(sentence, _single(said.named)):
        return False
    wanted = [p for p in _states(sentence, rule.value) if "not" not in _texts(sentence, p - 3, p)]
    other = [place for value in others for place in _states(sentence, value)]
    return bool(other) or not wanted


def restrict(sentence: Sentence, rule: Restrict, said: RuleWords, known: Vocabulary) -> bool:
    """Whether what others refer to cannot be deleted."""
    if not any(token.lemma in _DELETE for token in sentence.tokens):
        return False
    child = known.entity(rule.child)
    child |= said.naming[1] if len(said.naming) > 1 else child
    stands = [start for start, _ in places(sentence, child)]
    without = [s for s in stands if {"without", "no"} & set(_texts(sentence, s - 3, s))]
    if _restricts(sentence, child):
        return bool(without)
    return prohibits(sentence) and len(without) < max(1, len(stands))


def visibility(sentence: Sentence, rule: Visibility, said: RuleWords, known: Vocabulary) -> bool:
    """Whether hidden rows are for these actors only, or not for anybody else."""
    entity = known.brief.entity(rule.entity)
    people = {words(name) for actor in rule.actors for name in _actor_names(known, actor)}
    if not any(token.lemma in _SEEING for token in sentence.tokens):
        return False
    allowed = frozenset(people) | known.owners(entity) | {("moderator",)} & said.named
    if _restricts(sentence, allowed):
        return True
    if not prohibits(sentence):
        return False
    denied = [c for c in clauses(sentence) if negations(sentence, c) % 2 == 1]
    excepted = bool(_EXCEPTIONS & {token.text for token in sentence.tokens})
    return excepted or not any(within(sentence, frozenset(people), c.start, c.end) for c in denied)


_SEEING = frozenset("show see find read list view display reach visible exist appear get".split())


def _actor_names(known: Vocabulary, name: str) -> tuple[str, ...]:
    found = next((actor for actor in known.brief.actors if actor.name == name), None)
    return found.names if found is not None else (name,)


def deletion(sentence: Sentence, rule: Deletion, said: RuleWords, known: Vocabulary) -> bool:
    """Whether the child rows stay, or go, when the row is deleted."""
    del said
    child = known.entity(rule.child)
    kept = _KEEP if rule.effect == "keep" else _GO
    lost = _GO if rule.effect == "keep" else _KEEP
    if _denies_condition(sentence, rule.text):
        return False
    for clause in clauses(sentence):
        if not within(sentence, child, clause.start, clause.end):
            continue
        run = range(clause.start, clause.end)
        lemmas = {sentence.tokens[at].lemma for at in run if _is_said(sentence, at)}
        odd = negations(sentence, clause) % 2 == 1
        if kept & lemmas and (not odd or "without" in lemmas or sentence.find(("no",))):
            return not (rule.effect == "keep" and "lose" in lemmas)
        if rule.effect == "keep" and lost & lemmas and odd:
            return True
    return False


def _is_said(sentence: Sentence, place: int) -> bool:
    """Whether a verb stands for what happens, not for a thing: `the delete`."""
    before = sentence.tokens[place - 1].text if place else ""
    return before not in lexicon.ARTICLES


def _denies_condition(sentence: Sentence, reference: str) -> bool:
    """Whether the condition is denied here and not in the rule's own wording."""

    def denied(each: Sentence) -> bool:
        return any(negations(each, c) % 2 == 1 for c in clauses(each) if c.kind == "condition")

    return denied(sentence) and not denied(read(reference))


def effect(sentence: Sentence, rule: Effect, said: RuleWords, known: Vocabulary) -> bool:
    """Whether it is said to happen, and not denied."""
    del known
    if _denies_condition(sentence, rule.text):
        return False
    return any(
        (negations(sentence, clause) + refusals(sentence, clause)) % 2 == 0
        and any(within(sentence, group, clause.start, clause.end) for group in said.naming)
        for clause in clauses(sentence)
        if clause.kind == "main"
    )


def stranger(sentence: Sentence, rule: Stranger, said: RuleWords, known: Vocabulary) -> bool:
    """Whether nobody does it to what is his own; a founder or an author is named as such."""
    del said, known
    own = sentence.find(("own",))
    if not own:
        wording = read(rule.text)
        named = not wording.find(("own",)) and prohibits(wording)  # as by `the founder`
        return _restricts(sentence, _OF_OTHERS) or (named and prohibits(sentence))
    clause = own_clause(sentence, own[0])
    denied = clause.kind == "condition" and negations(sentence, clause) % 2 == 1
    return prohibits(sentence) and not denied
