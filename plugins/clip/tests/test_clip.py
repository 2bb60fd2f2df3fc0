"""CLIP and SigLIP through tiny checkpoints of the real classes: labels, the common space, and what is missing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.app import Assistant
from assistant.errors import WeightsCorrupt, WeightsMissing
from assistant.media import Image, Media
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import EmbedderContract, FakeServices, PerceiverContract
from assistant.types import Observation, Part
from assistant_clip.embedders import ClipImages, ClipOptions, ClipTexts
from assistant_clip.labels import COMMON, ClipLabels, ClipLabelsOptions

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

FAMILIES = ("clip", "siglip")
LABELS = ("cat", "dog", "teapot")


def checkpoint(family: str, directory: Path) -> Path:
    """A model of a few thousand random weights, saved as the real ones are."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    words.train_from_iterator(
        ["a photo of a cat"], trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet)
    )
    words.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = {**size, "vocab_size": 300, "max_position_embeddings": 16, "bos_token_id": 1, "eos_token_id": 2}
    vision = {**size, "image_size": 32, "patch_size": 16}
    torch.manual_seed(1)
    if family == "clip":
        config = transformers.CLIPConfig(
            text_config={**text, "pad_token_id": 0}, vision_config=vision, projection_dim=8
        )
        model: Any = transformers.CLIPModel(config)
        pictures: Any = transformers.CLIPImageProcessor(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        )
    else:
        config = transformers.SiglipConfig(
            text_config={**text, "pad_token_id": 0, "projection_size": 16}, vision_config=vision
        )
        model = transformers.SiglipModel(config)
        pictures = transformers.SiglipImageProcessor(size={"height": 32, "width": 32})
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    pictures.save_pretrained(directory)
    return directory


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Directory of the tiny checkpoint of a family, made once."""
    kept: dict[str, Path] = {}

    def get(family: str) -> Path:
        if family not in kept:
            kept[family] = checkpoint(family, tmp_path_factory.mktemp(family))
        return kept[family]

    return get


def png(color: tuple[int, int, int]) -> bytes:
    from PIL import Image as Pillow

    buffer = io.BytesIO()
    Pillow.new("RGB", (60, 40), color).save(buffer, "PNG")
    return buffer.getvalue()


def photo() -> Part:
    return Media().open(png((200, 30, 30)), "red.png")


def labelled(directory: Path, **options: Any) -> list[Observation]:
    perceiver = ClipLabels()
    perceiver.load(FakeServices(options=ClipLabelsOptions(str(directory), **options)))
    found = list(perceiver.perceive(Task(photo(), Media())))
    perceiver.close()
    return [seen for seen in found if isinstance(seen, Observation)]


@pytest.mark.parametrize("family", FAMILIES)
def test_labels_are_ranked_probabilities(made: Callable[[str], Path], family: str) -> None:
    """Names come most probable first, from `least` on, at most `most`; CLIP's leave room for none of them."""
    every = labelled(made(family), labels=LABELS, least=0.0)
    assert sorted(seen.text for seen in every) == sorted(LABELS)
    chances = [seen.confidence for seen in every]
    assert chances == sorted(chances, reverse=True)
    assert [seen.data["rank"] for seen in every] == [0, 1, 2]
    if family == "clip":
        assert 0 < sum(chances) < 1
    assert len(labelled(made(family), labels=LABELS, least=0.0, most=2)) == 2
    assert labelled(made(family), labels=LABELS, least=1.0) == []


def test_the_template_is_what_is_compared(made: Callable[[str], Path]) -> None:
    """Another sentence around the names gives other probabilities."""
    one = labelled(made("clip"), labels=LABELS, least=0.0)
    other = labelled(made("clip"), labels=LABELS, least=0.0, template="{}")
    assert {seen.text: seen.confidence for seen in one} != {seen.text: seen.confidence for seen in other}


