"""The sentiment perceivers: with a stand-in embedder for behaviour, with the starter weights for judgement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import Cancelled, WeightsMissing
from assistant.fusion.reconcile import NEUTRAL_BAND, fuse_sentiment
from assistant.media import Media, text_part
from assistant.plugin import Task
from assistant.testing import FakeServices, PerceiverContract
from assistant.types import Kind, Observation
from assistant_sentiment import SentimentOfSpeech, SentimentOfText
from assistant_sentiment.head import LABELS, load_head

PROBES = load_head()


def fitting(texts: Sequence[str]) -> np.ndarray:
    """An embedder that knows the probe sentences, and gives every other text the same plain vector."""
    known = dict(zip(PROBES.probes, PROBES.probe_vectors, strict=True))
    plain = PROBES.probe_vectors.mean(0) / np.linalg.norm(PROBES.probe_vectors.mean(0))
    return np.array([known.get(text, plain) for text in texts], dtype=np.float32)


def foreign(texts: Sequence[str]) -> np.ndarray:
    """An embedder of another space."""
    return np.tile(np.eye(1, 384, dtype=np.float32), (len(texts), 1))


def seen(text: str, services: FakeServices, *context: Observation) -> list[Observation]:
    perceiver = SentimentOfText()
    perceiver.load(services)
    return list(perceiver.perceive(Task(text_part(text), Media(), observations=context)))


def heard(kind: str, text: str, confidence: float = 0.9, **data: Any) -> Observation:
    part = text_part("stands for a recording")
    return Observation(
        kind=kind, text=text, confidence=confidence, part=part.digest, span=(1.0, 3.5), data=data, source="speech"
    )


def of_speech(observation: Observation, services: FakeServices) -> list[Observation]:
    perceiver = SentimentOfSpeech()
    perceiver.load(services)
    return list(perceiver.perceive(Task(text_part("stands for a recording"), Media(), observation)))


class TestTextContract(PerceiverContract):
    """The judge of typed words keeps the contract."""

    perceiver = SentimentOfText
    part = text_part("I love this!")
    services = FakeServices(embedder=fitting)


class TestSpeechContract(PerceiverContract):
    """The judge of spoken words keeps the contract."""

    perceiver = SentimentOfSpeech
    part = text_part("stands for a recording")
    observation = heard(Kind.TRANSCRIPT_SEGMENT, "what a lovely day")
    services = FakeServices(embedder=fitting)


def test_works_without_an_embedder_and_says_so() -> None:
    """With the text plugin uninstalled the lexicon judges, is named, and is trusted less than the head."""
    (found,) = seen("I love this, it is wonderful!", FakeServices())
    assert (found.kind, found.text, found.data["method"]) == (Kind.SENTIMENT, "positive", "lexicon")
    (by_head,) = seen("I love this, it is wonderful!", FakeServices(embedder=fitting))
    assert by_head.data["method"] == "head"
    assert found.data["reliability"] < by_head.data["reliability"] <= 1


def test_missing_weights_fall_back_to_the_lexicon() -> None:
    """An embedder that cannot load does not cost the judgement."""

    def absent(texts: Sequence[str]) -> np.ndarray:
        raise WeightsMissing("all-minilm-l6-v2 is not on this machine.")

    (found,) = seen("This is terrible.", FakeServices(embedder=absent))
    assert (found.text, found.data["method"]) == ("negative", "lexicon")


def test_another_embedder_is_recognised() -> None:
    """The head is not fed vectors of a space it was not trained on, of whatever size."""
    for embedder in (foreign, lambda texts: foreign(texts)[:, :100]):
        (found,) = seen("This is terrible.", FakeServices(embedder=embedder))
        assert found.data["method"] == "lexicon"


@pytest.mark.parametrize(
    "text", ["", "???", "12345", "1 + 1 = 2", "这张照片真漂亮，我很喜欢", "Это ужасно", "素晴らしい一日だった"]
)
def test_is_silent_without_english_words(text: str) -> None:
    """No words, or words in another script: no judgement rather than a made-up neutral."""
    assert seen(text, FakeServices(embedder=fitting)) == []


def test_another_language_is_not_judged() -> None:
    """A confident language observation keeps the English head from a text in the same script."""
    german = Observation(kind=Kind.LANGUAGE, text="de", confidence=0.95, part="x")
    unsure = Observation(kind=Kind.LANGUAGE, text="nl", confidence=0.3, part="x")
    services = FakeServices(embedder=fitting)
    assert seen("Das ist wirklich schlecht, ich hasse es.", services, german) == []
    assert len(seen("hate it", services, unsure)) == 1
    assert of_speech(heard(Kind.TRANSCRIPT, "muy bien", language="es", language_probability=0.98), services) == []


def test_emoji_are_read() -> None:
    """An emoji alone carries a feeling."""
    (found,) = seen("😀", FakeServices())
    assert found.text == "positive"


def test_speech_is_judged_by_segment_and_as_a_whole() -> None:
    """The observation keeps the span and says which it is and what it was derived from."""
    services = FakeServices(embedder=fitting)
    segment = heard(Kind.TRANSCRIPT_SEGMENT, "I am very happy with it", language="en")
    whole = heard(Kind.TRANSCRIPT, "I am very happy with it. Thanks.", language="en", language_probability=0.9)
    (first,), (second,) = of_speech(segment, services), of_speech(whole, services)
    assert (first.data["scope"], second.data["scope"]) == ("segment", "whole")
    assert first.span == segment.span
    assert first.derived_from == (segment.id,)
    assert first.data["modality"] == second.data["modality"] == "words"


def test_doubtful_words_give_a_doubtful_feeling() -> None:
    """What was hardly understood cannot be judged with confidence."""
    services = FakeServices()
    clear, doubtful = (
        of_speech(heard(Kind.TRANSCRIPT_SEGMENT, "I love this, it is wonderful", confidence=sure), services)[0]
        for sure in (0.95, 0.2)
    )
    assert clear.text == doubtful.text
    assert doubtful.confidence < 0.55 < clear.confidence


def test_valence_and_label_agree_for_the_fusion() -> None:
    """Late fusion, which reads the valence, comes to the same word when nobody else speaks."""
    services = FakeServices()
    for text in ("I love this!", "This is terrible.", "The bus stops here.", "not bad", "the food was bad but okay"):
        (found,) = seen(text, services)
        feeling = fuse_sentiment([found])
        assert feeling is not None
        assert feeling.text == found.text
        assert (abs(found.data["valence"]) <= NEUTRAL_BAND) == (found.text == "neutral")
        assert sum(found.data["probabilities"]) == pytest.approx(1, abs=1e-3)
        assert found.confidence == pytest.approx(max(found.data["probabilities"]), abs=1e-3)


def test_a_long_text_is_fused_not_truncated() -> None:
    """What stands at the end of a long text counts as much as what stands at the start."""
    services = FakeServices()
    good, bad = "This is a wonderful and lovely place. " * 80, "This is a horrible and awful place. " * 80
    (first,), (last,) = seen(good + bad, services), seen(bad + good, services)
    assert first.data["valence"] == pytest.approx(last.data["valence"], abs=0.05)
    (mostly_bad,) = seen("I love it. " + bad, services)
    assert mostly_bad.text == "negative"


def test_a_huge_text_asks_for_few_embeddings() -> None:
    """Two hundred thousand characters cost a bounded number of embeddings."""
    asked: list[int] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        asked.append(len(texts))
        return fitting(texts)

    assert len(seen("The weather was fine and we were glad. " * 5000, FakeServices(embedder=counting))) == 1
    assert sum(asked) < 300


def test_stops_when_told() -> None:
    """A stopped turn does not wait for the embeddings of a text."""
    perceiver = SentimentOfText()
    perceiver.load(FakeServices(embedder=fitting))
    task = Task(text_part("I love this!"), Media())
    task.cancel.set()
    with pytest.raises(Cancelled):
        list(perceiver.perceive(task))


@pytest.fixture
def services() -> FakeServices:
    """Services with the real embedder."""
    text = pytest.importorskip("assistant_text", reason="the text plugin is not installed")
    from assistant.settings import Settings
    from assistant.weights import Weights

    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    weights.add(text.ALL_MINILM_L6_V2)
    name = text.ALL_MINILM_L6_V2.name
    embedder = text.TextEmbedder()
    embedder.load(FakeServices(directories={name: weights.where(name)}))
    return FakeServices(embedder=embedder.embed)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this camera, the pictures are stunning!", "positive"),
        ("Thank you so much, that made my day.", "positive"),
        ("It broke after two days and nobody answered my letters.", "negative"),
        ("Why is this stupid thing so slow?!", "negative"),
        ("I am not happy with the result.", "negative"),
        ("What colour is the car?", "neutral"),
        ("Is there not a green square in the image?", "neutral"),
        ("How many people are standing in front of the house?", "neutral"),
        ("Turn on the light in the living room.", "neutral"),
        ("What did the woman say at the end of the recording?", "neutral"),
    ],
)
def test_judges_feelings_and_leaves_plain_questions_neutral(services: FakeServices, text: str, label: str) -> None:
    """Feelings get their sign; plain questions and commands are neutral."""
    (found,) = seen(text, services)
    assert (found.text, found.data["method"]) == (label, "head")


@pytest.mark.weights
@pytest.mark.shared
def test_beats_the_lexicon_on_lines_it_never_saw(services: FakeServices, shared_data: Path) -> None:
    """On the held-out lines the head is clearly better than VADER, by sign and by class."""
    from assistant_sentiment.judge import WordsJudge
    from assistant_sentiment.measuring import classes, read_lines

    lines = [line for line in read_lines(shared_data / "sentiment") if line.side == "test"][::4]
    gold = classes(np.array([line.valence for line in lines]))
    right = {}
    for name, embed in (("head", services.embed), ("lexicon", lambda texts: None)):
        judge = WordsJudge(embed)
        labels = [(judge.judge(line.text) or judge.judge("a")).label for line in lines]  # type: ignore[union-attr]
        right[name] = sum(LABELS[number] == said for number, said in zip(gold, labels, strict=True)) / len(lines)
    assert right["head"] > 0.68
    assert right["head"] > right["lexicon"] + 0.08
