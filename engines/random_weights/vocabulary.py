"""Make a tokenizer's vocabulary from a text: byte-level BPE, and the same pieces for SentencePiece.

Byte pair encoding as in Sennrich et al. 2016 over the bytes of words, written in GPT-2's alphabet
(every byte a printable character), split into words like Qwen2's tokenizer, which llama.cpp calls
`qwen2`. Deterministic: the same text and size make the same vocabulary.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

WORDS = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]"
    r"| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Qwen2's split, for ASCII text."""
SPACE_MARK = "\u2581"  # how SentencePiece writes a space

Kind = Literal["normal", "unknown", "control", "byte"]


@dataclass(frozen=True)
class Token:
    """One entry of a vocabulary, as the GGUF writes it."""

    text: str
    kind: Kind = "normal"
    score: float = 0.0
    """SentencePiece merges the pair with the highest score first."""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their ids, and how texts are split into them."""

    model: Literal["gpt2", "llama"]
    """llama.cpp's name of the algorithm: byte-level BPE or SentencePiece."""
    tokens: tuple[Token, ...]
    merges: tuple[str, ...]
    """Pairs `left right` in the order they are applied; none for SentencePiece."""
    begin: int | None
    end: int
    """Id of the token that ends an answer."""

    def id_of(self, text: str) -> int:
        """Return the id of a token; raises ValueError if there is none."""
        return [token.text for token in self.tokens].index(text)


def byte_alphabet() -> tuple[str, ...]:
    """Return the character that stands for each byte in GPT-2's vocabularies."""
    printable = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    rest = iter(range(256, 512))
    return tuple(chr(byte if byte in printable else next(rest)) for byte in range(256))


def byte_level(text: str, size: int, control: tuple[str, ...], end: str) -> Vocabulary:
    """Train a byte-level vocabulary of at most `size` tokens, the control tokens last.

    `end` is the control token that ends an answer. There are fewer tokens for a text with too few
    repeated pairs. The text should be ASCII.
    """
    alphabet = byte_alphabet()
    pairs = _merges(text, size - len(alphabet) - len(control))
    texts = [*alphabet, *(left + right for left, right in pairs), *control]
    tokens = tuple(Token(each, "control" if each in control else "normal") for each in texts)
    merges = tuple(f"{left} {right}" for left, right in pairs)
    return Vocabulary("gpt2", tokens, merges, None, texts.index(end))


def sentence_pieces(text: str, size: int) -> Vocabulary:
    """Train a SentencePiece vocabulary of at most `size` tokens, with bytes to fall back on."""
    begin, end = "<s>", "</s>"
    alphabet = byte_alphabet()
    plain = {mark: chr(byte) for byte, mark in enumerate(alphabet)}
    plain[alphabet[ord(" ")]] = SPACE_MARK
    head = [Token("<unk>", "unknown"), Token(begin, "control"), Token(end, "control")]
    head += [Token(f"<0x{byte:02X}>", "byte") for byte in range(256)]
    letters = [plain[alphabet[byte]] for byte in range(32, 127)]
    pairs = _merges(text, size - len(head) - len(letters))
    pieces = ["".join(plain[mark] for mark in left + right) for left, right in pairs]
    ordered = list(dict.fromkeys([*pieces, *letters]))
    scored = [Token(piece, score=-float(rank)) for rank, piece in enumerate(ordered)]
    return Vocabulary("llama", (*head, *scored), (), 1, 2)


def _merges(text: str, count: int) -> list[tuple[str, str]]:
    """Find the `count` most frequent pairs, each after the ones before were joined."""
    alphabet = byte_alphabet()
    counted = Counter(each.group() for each in WORDS.finditer(text))
    words: list[list[str]] = [[alphabet[byte] for byte in word.encode()] for word in counted]
    weights = list(counted.values())
    weight_of: Counter[tuple[str, str]] = Counter()
    places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for index, word in enumerate(words):
        for pair in itertools.pairwise(word):
            weight_of[pair] += weights[index]
            places[pair].add(index)
    queue = [(-weight, pair) for pair, weight in weight_of.items()]
    heapq.heapify(queue)
    merges: list[tuple[str, str]] = []
    while queue and len(merges) < count:
        negative, pair = heapq.heappop(queue)
        if weight_of[pair] != -negative or negative > -2:
            continue  # outdated, or not repeated
        merges.append(pair)
        changed: set[tuple[str, str]] = set()
        for index in sorted(places.pop(pair)):
            before = words[index]
            after = _joined(before, pair)
            for old in itertools.pairwise(before):
                weight_of[old] -= weights[index]
                changed.add(old)
            for new in itertools.pairwise(after):
                weight_of[new] += weights[index]
                places[new].add(index)
                changed.add(new)
            words[index] = after
        for each in changed - {pair}:
            heapq.heappush(queue, (-weight_of[each], each))
    return merges


def _joined(word: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(word):
        if tuple(word[at : at + 2]) == pair:
            out.append(word[at] + word[at + 1])
            at += 2
        else:
            out.append(word[at])
            at += 1
    return out
