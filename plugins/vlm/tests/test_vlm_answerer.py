"""The vision-language answerer with tiny checkpoints of the real classes. What they say is random: never asserted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError, Cancelled, CannotAnswer, MissingLibrary, WeightsCorrupt, WeightsMissing
from assistant.plugin import Request
from assistant.testing import FakeServices, imported_by
from assistant.types import VIDEO, Example, Kind, Message, Observation, Part
from assistant_vlm.options import VlmOptions

CAUSAL = ("idefics3", "smolvlm", "llava", "llava_next", "llava_onevision", "qwen2_vl", "qwen3_vl")
"""Families whose prompts can be computed from where they differ."""
FAMILIES = (*CAUSAL, "qwen3_5", "gemma3", "florence2")
CHATS = FAMILIES[:-1]

Load = Callable[..., Any]
Picture = Callable[..., Part]
Ask = Callable[..., Request]
Read = Callable[[Any, str], str]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "vlm-generate"]


def test_import_is_light() -> None:
    """Importing the plugin imports no model library."""
    assert imported_by("assistant_vlm") == []


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_and_streams(family: str, answerer: Load, picture: Picture, ask: Ask) -> None:
    """Every family loads through the auto classes and streams as many tokens as were asked for."""
    loaded = answerer(family, max_new_tokens=40)
    deltas = list(loaded.answer(ask("What is in the picture?", picture())))
    assert len(loaded.last.tokens) == len(loaded.last.logprobs) == 40
    assert len([delta for delta in deltas if delta.text]) > 1
    assert "".join(delta.text for delta in deltas).strip()
    assert 0 < deltas[-1].confidence <= 1
    assert loaded.last.first_token_seconds <= loaded.last.seconds


@pytest.mark.parametrize("family", ["idefics3", "llava"])
def test_same_question_same_answer(family: str, answerer: Load, picture: Picture, ask: Ask) -> None:
    """Temperature 0 is deterministic, also after loading again."""
    said = []
    for _ in range(2):
        loaded = answerer(family)
        list(loaded.answer(ask("What is it?", picture())))
        said.append(loaded.last.tokens)
    assert said[0] == said[1]


@pytest.mark.parametrize("family", CHATS)
def test_several_pictures(family: str, answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """Each picture stands in the prompt under its name, in order; no more than allowed, the latest."""
    loaded = answerer(family)
    parts = [picture(seed) for seed in range(3)]
    list(loaded.answer(ask("Which is larger?", *parts)))
    prompt = read(loaded, family)
    places = [prompt.index(f"picture {number}:") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert places[-1] < prompt.index("Which is larger?")
    one = answerer(family, pictures=1)
    list(one.answer(ask("Which is larger?", *parts)))
    assert "picture 3:" in read(one, family)
    assert "picture 1:" not in read(one, family)


def test_video_frames_with_their_times(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """Frames of a video are shown as pictures named by their times."""
    video = Part(VIDEO, "v" * 64, "film.mp4", "video/mp4", b"")
    frames = [
        replace(picture(seed), parent=video.digest, span=(seed * 1.5, seed * 1.5), digest=f"{seed}" * 64)
        for seed in range(1, 4)
    ]
    loaded = answerer("idefics3")
    list(loaded.answer(ask("When does it begin?", video, *frames)))
    prompt = read(loaded, "idefics3")
    for seconds in ("1.5", "3.0", "4.5"):
        assert f"frame at {seconds} s of video 1:" in prompt


def test_history_examples_and_observations(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """Earlier messages, few-shot examples with their pictures and what was perceived all reach the model."""
    photo, shown = picture(0), picture(1)
    seen = Observation(kind=Kind.OBJECT, text="zebra", confidence=0.9, part=photo.digest)
    messages = (Message("user", "Is it day?", (photo.digest,)), Message("assistant", "It is noon."))
    examples = (Example("What is this?", "a wug", shown), Example("And whose?", "mine"))
    loaded = answerer("idefics3")
    request = ask("Is it striped?", photo, observations=[seen], messages=messages, examples=examples)
    list(loaded.answer(request))
    prompt = read(loaded, "idefics3")
    order = [
        prompt.index(text) for text in ("What is this?", "a wug", "mine", "Is it day?", "noon", "zebra", "striped")
    ]
    assert order == sorted(order)
    assert prompt.count("<global-img>") == 2
    few = answerer("idefics3", examples=0, messages=0)
    list(few.answer(request))
    assert "wug" not in read(few, "idefics3")
    assert "noon" not in read(few, "idefics3")


@pytest.mark.parametrize(("family", "cites"), [("idefics3", True), ("florence2", False)])
def test_cites_what_it_read_and_names(
    family: str, cites: bool, answerer: Load, picture: Picture, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer cites the observations that it names, if the model was shown them; it is read for its bare form."""
    photo = picture()
    dog, cat = (Observation(kind=Kind.OBJECT, text=name, confidence=0.9, part=photo.digest) for name in ("dog", "cat"))
    monkeypatch.setattr("assistant_vlm.generation.generate", lambda *given, **named: iter(["Yes, ", "a dog."]))
    deltas = list(answerer(family).answer(ask("Is there an animal?", photo, observations=[dog, cat])))
    assert deltas[-1].citations == ((dog.id,) if cites else ())
    assert deltas[-1].short == "yes"
    monkeypatch.setattr("assistant_vlm.generation.generate", lambda *given, **named: iter(["I cannot tell."]))
    assert list(answerer(family).answer(ask("Is there an animal?", photo)))[-1].abstained


