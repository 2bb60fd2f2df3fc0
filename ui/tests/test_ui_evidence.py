"""The evidence panel and the conversation as they are drawn."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.types import AUDIO, IMAGE, TEXT, VIDEO, Answer, Gap, Observation, Part, Status
from assistant_ui.evidence import LABELS_AT_MOST, TAKEN_AT_MOST, gaps, panel, picture
from assistant_ui.texts import CHINESE, ENGLISH, LANGUAGES, Texts
from assistant_ui.thread import sidebar, turn, welcome
from assistant_ui.view import Evidence, TurnView, gather

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
PHOTO = Part(IMAGE, "d" * 64, "garden.jpg", "image/jpeg", b"", {"width": 640, "height": 480})
VOICE = Part(AUDIO, "e" * 64, "voice.wav", "audio/wav", b"", {"seconds": 7.5})


def seen(kind: str, text: str, part: Part = PHOTO, **more: object) -> Observation:
    return Observation(**{"kind": kind, "text": text, "confidence": 0.8, "part": part.digest, "source": "eyes", **more})


class Elements(HTMLParser):
    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if name in (attributes.get("class") or "").split()]


def test_boxes_are_drawn_where_they_were_seen() -> None:
    """A box's place is that of the observation, in per cent of the picture, and it is labelled."""
    dog = seen("object", "dog", box=(0.25, 0.5, 0.75, 1.0))
    (box,) = Elements(picture(PHOTO, Evidence((PHOTO,), (PHOTO.digest,), (dog,)), ENGLISH)).of_class("box")
    assert box["style"] == "left:25.00%;top:50.00%;width:50.00%;height:50.00%"
    assert box["title"] == "dog 80% · eyes"
    assert "labelled" in str(box["class"])


def test_boxes_outside_the_picture_are_cut() -> None:
    """A detector's overshoot does not draw over the page."""
    dog = seen("object", "dog", box=(-0.5, 0.0, 1.5, 2.0))
    (box,) = Elements(picture(PHOTO, Evidence((PHOTO,), (PHOTO.digest,), (dog,)), ENGLISH)).of_class("box")
    assert box["style"] == "left:0.00%;top:0.00%;width:100.00%;height:100.00%"


def test_cited_boxes_stand_out() -> None:
    """What the answer rests on is marked, and small boxes lie above large ones."""
    dog = seen("object", "dog", box=(0.1, 0.1, 0.3, 0.3))
    lawn = seen("object", "lawn", box=(0.0, 0.0, 1.0, 1.0))
    boxes = Elements(
        picture(PHOTO, Evidence((PHOTO,), (PHOTO.digest,), (dog, lawn), cited=(dog.id,)), ENGLISH)
    ).of_class("box")
    assert [box["data-seen"] for box in boxes] == [lawn.id, dog.id]
    assert ["cited" in str(box["class"]) for box in boxes] == [False, True]


def test_a_text_in_the_picture_is_not_covered_by_its_label() -> None:
    """Text lines are framed; what they say is shown when pointed at."""
    line = seen("text_line", "STOP", box=(0.1, 0.1, 0.3, 0.2))
    elements = Elements(picture(PHOTO, Evidence((PHOTO,), (PHOTO.digest,), (line,), cited=(line.id,)), ENGLISH))
    assert len(elements.of_class("cited")) == 1
    assert elements.of_class("labelled") == []


def test_the_typed_question_is_no_evidence_card() -> None:
    """What is known about the question is in the table; it is not shown as if it were a file."""
    typed = Part(TEXT, "t", "question", "text/plain", b"?")
    language = Observation(kind="language", text="en", confidence=0.9, part="t", source="tongues")
    drawn = panel(Evidence((typed,), (), (language,)), ENGLISH)
    assert Elements(drawn).of_class("card") == []
    assert "tongues" in drawn


def test_a_crowd_is_not_labelled_all_over() -> None:
    """With many boxes only the cited ones carry a label from the start."""
    crowd = [seen("object", f"person {n}", box=(n / 50, 0.2, n / 50 + 0.01, 0.4)) for n in range(LABELS_AT_MOST + 1)]
    evidence = Evidence((PHOTO,), (PHOTO.digest,), tuple(crowd), cited=(crowd[3].id,))
    boxes = Elements(picture(PHOTO, evidence, ENGLISH)).of_class("labelled")
    assert [box["data-seen"] for box in boxes] == [crowd[3].id]


