"""Make the model that tests use: small, with random weights, the same bytes every time.

    python packaging/random_model.py [OUT.gguf]

The model shows that the whole way works on any machine, not what a model can do: its forms are
valid because of the grammar, their content is noise. The demo runs on it only where the trained
model can't be had. Its vocabulary is trained on text like that of
our forms, so that names and JSON punctuation are as few tokens as in a real model.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engines.random_weights.gguf_model import Shape, write_random_model  # noqa: E402
from engines.random_weights.vocabulary import Vocabulary, byte_level  # noqa: E402

OUT = ROOT / ".tools" / "models" / "sixfold-random.gguf"
NAME = "sixfold-random"
SEED = 6
VOCABULARY_TOKENS = 4096
SHAPE = Shape(
    layers=4,
    embedding=128,
    feed_forward=384,
    heads=4,
    kv_heads=2,
    head_width=32,
    context_tokens=32768,
)
END_OF_TEXT, BEGIN_TURN, END_TURN = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
PARAGRAPHS = 6000


def _words(text: str) -> list[str]:
    return text.split()


THINGS = _words("""
account activity actor address admin alert amount answer archive article artist attachment author
badge balance basket batch bill block board book booking branch brand budget building bundle
calendar campaign card cart catalog category channel chapter charge check class client column
comment company contact contract coupon course credit currency customer date day deadline delivery
department deposit device discount discussion document draft driver email employee entry error
event exam expense favorite feature feedback field file filter flag folder form friend gallery game
goal group guest history holiday hotel image inbox index ingredient invite invoice item job journal
key label language lesson letter level library license limit line link list location log loan mail
manager map match meal measure media meeting member membership menu message method milestone mission
model moderator money month movie name network note notice notification number offer office option
order organization owner package page parcel parent part partner passenger password patient payment
permission person phone photo picture place plan player playlist point policy poll position post
price priority product profile program project promotion property purchase quantity question queue
quiz quote rating reaction reason receipt recipe record refund region release reminder rent reply
report request reservation resource response result review reward right role room route row rule
salary sale sample schedule school score season seat section seller series service session setting
shelf shift shipment shop sign size skill slot snapshot song source space stage station status step
stock store story street student subject subscription summary supplier survey table tag target task
tax teacher team template term test text theme thread ticket time title token topic total track
trainer transaction transfer trip type unit update upload user value vehicle venue version video
view visit visitor vote wallet warehouse week weight window word work worker workspace zone
""")
ACTIONS = _words("""
accept activate add allow answer apply approve archive assign attach book borrow buy calculate call
cancel change check choose close comment complete confirm copy count create decline delete deliver
deny describe download edit enter erase expire export fail filter find finish follow give hide
import invite issue join keep leave lend limit list lock login logout mark measure mention merge
move notify open order owe pause pay pin place post prepare publish purchase rate read receive
record refresh refund register reject remove rename renew reopen repeat reply report request require
reserve reset restore resume return review revoke save schedule search see select sell send set
share show sign sort start stop submit subscribe suspend transfer undo unlock update upload use
validate verify view vote withdraw write
""")
QUALITIES = _words("""
active advanced allowed alone annual any archived automatic available basic blocked cancelled
common complete confirmed current daily deleted different done draft each early empty every exact
existing expired external failed final first former free frequent full given hidden high important
inactive initial internal invalid last late latest local locked long low main many maximum minimum
missing monthly new next normal old open optional original other overdue own paid partial past
pending personal pinned possible previous primary private public published ready recent related
remaining required restricted same scheduled second selected shared short similar single small
special successful temporary third unique unknown unpaid unread urgent valid verified visible
weekly whole wrong yearly
""")
SMALL_WORDS = _words("""
a about after all also an and are as at be because been before belongs below between both but by
can could does during either else exactly fewer first for from greater has have he her his how if
in instead into is it its later least less longer may more most must neither never no nor not
nothing of often on once one only or other otherwise over own per she should since so some such
than that the their them then there these they this three through time to together twice two under
until up was were what when where whether which while who whose why will with within without you
your
""")
TYPES = _words("""
boolean integer number string array object reference constant null decimal double text uuid date
datetime uri enum json timestamp
""")
KEYS = _words("""
kind type name title description value items properties required nullable default minimum maximum
pattern format path method parameters query body response status errors actor table column target
where left right condition then otherwise steps statements expression arguments function operation
requirements features rules acceptance given when then entities indexes relations cardinality
unique cascade restrict left_operand right_operand operator operand limit offset sort direction
ascending descending page size message code filters fields variable call expect assert let each
return insert update remove find count transaction hash verify issue token password literal
identifier property element index list length predicate sample random keyword now
""")
PATTERNS = ("ubiquitous", "event", "state", "unwanted", "optional")
METHODS = ("get", "post", "put", "patch", "delete")


class Writer:
    """Writes sentences and forms about nothing, in the words that real ones use."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def paragraph(self) -> str:
        """Write one sentence, one form, or one heading with a list."""
        kind = self._random.randrange(4)
        if kind == 0:
            return self._sentence()
        if kind == 1:
            heading = "# " + " ".join(self._pick(THINGS).capitalize() for _ in range(2))
            return "\n".join([heading, *("- " + self._sentence() for _ in range(3))])
        if kind == 2:
            return json.dumps(self._form(3), separators=(",", ":"))
        return json.dumps(self._form(2), indent=2)

    def _pick(self, words: list[str] | tuple[str, ...]) -> str:
        # The first words of a list are no more frequent than the last, but a few are favourites.
        if self._random.random() < 0.3:
            return words[self._random.randrange(len(words)) % max(1, len(words) // 6)]
        return self._random.choice(words)

    def _phrase(self) -> str:
        words = [self._pick(SMALL_WORDS)]
        if self._random.random() < 0.5:
            words.append(self._pick(QUALITIES))
        plural = "s" if self._random.random() < 0.4 else ""
        return " ".join([*words, self._pick(THINGS) + plural])

    def _sentence(self) -> str:
        subject = (
            f"{self._pick(['A', 'The', 'Every', 'Each', 'No', 'When a'])} {self._pick(THINGS)}"
        )
        verb = self._pick(ACTIONS) + self._pick(["", "s", "d", "ing", "ed"])
        rest = " ".join(self._phrase() for _ in range(self._random.randint(1, 4)))
        amount = (
            f" within {self._random.randint(1, 365)} days" if self._random.random() < 0.2 else ""
        )
        return f"{subject} {self._pick(SMALL_WORDS)} {verb} {rest}{amount}."

    def _name(self) -> str:
        parts = [self._pick(THINGS) for _ in range(self._random.choice([1, 1, 2]))]
        if self._random.random() < 0.3:
            parts.insert(0, self._pick(ACTIONS))
        style = self._random.randrange(3)
        if style == 0:
            return "_".join([*parts, *(["id"] if self._random.random() < 0.3 else [])])
        if style == 1:
            return parts[0] + "".join(part.capitalize() for part in parts[1:])
        return "".join(part.capitalize() for part in parts)

    def _form(self, depth: int) -> object:
        keys = dict.fromkeys(self._pick(KEYS) for _ in range(self._random.randint(2, 5)))
        return {key: self._value(depth - 1) for key in keys}

    def _value(self, depth: int) -> object:
        choices = [
            self._name,
            self._sentence,
            lambda: self._pick(TYPES),
            lambda: self._pick(PATTERNS),
            lambda: self._pick(METHODS),
            lambda: self._random.choice([True, False, None]),
            lambda: self._random.choice([0, 1, 2, 10, 20, 50, 100, 200, 201, 204, 400, 401, 404]),
            lambda: f"R-{self._random.randint(1, 9)}.{self._random.randint(1, 9)}",
            lambda: f"/{self._pick(THINGS)}s/{{{self._pick(THINGS)}Id}}",
        ]
        if depth > 0 and self._random.random() < 0.7:
            choices = [
                lambda: self._form(depth),
                lambda: [self._form(depth) for _ in range(self._random.randint(0, 3))],
                lambda: [self._name() for _ in range(self._random.randint(0, 4))],
            ]
        return self._random.choice(choices)()


def train_vocabulary() -> Vocabulary:
    """Train the model's vocabulary on text like that of our forms."""
    writer = Writer(SEED)
    text = "\n".join(writer.paragraph() for _ in range(PARAGRAPHS))
    return byte_level(text, VOCABULARY_TOKENS, (END_OF_TEXT, BEGIN_TURN, END_TURN), END_TURN)


def make(out: Path) -> None:
    """Write the model to `out`, through a file beside it, so that no half of it is ever left."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    write_random_model(
        part,
        train_vocabulary(),
        SHAPE,
        chat_template=CHAT_TEMPLATE,
        name=NAME,
        license_id="cc0-1.0",
        seed=SEED,
    )
    part.replace(out)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    make(target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