def test_brief_answers_are_asked_for(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """Questions with a bare answer ask the model for it; others do not."""
    loaded = answerer("idefics3")
    for question, words in (
        ("Is there a dog?", "Answer with yes or no."),
        ("How many dogs are there?", "Answer with a number."),
        ("What is it? Choices: cat, dog", "Answer with one of the choices only."),
    ):
        list(loaded.answer(ask(question, picture())))
        assert read(loaded, "idefics3").rstrip().endswith(f"{question}\n{words}<end_of_utterance>\nAssistant:")
    list(loaded.answer(ask("Why is it here?", picture())))
    assert "Answer with" not in read(loaded, "idefics3")


def test_thinking_is_off(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """Models that can think aloud are told not to."""
    loaded = answerer("qwen3_5")
    list(loaded.answer(ask("Why?", picture())))
    assert read(loaded, "qwen3_5").endswith("<think>\n\n</think>\n\n")


def test_florence_gets_a_task(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """A model of tasks gets the question alone, or the task for a description."""
    loaded = answerer("florence2")
    list(loaded.answer(ask("What is it?", picture())))
    assert read(loaded, "florence2").endswith("<s>What is it?</s>")
    list(loaded.answer(ask("", picture())))
    assert "Describe with a paragraph" in read(loaded, "florence2")


# ---- reuse ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_reuse_changes_nothing(family: str, answerer: Load, picture: Picture, ask: Ask) -> None:
    """With and without reuse the same tokens come; the second question computes less where the family allows it."""
    one, other = picture(1), picture(2)
    asked = [ask("What is it?", one), ask("Why is it there?", one), ask("Which?", one, other), ask("What is it?", one)]
    said: dict[bool, list[list[int]]] = {}
    reused: list[int] = []
    for reuse in (False, True):
        loaded = answerer(family, reuse=reuse, max_new_tokens=12)
        said[reuse] = []
        for request in asked:
            list(loaded.answer(request))
            said[reuse].append(loaded.last.tokens)
            reused.append(loaded.reused)
    assert said[True] == said[False]
    assert reused[:5] == [0] * 5
    assert (reused[5] > 100) == (family in CAUSAL)
    if loaded.features is not None:
        assert loaded.features.remembered > 0
    assert (loaded.features is None) == (family in ("llava_next", "llava_onevision", "gemma3"))


def test_pictures_are_prepared_once(picture: Picture, ask: Ask) -> None:
    """The same pictures in the same order are decoded and prepared once; others anew."""
    from assistant_vlm.pictures import Pictures

    prepared: list[int] = []

    class Processor:
        def preprocess(self, images: list[Any], **named: Any) -> dict[str, Any]:
            prepared.append(len(images))
            return {"rows": len(images)}

    pictures, processor = Pictures(64), Processor()
    pictures.attach(processor)
    media = ask("?").media
    one, other = pictures.get(media, picture(1)), pictures.get(media, picture(2))
    assert one.size == (64, 43)
    assert pictures.get(media, picture(1)) is one
    first = processor.preprocess([one, other])
    first.pop("rows")
    assert processor.preprocess([one, other]) == {"rows": 2}
    processor.preprocess([other, one])
    processor.preprocess([one, other], size=3)
    processor.preprocess([[one], [other]], size=3)
    assert prepared == [2, 2, 2, 2]


def test_features_are_bounded(answerer: Load, picture: Picture, ask: Ask) -> None:
    """No more features are kept than was allowed; the oldest go."""
    loaded = answerer("llava", features_mb=1)
    loaded.features._capacity = 3 * 64 * 32 * 4  # three pictures of 64 tokens, 32 numbers each
    for seed in range(5):
        list(loaded.answer(ask("What?", picture(seed))))
    assert 0 < loaded.features.bytes <= 3 * 64 * 32 * 4
    list(loaded.answer(ask("What?", picture(0))))
    assert (loaded.features.encoded, loaded.features.remembered) == (6, 0)
    list(loaded.answer(ask("What?", picture(4), picture(0))))
    assert (loaded.features.encoded, loaded.features.remembered) == (6, 2)


# ---- stopping, queueing, failing -------------------------------------------------------------------------------------


def test_stop_ends_it_at_once(answerer: Load, picture: Picture, ask: Ask) -> None:
    """After a stop the answer ends within a fraction of a second, and its thread with it."""
    loaded = answerer("idefics3", max_new_tokens=5000)
    request = ask("What is it?", picture())
    pieces = loaded.answer(request)
    next(pieces)
    assert threads() == ["vlm-generate"]
    began = time.monotonic()
    request.cancel.set()
    with pytest.raises(Cancelled):
        list(pieces)
    assert time.monotonic() - began < 1
    assert threads() == []
    list(answerer("idefics3").answer(ask("And now?", picture())))


def test_abandoned_answer_leaves_no_thread(answerer: Load, picture: Picture, ask: Ask) -> None:
    """Who no longer listens need not say so: closing the iterator ends the work."""
    loaded = answerer("idefics3", max_new_tokens=5000)
    pieces = loaded.answer(ask("What is it?", picture()))
    next(pieces)
    pieces.close()
    assert threads() == []


def test_stop_reaches_a_long_prompt(answerer: Load, picture: Picture, ask: Ask) -> None:
    """A stop takes effect between two layers, before any token."""
    from assistant_vlm.generation import Stopped

    loaded = answerer("idefics3")
    loaded._brake.stop.set()
    with pytest.raises(Stopped):
        loaded._loaded.model.model.text_model(input_ids=loaded._loaded.model.dummy_inputs["input_ids"])
    list(loaded.answer(ask("What is it?", picture())))
    assert loaded.last.tokens


def test_time_limit_cuts_off(answerer: Load, picture: Picture, ask: Ask) -> None:
    """An answer that takes too long is cut off where it is."""
    loaded = answerer("idefics3", max_new_tokens=7000, seconds=1.0)
    said = "".join(delta.text for delta in loaded.answer(ask("What is it?", picture())))
    assert said
    assert loaded.last.cut
    assert len(loaded.last.logprobs) < 7000


def test_queue_is_bounded(answerer: Load, picture: Picture, ask: Ask) -> None:
    """While one question is answered and as many wait as may, a further one is passed on at once."""
    loaded = answerer("idefics3", max_new_tokens=5000, queue=1)
    first, second = ask("One?", picture()), ask("Two?", picture())
    pieces = loaded.answer(first)
    next(pieces)
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            list(loaded.answer(second))
        except AssistantError as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while len(loaded._turns._queue) < 2:
        assert waiting.is_alive()
    with pytest.raises(CannotAnswer, match=r"vlm is busy: 1 questions wait already.*plugins\.vlm\.queue"):
        list(loaded.answer(ask("Three?", picture())))
    second.cancel.set()
    waiting.join(5)
    assert [type(error) for error in ended] == [Cancelled]
    pieces.close()


@pytest.mark.parametrize(
    ("raised", "expected", "words"),
    [
        (ValueError("odd shapes"), ValueError, "odd shapes"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), AssistantError, "not enough memory.*image_size"),
        (MemoryError(), AssistantError, "not enough memory"),
    ],
)
def test_errors_come_out(
    raised: BaseException,
    expected: type[BaseException],
    words: str,
    answerer: Load,
    picture: Picture,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What goes wrong inside the generation reaches the caller; the next question is answered."""
    loaded = answerer("llava")

    def fail(**inputs: Any) -> None:
        raise raised

    with monkeypatch.context() as patched:
        patched.setattr(loaded._loaded.model, "generate", fail)
        with pytest.raises(expected, match=words):
            list(loaded.answer(ask("What is it?", picture())))
    assert threads() == []
    assert list(loaded.answer(ask("What is it?", picture())))


def test_without_a_picture_it_passes(answerer: Load, ask: Ask) -> None:
    """Without anything to see another answerer is asked."""
    with pytest.raises(CannotAnswer, match="no picture"):
        list(answerer("llava").answer(ask("What is love?")))


def test_long_prompts_are_shortened(answerer: Load, picture: Picture, ask: Ask, read: Read) -> None:
    """A prompt that the model cannot hold loses history and observations, not the question; else it says so."""
    photo = picture()
    seen = [
        Observation(kind=Kind.TEXT_LINE, text=f"line {number} of the page", confidence=0.9, part=photo.digest)
        for number in range(400)
    ]
    loaded = answerer("llava", context_tokens=8000)
    loaded._loaded.model.config.text_config.max_position_embeddings = 2600
    list(loaded.answer(ask("What does it say?", photo, observations=seen)))
    assert len(loaded.last.prompt) <= 2600
    assert "What does it say?" in read(loaded, "llava")
    loaded._loaded.model.config.text_config.max_position_embeddings = 100
    with pytest.raises(AssistantError, match=r"take \d+ tokens.*plugins\.vlm"):
        list(loaded.answer(ask("What does it say?", photo)))


def test_close_stops_and_load_starts_again(answerer: Load, picture: Picture, ask: Ask, checkpoint: Any) -> None:
    """Closing frees the model; it can be loaded again."""
    loaded = answerer("llava")
    loaded.close()
    with pytest.raises(Cancelled):
        list(loaded.answer(ask("What?", picture())))
    loaded.load(FakeServices(options=VlmOptions(model=str(checkpoint("llava")), max_new_tokens=4)))
    assert list(loaded.answer(ask("What?", picture())))


# ---- loading --------------------------------------------------------------------------------------------------------


def load(model: str, *, hub: bool = False, **options: Any) -> None:
    from assistant_vlm.answerer import VisionLanguage

    VisionLanguage().load(FakeServices(options=VlmOptions(model=model, **options), hub=hub))


def test_hub_is_not_asked_unless_allowed() -> None:
    """A repository's name alone reaches nothing."""
    with pytest.raises(WeightsMissing, match=r"weights\.hub = true"):
        load("owner/name")


def test_pickles_are_refused(checkpoint: Any, tmp_path: Path) -> None:
    """Without safetensors nothing is loaded, whatever else lies there."""
    for path in checkpoint("llava").iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(WeightsCorrupt, match="safetensors"):
        load(str(tmp_path))


def test_code_beside_a_model_is_not_run(checkpoint: Any, tmp_path: Path) -> None:
    """A model that wants its own code to be run is loaded without it."""
    for path in checkpoint("llava").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit\n")
    config = json.loads((tmp_path / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "own.Config", "AutoModelForImageTextToText": "own.Model"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    load(str(tmp_path))
    assert not (tmp_path / "ran").exists()


def test_directory_without_a_model(tmp_path: Path) -> None:
    """A directory that holds no model is named, with the setting that names it."""
    with pytest.raises(WeightsMissing, match=r"no config\.json.*plugins\.vlm\.model"):
        load(str(tmp_path))


def test_quantisation_names_what_is_missing(checkpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library for it, quantisation says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    with pytest.raises(MissingLibrary, match=r"bitsandbytes and accelerate.*sensorium-vlm\[quantised\]"):
        load(str(checkpoint("llava")), quantisation="4bit")


def test_missing_gpu_is_said(checkpoint: Any) -> None:
    """A device that is not there is a setting to mend."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(AssistantError, match=r"torch sees no GPU.*plugins\.vlm\.device"):
        load(str(checkpoint("llava")), device="cuda")


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (ImportError("SomeImageProcessor requires the Torchvision library."), r"Torchvision.*sensorium-vlm\[video\]"),
        (RuntimeError("operator torchvision::nms does not exist"), "does not fit the installed torch"),
    ],
)
def test_missing_torchvision_is_said(
    raised: Exception, words: str, checkpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a processor cannot be made without torchvision, or with the one that is there, it is said what to do."""
    import transformers

    def refuse(*positional: Any, **named: Any) -> None:
        raise raised

    monkeypatch.setattr(transformers.AutoProcessor, "from_pretrained", refuse)
    with pytest.raises(MissingLibrary, match=words):
        load(str(checkpoint("llava")))
