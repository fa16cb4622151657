"""Closed classes of English words, and the verbs that requirements are written with."""

from __future__ import annotations

from functools import lru_cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set("a an the its their every our my your whose")
"""What a noun phrase must follow."""
DETERMINERS = ARTICLES | _set(
    "no his her this that these those each any some all both another other"
)
PREPOSITIONS = _set(
    "of at by for from with without within into onto between among during under per via to in on "
    "as than after before until since over above below about against through out off up down "
    "behind beyond besides except despite"
)
BINDING = _set("of at from with into onto between among during per via than")
"""Prepositions that always have their noun phrase behind them."""
CONJUNCTIONS = _set("and or but nor")
SUBORDINATORS = _set("if when while where unless because whenever whether once until although")
REASONS = _set("as because since so")
RELATIVES = _set("that which who whom whose")
PRONOUNS = _set(
    "it they he she them him we us you i himself herself itself themselves nobody somebody "
    "anybody everybody nothing something anything everything none noone someone anyone everyone "
    "one ones others"
)
SUBJECTS = _set("he she they we nobody everybody everyone noone")
MODALS = _set("can cannot could may might must shall should will would")
BE = _set("is are was were")
HAVE = _set("has have had")
DO = _set("does do did")
AUXILIARIES = MODALS | BE | HAVE | DO
NEGATIONS = _set("not never cannot")
NEGATIVE_PRONOUNS = _set("nobody nothing none neither noone")
ADVERBS = _set(
    "not never only also already again still just always alone then there too now once twice "
    "first else instead even yet often together later ever immediately initially"
)
ADJECTIVES = _set(
    "open active visible draft paid plain online offline public private free new first last "
    "current present available whole same different old"
)
"""Words that often say in which state something is."""
REFUSALS = _set(
    "refused refuse refuses rejected reject rejects forbidden forbid forbids denied deny denies "
    "disallowed prohibited prohibit prohibits prevented prevent prevents impossible fail fails "
    "invalid error conflict 400 401 403 404 409 422"
)
"""Words for an outcome that is a refusal; statuses are among them."""
COMPARATIVES = _set(
    "more less fewer longer shorter older younger later earlier greater smaller larger higher "
    "lower other rather else better sooner bigger"
)
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
    "hundred": 100,
    "thousand": 1000,
}
NEVER_NOUNS = _set(
    "creates deletes becomes belongs gives gets sees finds keeps stays remains refuses receives "
    "removes adds applies exists contains allows joins makes takes writes sends brings shows "
    "resolves dismisses closes opens reopens restores hides archives approves rejects"
)
"""Forms of verbs that are hardly ever nouns."""
_REGULAR = """
accept access achieve activate add adjust affect agree allow announce answer appear append apply
approve archive arrange ask assign attach attend authenticate authorise authorize award ban base
block book browse buy calculate call cancel change charge check claim clear close collect comment
commit compare complete confirm connect consist contact contain continue convert copy correct
count create credit deactivate decide decline decrease default define delay delete deliver demote
deny depend describe disable disallow discard discount dismiss display document download earn edit
email enable end enforce enrol ensure enter erase exceed exist expect expire explain export extend
fail favour favor fetch fill filter finish fix flag follow forbid format found generate grant group
guarantee handle happen identify ignore import improve include increase inform insert invite issue
join judge label last launch leave like limit link list load lock log look mark match mean measure
mention merge message moderate modify monitor move name need notify number offer omit open operate
order outline overlap own owe pass pause permit pick pin place plan play point post postpone
prefer prepare present prevent print proceed process produce prohibit promise promote propose
prove provide publish query raise range rate reach read receive record redeem reduce refer refund
refuse register reinstate reject relate release remain remember remind remove rename renew reopen
reorder repeat replace reply report request require reserve reset resolve respond rest restore
restrict result resume retain retire retrieve return review revoke reward roll save schedule score
search select separate serve share ship sign skip solve sort specify start state stay stop
store subject submit subscribe suggest sum support suppose suspend switch tag touch track trade
transfer transition treat trigger try unban unblock unhide unlock unpublish unread update upload use
maintain donate buy lend rent hire host organise organize teach repair inspect evaluate curate
nominate validate verify view violate visit vote wait want warn watch withdraw work
"""
_IRREGULAR = """
be is are was were been being
become becomes became becoming
begin begins began begun beginning
belong belongs belonged belonging
borrow borrows borrowed borrowing
bring brings brought bringing
choose chooses chose chosen choosing
come comes came coming
cut cuts cutting
do does did done doing
fall falls fell fallen falling
find finds found finding
get gets got getting
give gives gave given giving
go goes went gone going
have has had having
hide hides hid hidden hiding
hold holds held holding
keep keeps kept keeping
know knows knew known knowing
lead leads led leading
leave leaves left leaving
lie lies lay lain lying
lift lifts lifted lifting
lose loses lost losing
make makes made making
pay pays paid paying
put puts putting
run runs ran running
say says said saying
see sees saw seen seeing
sell sells sold selling
send sends sent sending
set sets setting
show shows showed shown showing
speak speaks spoke spoken speaking
stand stands stood standing
stick sticks stuck sticking
take takes took taken taking
think thinks thought thinking
throw throws threw thrown throwing
withdraw withdraws withdrew withdrawn withdrawing
write writes wrote written writing
"""


def _forms(base: str) -> tuple[str, ...]:
    """Return the forms of a regular verb: `stop`, `stops`, `stopped`, `stopping`."""
    if base.endswith("e"):
        stem, past = base[:-1], base + "d"
    elif base.endswith("y") and base[-2] not in "aeiou":
        return (base, base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    else:
        doubled = len(base) > 2 and base[-1] not in "aeiouwxy" and base[-2] in "aeiou"
        doubles = doubled and base[-3] not in "aeiou"
        forms = [base, base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")]
        forms += [base + "ed", base + "ing"]
        if doubles:
            forms += [base + base[-1] + "ed", base + base[-1] + "ing"]
        return tuple(forms)
    return (base, base + "s", past, stem + "ing")


def _lemmas() -> dict[str, str]:
    found: dict[str, str] = {}
    for base in _REGULAR.split():
        for form in _forms(base):
            found.setdefault(form, base)
    for line in _IRREGULAR.strip().splitlines():
        base, *forms = line.split()
        for form in (base, *forms):
            found[form] = base
    return found


LEMMAS = _lemmas()
"""Every form of the known verbs, and the verb itself."""


@lru_cache(maxsize=4096)
def lemma(word: str) -> str:
    """Return the verb that a word is a form of; another word stays."""
    return LEMMAS.get(word, word)
