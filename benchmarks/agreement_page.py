"""The page of `benchmarks/agreement.py`: agreement by kind of form, and what changed it."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.english import counted
from pipeline.records.calls import CallRecord
from pipeline.records.record import Record
from pipeline.run.agreement import Agreement, Same, agree
from scoring.loading import load_brief
from scoring.synonyms import Synonyms

WRONG_BELOW = 0.5
"""A valid form that agrees less than this with the golden one counts as valid but wrong."""
FEWEST_FORMS = 5
"""Of fewer forms no difference is stated: resampled, they say too little of how far forms vary."""
RESAMPLES = 2000
TAIL = 0.025
"""Of resampled means that lie outside a 95 percent interval, on each side."""
STAGES = ("analysis", "database", "interface", "test", "program")
HEADER = (
    "| form | forms | of these empty | agreement | precision | recall | valid | valid but wrong "
    "| cut short | tokens | seconds |"
)


class Answer(Record):
    """An answer of a model to a form of a golden run."""

    model: str
    request: str
    kind: str
    seed: int
    examples: bool
    """Whether the prompt had the worked example of the form's kind."""
    golden: Any
    choices: tuple[str, ...]
    """Words that the form offered to choose from."""
    call: CallRecord

    @property
    def form(self) -> tuple[str, str]:
        """Request and key of the form."""
        return self.request, self.call.form

    @property
    def question(self) -> tuple[object, ...]:
        """What was asked of whom: an answer takes the place of an earlier one."""
        return self.model, self.form, self.seed, self.examples

    @property
    def agreement(self) -> Agreement:
        """How far it says what the golden form says; an answer that is no JSON says nothing."""
        try:
            said = json.loads(self.call.output)
        except json.JSONDecodeError:
            said = {}
        return agree(self.golden, said, _same(self.request), frozenset(self.choices))

    def line(self) -> str:
        """Say in a line what became of it."""
        usage, examples = self.call.usage, "with example" if self.examples else ""
        return (
            f"{self.model} {self.request} {self.call.form} {self.seed} {examples} "
            f"{self.agreement.f1:.2f} {self.call.stop} {usage.output_tokens} tokens "
            f"{usage.total_s:.1f} s"
        )


@cache
def _same(request: str) -> Same:
    return Synonyms(load_brief(request)).same


@dataclass(frozen=True)
class Mean:
    """A mean over forms with its bootstrap interval at 95 percent."""

    forms: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"

    @property
    def verdict(self) -> str:
        """Say of a difference whether it is one."""
        if self.forms < FEWEST_FORMS:
            return "too few forms"
        if self.low > 0:
            return "**better**"
        return "**worse**" if self.high < 0 else "no difference seen"