def test_transcript_times_seek_their_player() -> None:
    """Each segment has a button with its start and the player it belongs to, in order of time."""
    later = seen("transcript_segment", "and bread", VOICE, span=(3.2, 4.0))
    first = seen("transcript_segment", "buy milk", VOICE, span=(0.0, 3.0))
    elements = Elements(panel(Evidence((VOICE,), (VOICE.digest,), (later, first), recent=(VOICE.digest,)), ENGLISH))
    seeks = elements.of_class("seek")
    assert [(each["data-seconds"], each["data-player"]) for each in seeks] == [
        ("0.00", VOICE.digest),
        ("3.20", VOICE.digest),
    ]
    assert [a["data-player"] for tag, a in elements.found if tag == "audio"] == [VOICE.digest]


def test_a_video_shows_its_frames_and_what_its_sound_track_says() -> None:
    """The transcript of the track seeks the video; each frame has its boxes and its time."""
    video = Part(VIDEO, "v", "walk.mp4", "video/mp4", b"", {"seconds": 9.0})
    frame = Part(IMAGE, "f", "frame", "image/jpeg", b"", parent="v", span=(2.0, 2.0))
    track = Part(AUDIO, "t", "sound", "audio/wav", b"", parent="v")
    spoken = seen("transcript_segment", "hello", track, span=(1.0, 2.0))
    dog = seen("object", "dog", frame, box=(0.1, 0.1, 0.2, 0.2))
    elements = Elements(panel(Evidence((video, frame, track), ("v",), (spoken, dog), recent=("v",)), ENGLISH))
    assert [each["data-player"] for each in elements.of_class("seek")] == ["v", "v"]
    assert len(elements.of_class("box")) == 1
    assert [tag for tag, _ in elements.found if tag == "audio"] == []


def test_gaps_say_why_and_what_helps() -> None:
    """Cause, message and remedy are there; the same gap is told once."""
    gap = Gap(cause="no_weights", message="eyes lacks weights.", remedy="assistant weights pull", name="garden.jpg")
    drawn = gaps([gap, gap], ENGLISH)
    assert drawn.count("eyes lacks weights.") == 1
    assert ENGLISH.causes["no_weights"] in drawn
    assert "assistant weights pull" in drawn


def test_a_perceiver_status_tells_its_state_and_reason() -> None:
    """Skipped and failed say why, done says how long it took."""
    view = TurnView(asked="?")
    for status in (
        Status("eyes", "p", "a.jpg", "done", 1234.0),
        Status("ears", "p", "a.jpg", "skipped", None, "no weights"),
        Status("nose", "p", "a.jpg", "failed", 5.0, "it broke"),
        Status("skin", "p", "a.jpg", "running"),
    ):
        view.statuses[status.perceiver, status.part] = status
    drawn = turn(view, ENGLISH)
    for words in ("done in 1.2 s", "skipped: no weights", "failed: it broke", "at work", "3/4"):
        assert words in drawn


def test_in_a_long_list_what_is_at_work_comes_first() -> None:
    """A video's many frames do not bury what is happening now."""
    view = TurnView(asked="?")
    for number in range(20):
        view.statuses["eyes", str(number)] = Status("eyes", str(number), f"frame {number}", "queued")
    view.statuses["eyes", "15"] = Status("eyes", "15", "frame 15", "running")
    lines = [str(each["class"]) for each in Elements(turn(view, ENGLISH)).of_class("state-queued")]
    assert len(lines) == 19
    drawn = turn(view, ENGLISH)
    assert drawn.index("state-running") < drawn.index("state-queued")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("Two.", confidence=0.9), "90% sure"),
        (Answer("Two?", confidence=0.3), "Unsure: 30%"),
        (Answer("I can't tell.", abstained=True), "Cannot tell"),
    ],
)
def test_how_sure_an_answer_is_can_be_seen(answer: Answer, words: str) -> None:
    """Each answer carries its badge."""
    assert words in turn(TurnView(asked="?", answer=answer, phase="answered"), ENGLISH)


