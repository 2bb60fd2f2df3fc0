"""Whisper through faster-whisper (CTranslate2): the default engine. Not for other ways to run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.media import SAMPLE_RATE
from assistant_speech.heard import TRANSCRIBE, Choose, Heard, Wish, Word, most_tokens, plain
from assistant_speech.judge import REPETITIVE

if TYPE_CHECKING:
    import numpy as np

NO_REPEAT = 3
"""Tokens in a row that may not come twice when a window is decoded again because its text was a loop."""

PROMPT_TOKENS = 200
"""Of a prompt; with the longest answer (`most_tokens`) and what begins a transcript they fit into Whisper's 448."""
REST_SECONDS = 0.3
"""Less speech than this is not worth another run: word times are no more exact."""


class FasterWhisper:
    """A CTranslate2 Whisper model.

    The encoder runs once a window: its output serves language detection and decoding alike (WhisperModel.transcribe
    runs it twice). Decoding is by beam search without sampling, so that the same sound gives the same words; where it
    loops, it is done once more with repetition forbidden.
    """

    prompts = True

    def __init__(
        self, model: str, *, device: str, threads: int, hub: bool, compute_type: str, beam_size: int, words: bool
    ) -> None:
        """`model` is a directory, or a hub name when `hub` is set."""
        import numpy as np
        from faster_whisper import WhisperModel

        kind, _, index = device.partition(":")
        if compute_type == "auto":
            compute_type = "int8" if kind == "cpu" else "float16"
        self._whisper = WhisperModel(
            model,
            device=kind,
            device_index=int(index or 0),
            compute_type=compute_type,
            cpu_threads=threads,
            local_files_only=not hub,
        )
        self.languages = tuple(self._whisper.supported_languages)
        _, information = self._whisper.transcribe(  # decodes nothing yet: it is asked for its complete settings
            np.zeros(SAMPLE_RATE // 10, np.float32),
            language="en",
            beam_size=beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=words,
        )
        self._settings = information.transcription_options

    def transcribe(self, samples: np.ndarray, choose: Choose, until: float, wish: Wish = TRANSCRIBE) -> Iterator[Heard]:
        """See `Engine.transcribe`."""
        from faster_whisper.audio import pad_or_trim
        from faster_whisper.tokenizer import Tokenizer

        whisper = self._whisper
        seconds = len(samples) / SAMPLE_RATE
        features = whisper.feature_extractor(samples)
        window = features[:, : min(features.shape[-1] - 1, whisper.feature_extractor.nb_max_frames)]
        encoded = whisper.encode(pad_or_trim(window))
        probabilities = {"en": 1.0}
        if whisper.model.is_multilingual:
            probabilities = {token[2:-2]: float(p) for token, p in whisper.model.detect_language(encoded)[0]}
        language, probability = choose(probabilities)
        task = wish.task(language)
        tokenizer = Tokenizer(whisper.hf_tokenizer, whisper.model.is_multilingual, task=task, language=language)
        before = tokenizer.encode(f" {plain(wish.prompt)}")[-PROMPT_TOKENS:] if wish.prompt.strip() else None
        settings = replace(
            self._settings, clip_timestamps="0", max_new_tokens=most_tokens(seconds), initial_prompt=before
        )
        segments = _up_to(until, whisper.generate_segments(features, tokenizer, settings, False, encoded))
        if any(segment.compression_ratio > REPETITIVE for segment in segments):
            settings = replace(settings, clip_timestamps="0", no_repeat_ngram_size=NO_REPEAT)
            segments = _up_to(until, whisper.generate_segments(features, tokenizer, settings, False, encoded))
        for previous, segment in zip([None, *segments], segments, strict=False):
            heard = _heard(segment, language, probability)
            # aligning words can end after the sound does
            heard = replace(heard, start=min(heard.start, seconds), end=min(heard.end, seconds))
            if previous is not None and segment.seek != previous.seek:
                heard = _without_echo(heard, previous.words)
            if heard.text:
                yield heard


def _up_to(until: float, segments: Iterable[Any]) -> list[Any]:
    """The segments, until what is left holds no speech.

    A decoder that stops before the end of the window is started once more on the rest, at the price of a whole window,
    be it only the silence after the last word.
    """
    taken = []
    for segment in segments:
        taken.append(segment)
        if segment.end >= until - REST_SECONDS:
            break
    return taken


def _without_echo(heard: Heard, before: Any) -> Heard:
    """The segment without its first word if that is the last word before it.

    When the decoder stops before the end of the window, it goes on from the end of the last word, and often hears the
    tail of that word again.
    """

    def bare(word: str) -> str:
        return "".join(character for character in word.casefold() if character.isalnum())

    if not before or not heard.words or bare(before[-1].word) != bare(heard.words[0].text):
        return heard
    words = heard.words[1:]
    text = "".join(word.text for word in words)
    return replace(heard, text=text, words=words, start=words[0].start if words else heard.end)


def _heard(segment: Any, language: str, probability: float) -> Heard:
    return Heard(
        text=segment.text,
        start=float(segment.start),
        end=float(segment.end),
        words=tuple(
            Word(word.word, float(word.start), float(word.end), float(word.probability)) for word in segment.words or ()
        ),
        avg_logprob=float(segment.avg_logprob),
        no_speech_prob=float(segment.no_speech_prob),
        compression_ratio=float(segment.compression_ratio),
        language=language,
        language_probability=probability,
    )