def bootstrap(values: Sequence[float]) -> Mean:
    """Resample forms (Efron, 1979); the same values always give the same interval."""
    chance = random.Random(0)
    means = sorted(
        statistics.fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    cut = int(RESAMPLES * TAIL)
    return Mean(len(values), statistics.fmean(values), means[cut], means[-1 - cut])


def by_form(
    answers: Iterable[Answer], measure: Callable[[Answer], float]
) -> dict[tuple[str, str], float]:
    """Average a measure over the seeds of each form."""
    values: dict[tuple[str, str], list[float]] = {}
    for answer in answers:
        values.setdefault(answer.form, []).append(measure(answer))
    return {form: statistics.fmean(each) for form, each in values.items()}


def page(answers: Sequence[Answer], before: Sequence[Answer]) -> str:
    """Write the whole page."""
    lines = [*head(), *asked(answers), *summary(answers)]
    for model in models(answers):
        plain = of(answers, model, False)
        lines += [f"## {model}", "", *table(plain)]
        shown = of(answers, model, True)
        if shown:
            lines += ["With and without a worked example, the same forms and seeds:", ""]
            lines += comparison(plain, shown, ("without", "with example"))
        earlier = of(before, model, False)
        if earlier:
            lines += ["Before and after the prompts and forms were changed, the same seeds:", ""]
            lines += comparison(earlier, plain, ("before", "after"))
    return "\n".join(lines)


def head() -> list[str]:
    """Begin the page."""
    return [
        "# Form agreement",
        "",
        "Written by `python -m benchmarks.agreement`; do not edit.",
        "",
        "With golden forms before it, how much of what a form should say does a model's form say?",
        "Each form is asked as in the golden run. The answer and the golden form are compared as",
        "sets of statements (`pipeline/run/agreement.py`): kinds, names, types, bounds, words,",
        "rules, statuses. Prose says nothing here, and names that a model invents are matched by",
        "the brief's synonyms. *Agreement* is the harmonic mean of precision and recall, first of",
        "the seeds of a form, then of forms, with a bootstrap interval at 95 % over forms; one of",
        "few forms is narrower than it should be. *Valid but wrong* are forms that pass every",
        f"check and agree less than {WRONG_BELOW:.0%}. Of *empty* ones the golden form says",
        "nothing, such as the program of an operation to which no rule adds anything; they agree",
        f"wholly or not at all. A difference is stated from {FEWEST_FORMS} forms on. Where a stage",
        "asks other kinds of forms than before, all of them together are compared, the empty ones",
        "left out: they are what is no longer asked.",
        "",
        "An answer has a quarter more tokens than the golden one, and 100 in any case; then it is",
        "closed the shortest way, because small models repeat themselves. *Cut short* is the share",
        "of answers that this happened to. Seconds are of processor time, on one thread.",
        "",
    ]


def asked(answers: Sequence[Answer]) -> list[str]:
    """Say what was asked."""
    requests = " and ".join(f"`{name}`" for name in dict.fromkeys(a.request for a in answers))
    seeds = counted(len({a.seed for a in answers}), "seed")
    return [f"Asked: {requests}, {seeds}, {counted(len(answers), 'answer')}.", ""]


def summary(answers: Sequence[Answer]) -> list[str]:
    """Show one number a form kind and model, asked without examples."""
    names = models(answers)
    lines = [f"| form | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    plain = {name: of(answers, name, False) for name in names}
    for kind in kinds([each for mine in plain.values() for each in mine]):
        cells = (cell([each for each in plain[name] if each.kind == kind]) for name in names)
        lines.append(f"| `{kind}` | {' | '.join(cells)} |")
    return [*lines, ""]


def cell(answers: Sequence[Answer]) -> str:
    """Write the agreement of one kind."""
    return str(bootstrap(list(by_form(answers, f1).values()))) if answers else "not asked"


def table(answers: Sequence[Answer]) -> list[str]:
    """Show everything that was measured, by kind."""
    return [
        HEADER,
        f"|---|{'---:|' * 10}",
        *(row(kind, [each for each in answers if each.kind == kind]) for kind in kinds(answers)),
        "",
    ]


def row(kind: str, answers: Sequence[Answer]) -> str:
    """Write a line of the table."""
    measures: list[Callable[[Answer], float]] = [
        lambda each: each.agreement.precision,
        lambda each: each.agreement.recall,
        lambda each: each.call.valid,
        lambda each: each.call.valid and f1(each) < WRONG_BELOW,
        lambda each: each.call.stop != "end",
        lambda each: each.call.usage.output_tokens,
        lambda each: each.call.usage.total_s,
    ]
    forms = by_form(answers, f1)
    empty = {each.form for each in answers if each.agreement.golden == 0}
    means = [statistics.fmean(by_form(answers, measure).values()) for measure in measures]
    precision, recall, *shares, tokens, seconds = means
    return (
        f"| `{kind}` | {len(forms)} | {len(empty)} | {bootstrap(list(forms.values()))} | "
        f"{precision:.2f} | {recall:.2f} | {' | '.join(f'{share:.0%}' for share in shares)} | "
        f"{tokens:.0f} | {seconds:.1f} |"
    )


def comparison(
    first: Sequence[Answer], second: Sequence[Answer], labels: tuple[str, str]
) -> list[str]:
    """Compare two sets of answers, by kind; a stage that asks other kinds now as a whole, too.

    As a whole only forms count whose golden form says something: those that say nothing, such as
    programs to which no rule adds anything, are what a stage may have stopped to ask.
    """
    lines = [
        f"| form | forms | {labels[0]} | {labels[1]} | difference | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for kind in kinds([*first, *second]):
        left, right = ([a for a in answers if a.kind == kind] for answers in (first, second))
        if left and right:
            lines.append(compared(f"`{kind}`", left, right))
    for stage in STAGES:
        left, right = (
            [a for a in answers if a.call.stage == stage and a.agreement.golden]
            for answers in (first, second)
        )
        if left and right and kinds(left) != kinds(right):
            lines.append(compared(f"`{stage}` as a whole", left, right, whole=True))
    return [*lines, ""]


def compared(
    label: str, first: Sequence[Answer], second: Sequence[Answer], *, whole: bool = False
) -> str:
    """Write a line of a comparison: of forms that both sides have, unless the whole is meant."""
    left, right = by_form(first, f1), by_form(second, f1)
    both = [form for form in left if form in right]
    if whole or not both:
        found = apart(list(left.values()), list(right.values()))
        number = f"{len(left)} and {len(right)}"
    else:
        left, right = ({form: side[form] for form in both} for side in (left, right))
        found = bootstrap([right[form] - left[form] for form in both])
        number = str(len(both))
    means = " | ".join(f"{statistics.fmean(side.values()):.2f}" for side in (left, right))
    return (
        f"| {label} | {number} | {means} | {found.value:+.2f} ({found.low:+.2f} to "
        f"{found.high:+.2f}) | {found.verdict} |"
    )


def apart(left: Sequence[float], right: Sequence[float]) -> Mean:
    """Return the difference of the means of two sets of forms."""
    chance = random.Random(0)

    def drawn(values: Sequence[float]) -> float:
        return statistics.fmean(chance.choices(values, k=len(values)))

    found = sorted(drawn(right) - drawn(left) for _ in range(RESAMPLES))
    cut = int(RESAMPLES * TAIL)
    difference = statistics.fmean(right) - statistics.fmean(left)
    return Mean(min(len(left), len(right)), difference, found[cut], found[-1 - cut])


def f1(answer: Answer) -> float:
    """Return the agreement of an answer."""
    return answer.agreement.f1


def of(answers: Iterable[Answer], model: str, examples: bool) -> list[Answer]:
    """Return the answers of a model, asked with examples or without."""
    return [each for each in answers if each.model == model and each.examples == examples]


def models(answers: Iterable[Answer]) -> list[str]:
    """Return the models that answered, in the order in which they did."""
    return list(dict.fromkeys(answer.model for answer in answers))


def kinds(answers: Iterable[Answer]) -> list[str]:
    """Return the kinds of forms that were asked, in the order of the stages."""
    found = dict.fromkeys(answer.kind for answer in answers)
    return sorted(found, key=lambda kind: STAGES.index(kind.partition("/")[0]))
