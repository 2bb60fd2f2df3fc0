"""Whisper through OpenAI's own package (PyTorch): an alternative engine, also for comparing speed on equal weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.media import SAMPLE_RATE
from assistant_speech.ctranslate2_arrays import WhisperArrays, read
from assistant_speech.heard import TRANSCRIBE, Choose, Heard, Wish, Word, most_tokens, plain

if TYPE_CHECKING:
    import numpy as np


def build(arrays: WhisperArrays, device: str = "cpu") -> Any:
    """A `whisper.model.Whisper` with these arrays; no checkpoint file, hence no pickle, is involved."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    model = Whisper(ModelDimensions(**arrays.dimensions))
    model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.arrays.items()}, strict=True)
    if arrays.alignment_heads:
        mask = torch.zeros(arrays.dimensions["n_text_layer"], arrays.dimensions["n_text_head"], dtype=torch.bool)
        for layer, head in arrays.alignment_heads:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    return model.eval().to(device)


class OpenAIWhisper:
    """A CTranslate2 directory run by openai-whisper."""

    prompts = True

    def __init__(self, model: Path, *, device: str, threads: int, beam_size: int, words: bool) -> None:
        """Reads the directory; `threads` is PyTorch's number of threads, which the whole process shares."""
        import torch
        from whisper.tokenizer import LANGUAGES

        torch.set_num_threads(max(1, threads))
        self._model = build(read(model), device)
        self._beam_size = beam_size if beam_size > 1 else None
        self._words = words
        self.languages = tuple(LANGUAGES)[: self._model.num_languages] if self._model.is_multilingual else ("en",)

    def transcribe(self, samples: np.ndarray, choose: Choose, until: float, wish: Wish = TRANSCRIBE) -> Iterator[Heard]:
        """See `Engine.transcribe`; `until` saves nothing here."""
        import whisper

        model = self._model
        probabilities = {"en": 1.0}
        if model.is_multilingual:
            mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels).to(model.device)
            probabilities = whisper.detect_language(model, mel)[1]
        language, probability = choose(probabilities)
        result = whisper.transcribe(
            model,
            samples,
            language=language,
            task=wish.task(language),
            initial_prompt=plain(wish.prompt) or None,
            temperature=0.0,
            beam_size=self._beam_size,
            condition_on_previous_text=False,
            word_timestamps=self._words,
            sample_len=most_tokens(len(samples) / SAMPLE_RATE),
            fp16=model.device.type != "cpu",
        )
        for segment in result["segments"]:
            if segment["text"].strip():
                yield Heard(
                    text=segment["text"],
                    start=float(segment["start"]),
                    end=float(segment["end"]),
                    words=tuple(
                        Word(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]))
                        for word in segment.get("words", ())
                    ),
                    avg_logprob=float(segment["avg_logprob"]),
                    no_speech_prob=float(segment["no_speech_prob"]),
                    compression_ratio=float(segment["compression_ratio"]),
                    language=language,
                    language_probability=float(probability),
                )
