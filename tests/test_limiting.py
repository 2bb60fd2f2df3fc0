"""Where an answer ends: stop texts that straddle pieces, a cap on tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.limiting import Limit, count_tokens
from assistant.types import Sampling

PIECES = st.lists(st.text("ab .", max_size=4), max_size=12)


def shown(pieces: list[str], sampling: Sampling, kept: frozenset[str] = frozenset()) -> tuple[str, str | None]:
    limit = Limit(sampling, kept)
    text = "".join(limit.take(piece) for piece in pieces) + limit.rest()
    return text, limit.finish


@given(PIECES, st.lists(st.text("ab .", min_size=1, max_size=3), max_size=2))
def test_stop_texts_cut_wherever_pieces_break(pieces: list[str], stops: list[str]) -> None:
    """What is shown is the text up to the first stop text, however the pieces fall."""
    whole = "".join(pieces)
    ends = [whole.find(stop) for stop in stops if stop in whole]
    expected = (whole[: min(ends)], "stop") if ends else (whole, None)
    assert shown(pieces, Sampling(stop=tuple(stops))) == expected


@given(PIECES, st.integers(1, 5))
def test_a_cap_on_tokens_holds(pieces: list[str], most: int) -> None:
    """No more tokens than asked for are shown, and an answer that was cut says so."""
    text, finish = shown(pieces, Sampling(max_tokens=most))
    assert "".join(pieces).startswith(text)
    if finish == "length":
        assert text != "".join(pieces)
    else:
        assert text == "".join(pieces)


def test_cut_in_words_and_characters() -> None:
    """English is counted by words, Chinese by characters."""
    assert shown(["Two dogs", " on grass."], Sampling(max_tokens=2)) == ("Two dogs", "length")
    assert shown(["图中有两只狗。"], Sampling(max_tokens=3)) == ("图中有", "length")
    assert count_tokens("Two dogs, 两只狗.") == 7


def test_what_the_answerer_keeps_itself_is_left_to_it() -> None:
    """An answerer that counts its own tokens is not cut again."""
    assert shown(["one two three"], Sampling(max_tokens=1), frozenset({"max_tokens"})) == ("one two three", None)
