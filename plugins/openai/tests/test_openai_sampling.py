"""What a request says about the words of its answer reaches the server, and what the server says of them comes back."""

from __future__ import annotations

from typing import Any

from assistant.types import Sampling

ALL = Sampling(temperature=0.7, top_p=0.9, seed=11, max_tokens=20, stop=("END",))


def test_sampling_and_instructions_are_sent(bench: Any, stand_in: Any) -> None:
    """Every field is sent, over what the settings say; instructions are part of the system message."""
    one = bench(temperature=0.0, seed=1, extra={"top_p": 0.1, "top_k": 4})
    one.turn("Who is it?", sampling=ALL, instructions="Answer like a pirate.")
    chat = stand_in.chats[-1]
    sent = {name: chat[name] for name in ("temperature", "top_p", "seed", "max_tokens", "stop", "top_k")}
    assert sent == {"temperature": 0.7, "top_p": 0.9, "seed": 11, "max_tokens": 20, "stop": ["END"], "top_k": 4}
    assert "Answer like a pirate." in chat["messages"][0]["content"]
    one.turn("Who is it?")
    assert (stand_in.chats[-1]["temperature"], stand_in.chats[-1]["seed"]) == (0.0, 1)
    assert "stop" not in stand_in.chats[-1]


def test_the_settings_cap_the_length(bench: Any, stand_in: Any) -> None:
    """More tokens than the settings allow are not asked for."""
    bench(max_tokens=100).turn("Who is it?", sampling=Sampling(max_tokens=5000))
    assert stand_in.chats[-1]["max_tokens"] == 100


def test_tokens_and_finish(bench: Any, stand_in: Any, helpers: Any) -> None:
    """The server's own count and reason come with the answer; one that was cut as wanted gets no dots."""
    stand_in.script.append(helpers.says("One", " two", finish="length", usage=(42, 2)))
    answer = bench().turn("Count!", sampling=Sampling(max_tokens=2))
    assert (answer.text, answer.tokens, answer.finish) == ("One two", (42, 2), "length")
    stand_in.script.append(helpers.says("", finish="length", usage=(42, 0)))
    answer = bench().turn("Count!", sampling=Sampling(max_tokens=1))
    assert (answer.answerer, answer.text, answer.finish) == ("openai", "", "length")


def test_a_server_that_ignores_stop_texts(bench: Any, stand_in: Any, helpers: Any) -> None:
    """The answer ends before the stop text although the server went on."""
    stand_in.script.append(helpers.says("One", " two E", "ND three"))
    assert bench().turn("Count!", sampling=ALL).text == "One two "


def test_what_a_server_refuses_is_no_longer_claimed(bench: Any, stand_in: Any, helpers: Any) -> None:
    """The answer comes without what the server refuses, and the answerer says from then on that it is not followed."""
    stand_in.script.append(helpers.refuses(400, "Unsupported value: 'temperature' does not support 0.7"))
    stand_in.script.append(helpers.refuses(400, "unknown field stream_options"))
    one = bench()
    assert "temperature" in one.honours
    assert one.turn("Who?", sampling=ALL).text == "Hello there."
    assert one.honours == {"top_p", "seed", "max_tokens", "instructions"}
    assert "temperature" not in stand_in.chats[-1]
    assert "stream_options" not in stand_in.chats[-1]
