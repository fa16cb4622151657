"""Vocabularies made by us split text as llama.cpp expects, without loss."""

import itertools
import random

import pytest

from engines.random_weights.vocabulary import byte_alphabet, byte_level, sentence_pieces

CONTROL = ("<|end|>", "<|turn|>")
SAMPLES = ['{"op":"add","left":[1,2]}', "The user of every order.", "", " \n\t x", "é漢😀 done"]


def test_the_most_frequent_pair_is_merged_first():
    vocabulary = byte_level("ab ab ab bc", 300, CONTROL, "<|end|>")
    assert vocabulary.merges[0] == "a b"
    assert vocabulary.tokens[256].text == "ab"


def test_training_repeats_itself_and_fills_the_size(training_text):
    once, twice = (byte_level(training_text, 500, CONTROL, "<|turn|>") for _ in range(2))
    assert once == twice
    assert len(once.tokens) == 500
    assert len({token.text for token in once.tokens}) == 500
    assert [token.text for token in once.tokens[:256]] == list(byte_alphabet())
    assert once.tokens[once.end].text == "<|turn|>"
    assert once.tokens[once.end].kind == "control"


def test_incremental_counts_are_those_of_counting_anew():
    """The heap of changed pairs picks what a plain recount would pick."""
    chance = random.Random(3)
    words = ["".join(chance.choice("abc") for _ in range(chance.randint(1, 9))) for _ in range(60)]
    merges = byte_level(" ".join(words), 256 + 2 + 15, CONTROL, "<|end|>").merges
    split = [list(word) for word in [words[0], *(" " + word for word in words[1:])]]
    split = [["Ġ" if mark == " " else mark for mark in word] for word in split]
    for merge in merges:
        counts: dict[tuple[str, str], int] = {}
        for word in split:
            for pair in itertools.pairwise(word):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(counts.values())
        left, right = merge.split(" ")
        assert counts[(left, right)] == best
        split = [_merged(word, left, right) for word in split]


def _merged(word: list[str], left: str, right: str) -> list[str]:
    out: list[str] = []
    for mark in word:
        if out and out[-1] == left and mark == right and (left, right) != (left + right, ""):
            out[-1] = left + right
        else:
            out.append(mark)
    return out


def test_sentence_pieces_mark_spaces_and_fall_back_on_bytes(training_text):
    vocabulary = sentence_pieces(training_text, 450)
    texts = [token.text for token in vocabulary.tokens]
    assert texts[:3] == ["<unk>", "<s>", "</s>"]
    assert texts[3 + 65] == "<0x41>"
    assert "▁the" not in texts[:259]
    assert any(text.startswith("▁") and len(text) > 3 for text in texts)
    scores = [token.score for token in vocabulary.tokens[259:]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", SAMPLES)
def test_llama_cpp_splits_and_joins_text_without_loss(any_engine, text):
    model = any_engine._model
    tokens = model.tokenize(text, control=False)
    joined = b"".join(map(model.piece, tokens)).decode()
    assert joined in (text, " " + text)  # SentencePiece puts a space before every text
    assert len(tokens) <= len(text.encode()) + 1


def test_trained_words_are_few_tokens(any_engine):
    text = '{"op":"user"}'
    assert len(any_engine._model.tokenize(text, control=False)) < len(text) / 1.5
