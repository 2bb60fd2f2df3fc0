"""Other languages, speech, video and mixed questions with the starter weights, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import skimage.data
from PIL import Image

from assistant import Assistant
from assistant_reasoner.phrase import Phrases

pytestmark = pytest.mark.weights

VOICE = Path(__file__).parents[2] / "speech" / "tests" / "data" / "speech_two_sentences.ogg"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant() as opened:
        yield opened


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One astronaut (NASA, public domain, bundled with scikit-image)."""
    path = tmp_path_factory.mktemp("whole") / "astronaut.jpg"
    Image.fromarray(skimage.data.astronaut()).save(path, quality=92)
    return path


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of a brick wall, then three of the astronaut."""
    path = tmp_path_factory.mktemp("whole") / "late.mp4"
    wall = np.repeat(skimage.data.brick()[:, :, None], 3, axis=2)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=8)
        stream.width = stream.height = 512
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4_000_000
        for index in range(48):
            picture = wall if index < 24 else skimage.data.astronaut()
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return path


@pytest.mark.parametrize(
    ("question", "english", "code"),
    [
        ("¿Cuántas personas hay?", "How many people are there?", "es"),
        ("Y a-t-il une personne ?", "Is there a person?", "fr"),
        ("Wie viele Personen sind auf dem Bild?", "How many people are there?", "de"),
        ("图里有狗吗？", "Is there a dog?", "zh"),
        ("Có bao nhiêu người trong ảnh?", "How many people are there?", "vi"),
    ],
)
def test_a_photograph_in_other_languages(
    assistant: Assistant, photo: Path, question: str, english: str, code: str
) -> None:
    """The same photograph gets the same answer in every language, worded in it, with the same evidence."""
    reply, plain = assistant.ask(question, photo), assistant.ask(english, photo)
    assert reply.answer is not None
    assert plain.answer is not None
    assert reply.answer.short == Phrases(code).bare(plain.answer.short or "")
    assert reply.answer.confidence == plain.answer.confidence
    assert [seen.id for seen in reply.evidence] == [seen.id for seen in plain.evidence]
    assert reply.text != plain.text


def test_a_recording_as_a_whole(assistant: Assistant) -> None:
    """Summary with times; the language asked in is that of the answer."""
    summary = assistant.ask("summarise the recording", VOICE)
    assert summary.text.startswith("In short")
    assert "(0." in summary.text
    german = assistant.ask("Welche Sprache wird gesprochen?", VOICE)
    assert german.answer is not None
    assert german.answer.short == "Englisch"


def test_when_somebody_appears_in_a_video(assistant: Assistant, video: Path) -> None:
    """The moment lies between two frames that were looked at."""
    reply = assistant.ask("when does the person first appear?", video)
    assert reply.answer is not None
    assert 2.5 <= float((reply.answer.short or "0").split()[0]) <= 5.5
    assert "between" in reply.text


def test_speech_against_a_picture(assistant: Assistant, photo: Path) -> None:
    """What nobody can check is not claimed to match."""
    reply = assistant.ask("does what she says match the picture?", photo, VOICE)
    assert reply.answer is not None
    assert reply.answer.short in (None, "no") or reply.answer.abstained
    assert reply.evidence
