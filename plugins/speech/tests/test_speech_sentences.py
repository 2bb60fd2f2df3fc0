"""Sentences: each with its own times, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant_speech.heard import Heard, Word
from assistant_speech.sentences import sentences


def heard(*texts: str, seconds: float = 0.5) -> Heard:
    words = tuple(Word(text, number * seconds, (number + 1) * seconds, 0.9) for number, text in enumerate(texts))
    return Heard("".join(texts), 0.0, len(texts) * seconds, words, -0.1, 0.0, 1.0, "en", 1.0)


def cut(segment: Heard) -> list[tuple[str, float, float]]:
    return [(part.text.strip(), part.start, part.end) for part in sentences(segment)]


def test_each_sentence_has_its_times() -> None:
    """Two sentences become two segments that begin and end with their words."""
    assert cut(heard(" It", " rains.", " Take", " it!")) == [("It rains.", 0.0, 1.0), ("Take it!", 1.0, 2.0)]
    assert cut(heard("下", "雨。", "走", "吧。")) == [("下雨。", 0.0, 1.0), ("走吧。", 1.0, 2.0)]


def test_abbreviations_and_short_answers_do_not_end_a_sentence() -> None:
    """ "Mr." is followed by a name, and a quick "Yes." stays with what follows."""
    assert cut(heard(" So", " Mr.", " Smith", " came.")) == [("So Mr. Smith came.", 0.0, 2.0)]
    assert cut(heard(" yes.", " it", " is.")) == [("yes. it is.", 0.0, 1.5)]


def test_without_word_times_it_stays_whole() -> None:
    """A model that cannot align words gives one segment."""
    whole = Heard(" One. Two.", 0.0, 2.0, (), -0.1, 0.0, 1.0, "en", 1.0)
    assert list(sentences(whole)) == [whole]


@given(st.lists(st.sampled_from([" a", " b.", " Mr.", " what?", "。", ' "no!"']), max_size=12))
def test_nothing_is_lost(texts: list[str]) -> None:
    """The sentences joined are the segment, words and text, in order."""
    segment = heard(*texts)
    parts = list(sentences(segment))
    assert "".join(part.text for part in parts) == segment.text
    assert tuple(word for part in parts for word in part.words) == segment.words
