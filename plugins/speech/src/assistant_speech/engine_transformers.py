"""Whisper through transformers (PyTorch): an alternative engine for Hugging Face directories with safetensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assistant.media import SAMPLE_RATE
from assistant_speech.heard import TRANSCRIBE, Choose, Heard, Wish, Word, compression_ratio, most_tokens

if TYPE_CHECKING:
    import numpy as np

UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo"})
"""Languages written without spaces: every token counts as a word."""


class TransformersWhisper:
    """`WhisperForConditionalGeneration` from a directory (or the hub, when allowed); never runs remote code."""

    prompts = False

    def __init__(self, model: str, *, device: str, threads: int, hub: bool, beam_size: int, words: bool) -> None:
        """`threads` is PyTorch's number of threads, which the whole process shares."""
        import torch
        from transformers import AutoProcessor, WhisperForConditionalGeneration

        torch.set_num_threads(max(1, threads))
        where = {"local_files_only": not hub, "trust_remote_code": False}
        self._processor = AutoProcessor.from_pretrained(model, **where)
        self._model = WhisperForConditionalGeneration.from_pretrained(
            model, use_safetensors=True, attn_implementation="eager", **where
        )
        self._model = self._model.eval().to(device)
        self._beam_size = beam_size
        settings = self._model.generation_config
        self._aligns = words and bool(getattr(settings, "alignment_heads", None))
        self._language_ids: dict[str, int] = {
            token[2:-2]: number for token, number in (getattr(settings, "lang_to_id", None) or {}).items()
        }
        self._timestamps = int(settings.no_timestamps_token_id) + 1
        """The first of the tokens that stand for times."""
        self._multilingual = bool(getattr(settings, "is_multilingual", False) and self._language_ids)
        self.languages = tuple(self._language_ids) if self._multilingual else ("en",)

    def transcribe(self, samples: np.ndarray, choose: Choose, until: float, wish: Wish = TRANSCRIBE) -> Iterator[Heard]:
        """See `Engine.transcribe`; `until` saves nothing here."""
        import torch

        features = self._processor.feature_extractor(
            samples, sampling_rate=SAMPLE_RATE, return_tensors="pt", return_attention_mask=True
        )
        sound = features["input_features"].to(self._model.device, self._model.dtype)
        with torch.inference_mode():
            encoded = self._model.get_encoder()(sound)
            first = self._first_token(encoded)
            probabilities = {"en": 1.0}
            if self._multilingual:
                of_languages = first[list(self._language_ids.values())].softmax(-1)
                probabilities = dict(zip(self._language_ids, of_languages.tolist(), strict=True))
            language, probability = choose(probabilities)
            spoken = {"language": language, "task": wish.task(language)} if self._multilingual else {}
            output = self._model.generate(
                sound,
                attention_mask=features["attention_mask"].to(self._model.device),
                return_timestamps=True,
                return_segments=True,
                return_token_timestamps=self._aligns,
                num_beams=self._beam_size,
                do_sample=False,
                max_new_tokens=most_tokens(len(samples) / SAMPLE_RATE),
                **spoken,
            )
            segments = output["segments"][0]
            tokens = [token for segment in segments for token in segment["tokens"].tolist()]
            if not tokens:
                return
            logprobs = self._logprobs(encoded, tokens, language, wish.task(language))
        no_speech = float(first.softmax(-1)[self._timestamps - 2])  # by convention the token before <|notimestamps|>
        spoken_logprobs = [
            logprob for token, logprob in zip(tokens, logprobs, strict=False) if token < self._timestamps
        ]
        average = sum(spoken_logprobs) / max(1, len(spoken_logprobs))
        whole = compression_ratio(self._text(tokens))
        at, seconds = 0, len(samples) / SAMPLE_RATE
        for segment in segments:
            numbers = segment["tokens"].tolist()
            own = logprobs[at : at + len(numbers)]
            at += len(numbers)
            text = self._text(numbers)
            if not text.strip():
                continue
            times = segment["token_timestamps"].tolist() if self._aligns else []
            start = min(float(segment["start"]), seconds)
            yield Heard(
                text=text,
                start=start,
                end=max(start, min(float(segment["end"]), seconds)),
                words=tuple(self._words(numbers, own, times, language)) if times else (),
                avg_logprob=average,
                no_speech_prob=no_speech,
                compression_ratio=whole,
                language=language,
                language_probability=float(probability),
            )

    def _text(self, tokens: Sequence[int]) -> str:
        return str(self._processor.tokenizer.decode(list(tokens), skip_special_tokens=True))

    def _first_token(self, encoded: Any) -> Any:
        """Logits [vocabulary] of what follows the start of a transcript: the language, or no speech."""
        import torch

        start = torch.tensor([[self._model.config.decoder_start_token_id]], device=self._model.device)
        return self._model(encoder_outputs=encoded, decoder_input_ids=start).logits[0, -1].float()

    def _logprobs(self, encoded: Any, tokens: list[int], language: str, task: str) -> list[float]:
        """Log-probability of each token, all in one pass of the decoder."""
        import torch

        prompt = [self._model.config.decoder_start_token_id]
        if self._multilingual:
            settings = self._model.generation_config
            prompt += [self._language_ids[language], settings.task_to_id[task]]
        longest = self._model.config.max_target_positions - len(prompt)
        tokens = tokens[:longest]
        inputs = torch.tensor([prompt + tokens], device=self._model.device)
        logits = self._model(encoder_outputs=encoded, decoder_input_ids=inputs).logits[0].float().log_softmax(-1)
        rows = logits[len(prompt) - 1 : len(prompt) - 1 + len(tokens)]
        chosen: list[float] = rows.gather(1, torch.tensor(tokens, device=rows.device)[:, None])[:, 0].tolist()
        return chosen

    def _words(self, tokens: list[int], logprobs: list[float], times: list[float], language: str) -> Iterator[Word]:
        import math

        special = set(self._processor.tokenizer.all_special_ids)
        kept = []
        before = times[0]
        for token, logprob, time in zip(tokens, logprobs, times, strict=False):
            if token < self._timestamps and token not in special:
                kept.append((token, logprob, before, time))
            before = time  # the time given with a token is where it ends
        word: list[tuple[int, float, float, float]] = []
        for index, piece in enumerate(kept):
            word.append(piece)
            text = self._text([token for token, *_ in word])
            ahead = self._text([kept[index + 1][0]]) if index + 1 < len(kept) else " "
            if "\ufffd" not in text and (ahead.startswith(" ") or language in UNSPACED):
                likely = sum(math.exp(logprob) for _, logprob, _, _ in word) / len(word)
                yield Word(text, word[0][2], max(word[0][2], piece[3]), likely)
                word = []