def test_nothing_foreign_becomes_markup() -> None:
    """File names, questions, texts in pictures, transcripts, plugin names, gaps and titles are shown as text."""
    photo = Part(IMAGE, "p", EVIL, "image/png", b"")
    voice = Part(AUDIO, "a", EVIL, "audio/wav", b"")
    line = Observation(kind="text_line", text=EVIL, confidence=1, part="p", box=(0, 0, 1, 1), source=EVIL)
    said = Observation(kind="transcript_segment", text=EVIL, confidence=1, part="a", span=(0, 1), source="ears")
    view = TurnView(
        asked=EVIL,
        files=(EVIL + "2",),
        sent=["p", "a"],
        parts={"p": photo, "a": voice},
        statuses={(EVIL, "p"): Status(EVIL, "p", EVIL, "failed", 1.0, EVIL)},
        observations={line.id: line, said.id: said},
        gaps=[Gap(cause="unreadable", message=EVIL, remedy=EVIL, name=EVIL, source=EVIL)],
        answerer=EVIL,
        answer=Answer(EVIL, citations=(line.id, said.id), answerer=EVIL),
        phase="answered",
    )
    page = turn(view, ENGLISH) + panel(gather([view]), ENGLISH) + sidebar([("c", EVIL)], "c", ENGLISH)
    found = Elements(page).found
    assert "script" not in {tag for tag, _ in found}
    assert not [a for _, a in found if any(name.startswith("on") for name in a)]
    assert {str(a["src"]).split("/")[0] for _, a in found if "src" in a} == {"chat"}
    assert not re.search(r"https?://", page)


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_the_empty_page_offers_examples_and_explains_itself(texts: Texts) -> None:
    """A newcomer sees what to do, in both languages."""
    assert texts.welcome in welcome(texts)
    assert len(Elements(welcome(texts)).of_class("example")) == 3
    assert texts.evidence_empty in panel(Evidence(), texts)
    assert texts.no_conversations in sidebar([], None, texts)


def test_chinese_page_speaks_chinese() -> None:
    """States, causes and kinds are translated."""
    view = TurnView(asked="?", statuses={("eyes", "p"): Status("eyes", "p", "a", "running")})
    assert CHINESE.states["running"] in turn(view, CHINESE)


def test_a_picture_that_cannot_be_read_is_not_shown() -> None:
    """Where nothing can be decoded there is no broken picture, but the file's name and the gap."""
    gap = Gap(cause="unreadable", message="garden.jpg is cut off.", part=PHOTO.digest, name="garden.jpg")
    drawn = panel(Evidence((PHOTO,), (PHOTO.digest,), (), (gap,)), ENGLISH)
    assert [each for each in Elements(drawn).found if each[0] == "img"] == []
    assert "garden.jpg is cut off." in drawn


DOCUMENT = Part("document", "b" * 64, "invoice.pdf", "application/pdf", b"%PDF-" + bytes(1995), {"pages": 3})
NAMED = replace(ENGLISH, formats={"application/pdf": "PDF document"})


def test_a_plugins_file_is_a_card_with_what_was_taken_out_of_it() -> None:
    """Its sort and size, pictures of pages with their numbers, passages of text; nothing to play."""
    page = Part(IMAGE, "c" * 64, "page 2 of invoice.pdf", "image/jpeg", b"", {"page": 2}, parent=DOCUMENT.digest)
    words = Part(TEXT, "d1" * 32, "text of invoice.pdf", "text/plain", b"<b>84 euros</b>", parent=DOCUMENT.digest)
    drawn = panel(Evidence((DOCUMENT, page, words), (DOCUMENT.digest,), recent=(DOCUMENT.digest,)), NAMED)
    assert "PDF document · 2 kB" in drawn
    assert "Page 2" in drawn
    assert "&lt;b&gt;84 euros&lt;/b&gt;" in drawn
    assert "%PDF" not in drawn
    elements = Elements(drawn)
    assert len(elements.of_class("frames")) == 1
    assert elements.of_class("seek") == []


def test_of_a_book_the_first_pages_are_shown() -> None:
    """Hundreds of pages do not become hundreds of pictures; how many more there are is told."""
    pages = [
        Part(IMAGE, f"{number:064x}", "page", "image/jpeg", b"", {"page": number}, parent=DOCUMENT.digest)
        for number in range(1, 301)
    ]
    drawn = panel(Evidence((DOCUMENT, *pages), (DOCUMENT.digest,), recent=(DOCUMENT.digest,)), NAMED)
    assert len([each for each in Elements(drawn).found if each[0] == "img"]) == TAKEN_AT_MOST
    assert ENGLISH.more.format(count=300 - TAKEN_AT_MOST) in drawn


def test_unknown_modalities_and_kinds_are_shown_in_words() -> None:
    """A plugin's own kind is readable, with the page it was found on; a modality nobody knows breaks nothing."""
    odd = Part("scent_trail", "a1" * 32, EVIL, "application/x-scent", b"\xff\xfe")
    smell = seen("smell_of_roses", "roses", odd, data={"page": 7})
    view = TurnView(asked="?", sent=[odd.digest], parts={odd.digest: odd}, observations={smell.id: smell})
    drawn = turn(view, ENGLISH) + panel(gather([view]), ENGLISH)
    assert "smell of roses" in drawn
    assert "Page 7" in drawn
    assert "application/x-scent · 2 B" in drawn
    assert "script" not in {name for name, _ in Elements(drawn).found}
