"""How a model is opened: what of the machine it uses. It changes speed and memory, not the task."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Annotated, Literal

from engines.option import ModelFormat, Option, options_of
from engines.protocol import EngineError
from engines.remedy import Remedy

KvType = Literal["f32", "f16", "bf16", "q8_0", "q4_0"]

DEFAULT_BATCH_TOKENS = 256
SMALLEST_BATCH_TOKENS = 16
MAX_PARALLEL = 16
"""As many as the smallest batch has room for; beyond 8 little is gained."""
LLAMA_DEFAULT_KV_TYPE: KvType = "f16"
QUANTIZED_KV_TYPES: tuple[KvType, ...] = ("q8_0", "q4_0")


class OptionError(EngineError, ValueError):
    """An option has a value that makes no sense, or that the model's engine can't honour."""


@dataclass(frozen=True)
class EngineOptions:
    """Options of both engines; each says where only one of them has it.

    None leaves a choice to the engine. Raises OptionError on a value that no engine could use.
    """

    gpu_layers: Annotated[
        int | None,
        Option(
            "GPU layers",
            "Layers on the GPU, all by default.",
            at_least=0,
            only="gguf",
            otherwise="MLX has one memory for GPU and processor",
            takes_memory=True,
        ),
    ] = None
    kv_type: Annotated[
        KvType | None,
        Option(
            "KV cache",
            "Type of the numbers in the KV cache. The default is f16 for GGUF and the model's own "
            "type for MLX, where only q8_0 and q4_0 can be chosen.",
            takes_memory=True,
        ),
    ] = None
    flash_attention: Annotated[
        bool | None,
        Option(
            "Flash attention",
            "By default off where the processor computes and it would be slower, and on with a "
            "GPU or a quantized KV cache.",
            only="gguf",
            otherwise="MLX always computes attention that way",
            takes_memory=True,
        ),
    ] = None
    """Off isn't possible with a quantized KV cache. An engine that is opened without a choice makes
    it (`engines.llama.attention`)."""
    batch_tokens: Annotated[
        int,
        Option(
            "Batch",
            "Tokens of a prompt that are evaluated at once.",
            at_least=SMALLEST_BATCH_TOKENS,
            unit="tokens",
            takes_memory=True,
        ),
    ] = DEFAULT_BATCH_TOKENS
    """Larger is faster on a GPU; a call can be cancelled only between two batches there, and only
    whole batches of a prompt are reused."""
    threads: Annotated[
        int | None,
        Option(
            "Threads",
            "CPU threads; the fast cores by default.",
            at_least=1,
            only="gguf",
            otherwise="MLX chooses them itself",
        ),
    ] = None
    fast_forward: bool = True
    """Evaluate tokens the grammar forces together with the next chosen one, not one by one."""
    parallel: Annotated[
        int | None,
        Option(
            "Forms side by side",
            "Forms that are filled at the same time; by default as many as memory allows.",
            at_least=1,
            at_most=MAX_PARALLEL,
            only="gguf",
            otherwise="with MLX one form is filled after another",
            takes_memory=True,
        ),
    ] = None
    """Each has a whole context of its own. It changes what is in a batch and so, by rounding, the
    answers. None leaves the number to the plan of a run; an engine opened without one takes 1."""
    rpc: Annotated[
        tuple[str, ...],
        Option(
            "RPC servers",
            "Put layers on other machines (HOST:PORT,…) that run sixfold rpc-server. RPC has no "
            "password and no encryption: trusted network only.",
            only="gguf",
            otherwise="an MLX model is shared between machines by mlx.launch",
        ),
    ] = ()
    distributed: Annotated[
        bool,
        Option(
            "Distributed",
            "Share the model with the other processes of mlx.launch. No password, no encryption: "
            "trusted network only.",
            only="mlx",
            otherwise="a GGUF model is shared between machines by RPC servers",
        ),
    ] = False
    wired_limit_bytes: Annotated[
        int | None,
        Option(
            "Wired memory",
            "Memory that is kept from being swapped out; by default what the system recommends.",
            at_least=0,
            unit="GB",
            only="mlx",
            otherwise="llama.cpp has no such limit",
            same_answers=True,
        ),
    ] = None

    def __post_init__(self) -> None:
        for name, option in options_of(EngineOptions).items():
            if found := option.violation(getattr(self, name)):
                sentence, action, bound = found
                raise OptionError(sentence, Remedy(name, action, int(bound)))
        if self.flash_attention is False and self.kv_type in QUANTIZED_KV_TYPES:
            raise OptionError(
                f"A KV cache of {self.kv_type} needs flash attention.",
                Remedy("flash_attention", "omit", False),
                Remedy("kv_type", "set", "f16"),
            )
        for server in self.rpc:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
                raise OptionError(f"{server!r} names no server.", Remedy("rpc", "set", "host:port"))

    @property
    def lanes(self) -> int:
        """Forms that an engine with these options fills side by side."""
        return self.parallel or 1

    def require(self, model_format: ModelFormat, name: str) -> None:
        """Refuse what the engine of a model's format can't honour. Raises OptionError."""
        kind = "a GGUF" if model_format == "gguf" else "an MLX"
        for field, option in options_of(EngineOptions).items():
            if option.only in (None, model_format) or field not in self.chosen():
                continue
            if field == "parallel" and self.lanes == 1:
                continue
            raise OptionError(
                f"{name} is {kind} model, which can't be opened with “{option.label}”: "
                f"{option.otherwise}.",
                _omitted(field, getattr(self, field)),
            )
        if model_format == "mlx" and self.kv_type not in (None, *QUANTIZED_KV_TYPES):
            raise OptionError(
                f"{name} is an MLX model: its KV cache has the model's own type, or "
                f"{' or '.join(QUANTIZED_KV_TYPES)}, but not {self.kv_type}.",
                Remedy("kv_type", "omit"),
            )

    def chosen(self) -> dict[str, int | str | bool]:
        """Return what differs from the defaults, by the names of the fields.

        Servers are counted, not named: an address can identify whose machine it is.
        """
        values = asdict(self) | {"rpc": len(self.rpc)}
        return {
            field.name: values[field.name]
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    def without_addresses(self) -> EngineOptions:
        """Return the same options with servers that are counted but not named."""
        ports = (server.rpartition(":")[2] for server in self.rpc)
        return replace(self, rpc=tuple(f"server-{n}:{p}" for n, p in enumerate(ports, start=1)))

    def answers_key(self) -> str:
        """Name what changes the last digits of the scores, and so may change answers; else ``."""
        chosen = self.chosen()
        if self.lanes == 1:
            chosen.pop("parallel", None)
        options = options_of(EngineOptions)
        return " ".join(
            f"{name}={chosen[name]}"
            for name in sorted(chosen)
            if name not in options or not options[name].same_answers
        )


def _omitted(field: str, value: object) -> Remedy:
    """Return the advice to leave an option out; a switch that is off has a name of its own."""
    return Remedy(field, "omit", False) if value is False else Remedy(field, "omit")


def parse_servers(text: str) -> tuple[str, ...]:
    """Read a list of RPC servers with commas, as a person types it; empty for none."""
    return tuple(server.strip() for server in text.split(",") if server.strip())