@pytest.mark.parametrize("family", FAMILIES)
def test_texts_and_pictures_share_a_space(made: Callable[[str], Path], family: str) -> None:
    """Rows of length 1 and of one dimension, the same for equal inputs, whatever else is in the batch."""
    services = FakeServices(options=ClipOptions(str(made(family))))
    texts, images = ClipTexts(), ClipImages()
    texts.load(services)
    images.load(services)
    assert texts.space == images.space != ""
    said = texts.embed(["a cat", "a dog that is described at a length that no model of this size can read to its end"])
    seen = images.embed([Image(np.full((40, 60, 3), shade, np.uint8)) for shade in (10, 200)])
    assert said.shape == seen.shape == (2, texts.dimensions)
    assert np.allclose(np.linalg.norm(np.concatenate([said, seen]), axis=1), 1, atol=1e-5)
    assert np.allclose(texts.embed(["a cat"])[0], said[0], atol=1e-5)
    assert texts.embed([]).shape == (0, texts.dimensions)


def test_one_model_serves_all(made: Callable[[str], Path]) -> None:
    """Both sides hold the same model, and it goes when both have let go."""
    from assistant_clip import model

    services = FakeServices(options=ClipOptions(str(made("clip"))))
    texts, images = ClipTexts(), ClipImages()
    texts.load(services)
    images.load(services)
    assert texts._model is images._model
    texts.close()
    images.close()
    assert not [key for key in model._shared if key[0] == str(made("clip").resolve())]


def test_without_a_model_it_is_left_out(tmp_path: Path) -> None:
    """Nothing is missed in a turn; the list of plugins says what to set; sentences are embedded by others."""
    with Assistant(Settings(data_dir=tmp_path)) as assistant:
        reply = assistant.perceive(png((0, 0, 255)))
        assert not [gap for gap in reply.gaps if gap.source.startswith("clip")]
        (state,) = [each for each in assistant.host.health()["perceivers"] if each["name"] == "clip_labels"]
        assert not state["ready"]
        assert "assistant weights pull siglip2-base" in state["reason"]


def test_in_the_assistant(made: Callable[[str], Path], tmp_path: Path) -> None:
    """Configured, its labels stand in the context, and the sentence embedder is still another one."""
    options = {"clip_labels": {"model": str(made("clip")), "labels": list(LABELS), "least": 0.0}}
    options["clip_texts"] = {"model": str(made("clip"))}
    with Assistant(Settings(data_dir=tmp_path, plugins=options)) as assistant:
        reply = assistant.perceive(png((0, 0, 255)))
        labels = [seen for seen in reply.observations if seen.source == "clip_labels"]
        assert len(labels) == 3
        embedder = assistant.host.text_embedder()
        assert embedder is None or embedder.name != "clip_texts"


def test_what_is_no_such_model_is_told(made: Callable[[str], Path], tmp_path: Path) -> None:
    """An empty directory and another sort of model are named."""
    with pytest.raises(WeightsMissing, match=r"has no config\.json"):
        ClipTexts().load(FakeServices(options=ClipOptions(str(tmp_path))))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nobody_made_this"}))
    with pytest.raises(WeightsCorrupt, match="cannot be loaded"):
        ClipTexts().load(FakeServices(options=ClipOptions(str(tmp_path))))


def test_settings_are_checked_before_anything_is_loaded() -> None:
    """A template without a place for the name is told; names are not asked for twice."""
    perceiver = ClipLabels()
    assert "template" in perceiver.unready(ClipLabelsOptions("x", template="a photo"))
    assert perceiver.unready(ClipLabelsOptions("clip-vit-b32")) == ""
    assert perceiver.weights(ClipLabelsOptions("clip-vit-b32")) == ("clip-vit-b32",)
    assert len(COMMON) == len(set(COMMON)) > 150


class TestContract(PerceiverContract):
    """What every perceiver must keep."""

    perceiver = ClipLabels
    part = photo()

    @pytest.fixture(autouse=True)
    def _services(self, made: Callable[[str], Path]) -> None:
        options = ClipLabelsOptions(str(made("clip")), LABELS, least=0.0)
        type(self).services = FakeServices(options=options)


class _Embedders(EmbedderContract):
    @pytest.fixture(autouse=True)
    def _services(self, made: Callable[[str], Path]) -> None:
        type(self).services = FakeServices(options=ClipOptions(str(made("clip"))))


class TestTextsContract(_Embedders):
    """What every embedder must keep, of the one for texts."""

    embedder = ClipTexts


class TestImagesContract(_Embedders):
    """What every embedder must keep, of the one for pictures."""

    embedder = ClipImages
