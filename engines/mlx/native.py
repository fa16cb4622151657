"""mlx-lm in this process: one model, one cache, one sequence of tokens.

A thin guard over mlx-lm, as `engines.llama.native` is over llama.cpp. Code that a model's folder
brings along is never run: the weights are loaded without `trust_remote_code`, and the tokenizer is
read from its `tokenizer.json`. Nothing is ever downloaded.
"""

from __future__ import annotations

import copy
import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
from llguidance import LLTokenizer
from numpy.typing import NDArray

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before mlx-lm imports the client

import mlx.core as mx
from mlx_lm import utils
from mlx_lm.models.cache import ArraysCache, KVCache, QuantizedKVCache, make_prompt_cache

from engines.decoding.sequence import LaneTokens, TokenSequence
from engines.grammar.grammar import MASK_SLICES
from engines.mlx.processes import Processes, Step
from engines.mlx.text import end_tokens, read_tokenizer
from engines.option import BYTES_PER_GB
from engines.options import EngineOptions, KvType, OptionError
from engines.protocol import DecodeError, ModelFileError
from engines.remedy import Remedy

mlx_lm: Any = utils  # some of their functions have no complete types
core: Any = mx

HEAD_TOKENS = 32
"""In chunks up to this size the scores of all tokens are computed; in longer ones, of the last."""
QUANTIZED_BITS: dict[KvType, int] = {"q8_0": 8, "q4_0": 4}
QUANTIZED_GROUP = 32
"""Numbers that share a scale, as in llama.cpp's types; all heads are as wide or a multiple."""
WARM_UP_TOKEN = 0
LOAD_ERRORS = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
)
"""What mlx-lm raises on folders it can't use."""

Checkpoint = list[Any]
"""For each layer a copy of its cache, or None where the cache can be cut."""


