"""The perceiver that hears speech: windows of sound in, segments out. Not for running Whisper: see engines.py."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from assistant.errors import MediaError, SettingsError, WeightsError
from assistant.media import SAMPLE_RATE
from assistant.plugin import Perceiver, Services, Task
from assistant.types import AUDIO, Kind, Observation, Part
from assistant_speech.engines import build, weights_names
from assistant_speech.heard import Engine, Heard, Wish
from assistant_speech.judge import confidence, is_speech
from assistant_speech.language import ChineseScript, Languages
from assistant_speech.names import NAMES
from assistant_speech.options import SpeechOptions
from assistant_speech.sentences import sentences
from assistant_speech.windows import Window, loudness, silero, windows

if TYPE_CHECKING:
    import numpy as np

NO_SPEECH_TEXT = "no speech heard"


class SpeechPerceiver(Perceiver):
    """Writes what is said in a recording, when, in which language and how surely; or that nothing is said."""

    name: ClassVar[str] = "speech"
    version: ClassVar[str] = "4"
    consumes: ClassVar[tuple[str, ...]] = (AUDIO,)
    produces: ClassVar[tuple[str, ...]] = (Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT, Kind.NO_SPEECH)
    requires: ClassVar[tuple[str, ...]] = ("faster_whisper", "onnxruntime", "opencc")
    Options: ClassVar[type[Any] | None] = SpeechOptions
    memory_mb: ClassVar[int] = 350
    deadline: ClassVar[float] = 60.0
    deadline_per_second: ClassVar[float] = 3.0
    per_turn: ClassVar[frozenset[str]] = frozenset({"language", "task", "prompt"})

    def __init__(self) -> None:
        self._options = SpeechOptions()
        self._engine: Engine | None = None
        self._detect: Any = loudness
        self._script = ChineseScript(self._options.chinese_script)

    def weights(self, options: Any) -> tuple[str, ...]:
        """The registered weights that the model option names, if it does."""
        return weights_names((options or SpeechOptions()).model)

    def load(self, services: Services) -> None:
        """Load the engine and the voice-activity detector.

        Raises:
            SettingsError: the options do not fit together or the model does not know the language.
        """
        options: SpeechOptions = services.options or SpeechOptions()
        engine = build(options, services)
        if options.beam_size < 1:
            raise SettingsError(
                f"The speech option beam_size is {options.beam_size}.", "Set plugins.speech.beam_size to 1 or more."
            )
        if options.language and options.language not in engine.languages:
            known = "English only" if engine.languages == ("en",) else ", ".join(engine.languages)
            raise SettingsError(
                f"The speech model {options.model} does not know the language {options.language!r}: it knows {known}.",
                "Change plugins.speech.language, or set plugins.speech.model to whisper-base.",
            )
        self._options, self._engine = options, engine
        self._detect = silero() if options.vad else loudness
        self._script = ChineseScript(options.chinese_script)

    def close(self) -> None:
        """Free the model."""
        self._engine = None

    def perceive(self, task: Task) -> Iterable[Observation | Part]:
        """Segments as they are decoded, then the whole transcript; or one `no_speech`.

        Raises:
            MediaError: the sound cannot be (wholly) decoded; what could be heard was yielded before.
            WeightsError: the model cannot do what the turn asks of it.
        """
        assert self._engine is not None
        options: SpeechOptions = task.options or self._options
        self._check(options, self._engine)
        wish = Wish(options.task == "translate", options.prompt)
        sound = _Sound(task.audio().blocks())
        languages = Languages(options.language)
        segments: list[Observation] = []
        raw: list[Heard] = []
        for window in windows(sound, self._detect):
            task.check()
            for heard in self._engine.transcribe(window.samples, languages.choose, window.until, wish):
                task.check()
                if not is_speech(heard, window.voice(heard.start, heard.end)):
                    continue
                heard = self._in_one_script(heard)
                languages.note(heard.language, heard.language_probability, heard.end - heard.start)
                raw.append(heard)
                for sentence in sentences(heard):
                    segment = self._segment(task, window, sentence, wish)
                    segments.append(segment)
                    yield segment
        if segments:
            yield self._transcript(task, segments, raw, languages, sound.seconds, options)
        elif sound.failure is None:
            yield task.observe(Kind.NO_SPEECH, NO_SPEECH_TEXT, 0.9, span=(0.0, sound.seconds), seconds=sound.seconds)
        if sound.failure is not None:
            raise sound.failure

    @staticmethod
    def _check(options: SpeechOptions, engine: Engine) -> None:
        """See to it that the model can do what is asked of it."""
        if options.language and options.language not in engine.languages:
            wanted = f"knows English only, not {NAMES[options.language]}"
        elif options.task == "translate" and engine.languages == ("en",):
            wanted = "knows English only and cannot translate"
        elif options.prompt and not engine.prompts:
            wanted = f"takes no prompt with the engine {options.engine}"
        else:
            return
        raise WeightsError(
            f"The speech model {options.model} {wanted}.",
            "Set plugins.speech.model to whisper-base and plugins.speech.engine to faster-whisper.",
        )

    def _in_one_script(self, heard: Heard) -> Heard:
        words = tuple(replace(word, text=self._script(word.text, heard.language)) for word in heard.words)
        return replace(heard, text=self._script(heard.text, heard.language), words=words)

    def _segment(self, task: Task, window: Window, heard: Heard, wish: Wish) -> Observation:
        spans = [window.word_span(word.start, word.end) for word in heard.words]
        words = [
            {"word": word.text.strip(), "start": start, "end": end, "probability": round(word.probability, 4)}
            for word, (start, end) in zip(heard.words, spans, strict=True)
        ]
        start, end = (spans[0][0], spans[-1][1]) if spans else window.span(heard.start, heard.end)
        return task.observe(
            Kind.TRANSCRIPT_SEGMENT,
            heard.text.strip(),
            confidence(heard.avg_logprob),
            span=(start, max(start, end)),
            words=words,
            **_written(heard.language, wish),
            language_probability=round(heard.language_probability, 4),
            avg_logprob=round(heard.avg_logprob, 4),
            no_speech_prob=round(heard.no_speech_prob, 4),
        )

    def _transcript(
        self,
        task: Task,
        segments: list[Observation],
        raw: list[Heard],
        languages: Languages,
        seconds: float,
        options: SpeechOptions,
    ) -> Observation:
        assert self._engine is not None
        lengths = [max(0.1, segment.span[1] - segment.span[0]) if segment.span else 0.1 for segment in segments]
        sure = sum(segment.confidence * length for segment, length in zip(segments, lengths, strict=True))
        total = math.fsum(languages.heard.values()) or 1.0
        ids = [replace(segment, source=self.name).id for segment in segments]
        notes = []
        if self._engine.languages == ("en",) and options.language is None:
            notes.append(f"{options.model} knows only English: the language was not detected.")
        return task.observe(
            Kind.TRANSCRIPT,
            "".join(heard.text for heard in raw).strip(),
            sure / sum(lengths),
            span=(0.0, seconds),
            derived_from=ids,
            **_written(languages.main, Wish(options.task == "translate")),
            language_name=NAMES.get(languages.main, languages.main),
            language_probability=round(languages.sure[languages.main], 4),
            languages={code: round(length / total, 3) for code, length in languages.heard.items()},
            seconds=seconds,
            speech_seconds=round(math.fsum(lengths), 2),
            segments=ids,
            notes=notes,
        )


def _written(spoken: str, wish: Wish) -> dict[str, Any]:
    """The language that a text is in, and what it was translated from if it was."""
    if wish.task(spoken) == "transcribe":
        return {"language": spoken}
    return {"language": "en", "translated_from": spoken}


class _Sound:
    """The blocks of a recording; an error in the middle ends them and is kept, so that what came before is used."""

    def __init__(self, blocks: Iterator[np.ndarray]) -> None:
        self._blocks = blocks
        self._samples = 0
        self.failure: MediaError | None = None

    @property
    def seconds(self) -> float:
        """Length of what was read."""
        return round(self._samples / SAMPLE_RATE, 3)

    def __iter__(self) -> Iterator[np.ndarray]:
        try:
            for block in self._blocks:
                self._samples += len(block)
                yield block
        except MediaError as error:
            self.failure = error
