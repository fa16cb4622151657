"""Models with random weights, written once for all tests, and recursive forms to fill."""

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from engines.llama.engine import LlamaEngine
from engines.protocol import Message, Request, Sampler
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import Vocabulary, byte_level, sentence_pieces
from engines.schema import FormSchema, parse_schema

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
Amount = Annotated[int, Field(ge=-1000, le=1000)]


class Nothing(Form):
    op: Literal["null"]


class Number(Form):
    op: Literal["number"]
    value: Annotated[float, Field(ge=-100, le=100)]


class Text(Form):
    op: Literal["text"]
    value: Annotated[str, Field(max_length=12)]


class Variable(Form):
    op: Literal["variable"]
    name: Name


class Negation(Form):
    op: Literal["not"]
    of: "Expression"


class Sum(Form):
    op: Literal["add"]
    left: "Expression"
    right: "Expression"


class Choice(Form):
    op: Literal["if"]
    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


class Several(Form):
    op: Literal["list"]
    items: Annotated[list["Expression"], Field(max_length=4)]


Expression = Annotated[
    Nothing | Number | Text | Variable | Negation | Sum | Choice | Several,
    Field(discriminator="op"),
]


class Function(Form):
    """A recursive union inside bounded fields; the worst a stage asks for."""

    name: Name
    kind: Literal["pure", "action"]
    since: Amount
    parameters: Annotated[list[Name], Field(min_length=1, max_length=3)]
    note: Annotated[str, Field(max_length=20)] | None
    body: Expression


class Entry(Form):
    """A form that calls itself only through its list."""

    label: Annotated[str, Field(min_length=3, max_length=8)]
    children: Annotated[list["Entry"], Field(max_length=3)]


@dataclass(frozen=True)
class Asked:
    """A request about a form, and the model that validates its answer."""

    form: type[BaseModel]

    @functools.cached_property
    def schema(self) -> FormSchema:
        return parse_schema(self.form.model_json_schema())

    def request(
        self,
        seed: int | None = None,
        max_tokens: int = 400,
        prompt: str = "Write a function.",
        earlier: tuple[Message, ...] = (),
    ) -> Request:
        sampler = Sampler() if seed is None else Sampler(1.0, top_k=0, top_p=1.0, seed=seed)
        messages = (Message("system", "You fill forms."), *earlier, Message("user", prompt))
        return Request("test/form", messages, self.schema, sampler, max_tokens)


@pytest.fixture(scope="session", params=[Function, Entry], ids=["function", "entry"])
def asked(request: pytest.FixtureRequest) -> Asked:
    return Asked(request.param)


@pytest.fixture(scope="session")
def function_form() -> Asked:
    return Asked(Function)


@pytest.fixture(scope="session")
def entry_form() -> Asked:
    return Asked(Entry)


@pytest.fixture(scope="session")
def training_text() -> str:
    """Form-like text with enough repetition to train a few hundred tokens on."""
    chance = random.Random(5)
    words = ["name", "user", "title", "list", "order", "null", "value", "left", "right", "body"]
    words += ["".join(chance.choices("aeiouklmnprst", k=5)) for _ in range(80)]
    lines = []
    for _ in range(400):
        first, second, third = (chance.choice(words) for _ in range(3))
        lines.append(f'{{"op":"{first}","{second}":[{chance.randrange(100)},"{third}"]}}')
        lines.append(f"The {first} of every {second} is a {third}.")
    return "\n".join(lines)


@pytest.fixture(scope="session")
def vocabulary(training_text: str) -> Vocabulary:
    """A byte-level one with the control tokens of ChatML."""
    return byte_level(training_text, 600, CONTROL, "<|im_end|>")


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """A Qwen3 with a byte-level vocabulary and a ChatML template."""
    path = tmp_path_factory.mktemp("models") / "qwen3.gguf"
    write_random_model(
        path, vocabulary, Shape(context_tokens=4096), chat_template=CHAT_TEMPLATE, name="Test Qwen"
    )
    return path


@pytest.fixture(scope="session")
def hybrid_path(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """A Qwen3.5: three of four layers are recurrent, so that its memory can't be cut."""
    path = tmp_path_factory.mktemp("models") / "qwen35.gguf"
    shape = Shape(layers=4, context_tokens=4096)
    write_random_model(path, vocabulary, shape, architecture="qwen35", chat_template=CHAT_TEMPLATE)
    return path


@pytest.fixture(scope="session")
def mlx_path(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """The same Qwen3 shape as an MLX folder."""
    random_mlx = pytest.importorskip(
        "engines.random_weights.mlx_model", reason="MLX is not installed"
    )
    path = tmp_path_factory.mktemp("models") / "qwen3-mlx"
    shape = Shape(context_tokens=4096)
    random_mlx.write_random_mlx(path, vocabulary, shape, chat_template=CHAT_TEMPLATE)
    return path


@pytest.fixture(scope="session")
def mlx_hybrid_path(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """A Qwen3-Next as an MLX folder, with recurrent layers."""
    random_mlx = pytest.importorskip(
        "engines.random_weights.mlx_model", reason="MLX is not installed"
    )
    path = tmp_path_factory.mktemp("models") / "qwen3-next-mlx"
    shape = Shape(layers=4, context_tokens=4096)
    random_mlx.write_random_mlx(
        path, vocabulary, shape, architecture="qwen3_next", chat_template=CHAT_TEMPLATE
    )
    return path


@pytest.fixture(scope="session")
def other_model_path(tmp_path_factory: pytest.TempPathFactory, training_text: str) -> Path:
    """A Llama with SentencePiece tokens and no chat template."""
    path = tmp_path_factory.mktemp("models") / "llama.gguf"
    vocabulary = sentence_pieces(training_text, 500)
    write_random_model(path, vocabulary, Shape(context_tokens=2048), architecture="llama", seed=3)
    return path


@pytest.fixture(scope="session")
def engine(model_path: Path) -> Iterator[LlamaEngine]:
    opened = LlamaEngine(model_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=["byte-level", "sentence pieces"])
def any_engine(
    request: pytest.FixtureRequest, model_path: Path, other_model_path: Path
) -> Iterator[LlamaEngine]:
    opened = LlamaEngine(model_path if request.param == "byte-level" else other_model_path)
    yield opened
    opened.close()