class MlxModel(TokenSequence[Checkpoint]):
    """A loaded model and its cache. Not to be used from two threads, nor after `close`."""

    def __init__(self, folder: Path, context_tokens: int, options: EngineOptions) -> None:
        """Load the model.

        Raises ModelFileError if the folder can't be used, EngineError if an option can't be had.
        """
        super().__init__(options.batch_tokens)
        self.context_tokens = context_tokens
        self._folder = folder
        self._options = options
        self._group = Processes(options.batch_tokens) if options.distributed else None
        self._wired_before = _limit_wired_memory(options.wired_limit_bytes)
        try:
            self._net: Any = self._load()
            self._cache: list[Any] = self._new_cache()
            self._scores: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
            self._forward([WARM_UP_TOKEN], with_scores=True)
        except LOAD_ERRORS as error:
            raise ModelFileError(
                f"mlx-lm can't load {folder}: {_first_line(error)}. "
                "Choose another model or quantization."
            ) from error
        self._cache = self._new_cache()
        self.vocabulary = len(self._scores)
        self._text = read_tokenizer(folder)
        added = self._text.get_added_tokens_decoder()
        self._control = {token: each.content for token, each in added.items() if each.special}
        self.control_tokens = tuple(sorted(self._control))
        self.end_tokens = end_tokens(folder, self._text)
        self._tokenizer: LLTokenizer | None = self._make_tokenizer()
        if self._group is not None and not self._group.leads:
            self._follow(self._group)

    def _load(self) -> Any:
        loaded: Any = mlx_lm.load_model(self._folder, lazy=True, trust_remote_code=False)
        net = loaded[0]
        if self._group is not None:
            self._group.shard(net, self._folder)
        core.eval(net.parameters())
        return net

    def _new_cache(self) -> list[Any]:
        caches: list[Any] = make_prompt_cache(self._net)
        kv_type = self._options.kv_type
        if kv_type is None:
            return caches
        bits = QUANTIZED_BITS[kv_type]
        if not all(type(cache) is KVCache or isinstance(cache, ArraysCache) for cache in caches):
            raise OptionError(
                f"MLX can't keep the cache of {self._folder.name} in {kv_type}: some of its layers "
                "have sliding windows or a cache of another kind.",
                Remedy("kv_type", "omit"),
            )
        return [
            QuantizedKVCache(group_size=QUANTIZED_GROUP, bits=bits)
            if type(cache) is KVCache
            else cache
            for cache in caches
        ]

    def _make_tokenizer(self) -> LLTokenizer:
        """Show the vocabulary to llguidance, padded to the length of the scores."""
        try:
            return LLTokenizer(
                self._text.to_str(),
                n_vocab=self.vocabulary,
                eos_token=sorted(self.end_tokens),
                slices=MASK_SLICES,
            )
        except ValueError as error:
            raise ModelFileError(
                f"The tokenizer of {self._folder} can't be used: {_first_line(error)}"
            ) from error

    @property
    def tokenizer(self) -> LLTokenizer:
        """The vocabulary as llguidance sees it."""
        if self._tokenizer is None:
            raise DecodeError("The model is closed.")
        return self._tokenizer

    @property
    def begin_token(self) -> int | None:
        """The token that begins every text, if the model wants one."""
        wrapped = self._text.encode("").ids
        return wrapped[0] if wrapped and wrapped[0] not in self.end_tokens else None

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Split a text into tokens; with `control`, names of control tokens become them."""
        self._text.encode_special_tokens = not control
        ids: list[int] = self._text.encode(text, add_special_tokens=False).ids
        return ids

    def piece(self, token: int, *, control: bool = False) -> bytes:
        """Return the bytes of a token; those of a control token only with `control`."""
        if token in self._control:
            return self._control[token].encode() if control else b""
        return self.tokenizer.decode_bytes([token])

    @property
    def _needs_checkpoints(self) -> bool:
        return any(not _can_cut(cache) for cache in self._cache)

    def _cut(self, position: int) -> bool:
        self._send("cut", position)
        return all(_cut(cache, position) for cache in self._cache)

    def _save(self) -> Checkpoint:
        self._send("save", self.held_tokens())
        return [None if _can_cut(cache) else copy.deepcopy(cache) for cache in self._cache]

    def _restore(self, state: Checkpoint, position: int) -> bool:
        self._send("restore", position)
        for layer, saved in enumerate(state):
            if saved is not None:
                self._cache[layer] = copy.deepcopy(saved)
            elif not _cut(self._cache[layer], position):
                return False
        return True

    def _forget(self) -> None:
        self._send("forget")
        self._cache = self._new_cache()

    def _run(self, added: list[LaneTokens]) -> None:
        for each in added:  # one at most: there is one lane
            self._run_one(each.tokens, is_last=each.scored)

    def _run_one(self, chunk: list[int], *, is_last: bool) -> None:
        self._send("run", int(is_last), chunk)
        try:
            if is_last and len(chunk) > HEAD_TOKENS:
                self._forward(chunk[:-1], with_scores=False)
                chunk = chunk[-1:]
            self._forward(chunk, with_scores=is_last)
        except (RuntimeError, ValueError) as error:
            at = self.held_tokens()
            raise DecodeError(f"MLX failed at token {at}: {_first_line(error)}") from error

    def _forward(self, chunk: list[int], *, with_scores: bool) -> None:
        """Evaluate tokens; MLX is lazy, so scores nobody asks for are never computed."""
        scores = self._net(mx.array([chunk], dtype=mx.int32), cache=self._cache)
        states = [cache.state for cache in self._cache]
        if not with_scores:
            core.eval(states)
            mx.clear_cache()
            return
        last = scores[0, -1].astype(mx.float32)
        core.eval(last, states)
        self._scores = np.array(last)

    def logits(self, lane: int = 0) -> NDArray[np.float32]:
        """Return the scores of the next token, one per vocabulary entry; there is one lane."""
        assert lane == 0
        return self._scores

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._tokenizer is None:
            return
        self._send("close")
        self._tokenizer = None
        self._net = None
        self._cache = []
        self._checkpoints.clear()
        gc.collect()  # modules of mlx refer to each other
        mx.clear_cache()
        if self._wired_before is not None:
            mx.set_wired_limit(self._wired_before)

    def _send(self, step: Step, number: int = 0, tokens: list[int] | None = None) -> None:
        """Make the other processes of the group do the same."""
        if self._group is not None and self._group.leads:
            self._group.send(step, number, tokens or [])

    def _follow(self, group: Processes) -> None:
        """Do what the leading process does until it closes the model, then end this process."""
        saved: dict[int, Checkpoint] = {}
        while True:
            step, number, tokens = group.receive()
            match step:
                case "run":
                    self._run_one(tokens, is_last=bool(number))
                case "cut":
                    self._cut(number)
                case "save":
                    saved[number] = self._save()
                case "restore":
                    self._restore(saved[number], number)
                case "forget":
                    self._forget()
                case "close":
                    self.close()
                    raise SystemExit(0)


def _can_cut(cache: Any) -> bool:
    return isinstance(cache, KVCache | QuantizedKVCache)


def _cut(cache: Any, position: int) -> bool:
    surplus = cache.offset - position
    return bool(cache.trim(surplus) == surplus)


def _limit_wired_memory(wanted_bytes: int | None) -> int | None:
    """Keep the weights from being swapped out, where Metal is; return the limit before.

    Raises OptionError if the system does not allow what is wanted.
    """
    if not mx.metal.is_available():
        if wanted_bytes is not None:
            raise OptionError(
                "There is no Metal on this machine, so no memory can be wired for it.",
                Remedy("wired_limit_bytes", "omit"),
            )
        return None
    most = int(mx.device_info().get("max_recommended_working_set_size", 0))
    if wanted_bytes is not None and wanted_bytes > most:
        raise OptionError(
            f"macOS allows {most / BYTES_PER_GB:g} GB of wired memory and not "
            f"{wanted_bytes / BYTES_PER_GB:g} GB; the system's setting is iogpu.wired_limit_mb.",
            Remedy("wired_limit_bytes", "lower", most),
        )
    limit = most if wanted_bytes is None else wanted_bytes
    return int(mx.set_wired_limit(limit)) if limit else None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300].rstrip(".")
