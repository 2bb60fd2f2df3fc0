"""The short-answer model (BLIP, ViLT): one picture, one short question, an answer of a word or two with its
probability. Passes on everything else. Light to import."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from assistant.errors import Cancelled, CannotAnswer
from assistant.plugin import Answerer, Request, Services
from assistant.prompt import chosen_pictures
from assistant.replies import options_in, short_of
from assistant.types import IMAGE, Delta, Part
from assistant_vlm.answerer import missing, named_weights
from assistant_vlm.options import VqaOptions
from assistant_vlm.replies import likelihood
from assistant_vlm.turns import Either, Turns

if TYPE_CHECKING:
    from assistant_vlm.loading import Loaded

SECONDS = 60.0
"""The longest wait for its turn; the work itself is a second or two."""
LONGEST = 10
"""Tokens of an answer: VQAv2's are of one to three words."""


class VisualQuestionAnswering(Answerer):
    """Answers short questions about one picture with a visual-question-answering model."""

    name: ClassVar[str] = "vqa"
    accepts: ClassVar[tuple[str, ...]] = (IMAGE,)
    quality: ClassVar[int] = 60
    requires: ClassVar[tuple[str, ...]] = ("torch", "transformers", "PIL")
    Options: ClassVar[type[VqaOptions]] = VqaOptions
    memory_mb: ClassVar[int] = 1600
    concurrency: ClassVar[int] = 18
    """As `VisionLanguage.concurrency`."""

    def __init__(self) -> None:
        self._options = VqaOptions()
        self._turns = Turns(self.name, self._options.queue)
        self._loaded: Loaded | None = None
        self._closing = threading.Event()

    def weights(self, options: VqaOptions) -> tuple[str, ...]:
        """As `VisionLanguage.weights`."""
        return named_weights(options.model)

    def unready(self, options: VqaOptions) -> str:
        """As `VisionLanguage.unready`."""
        return missing(options.model, self.name)

    def needs(self, question: Any, context: Any) -> frozenset[str]:
        """Nothing: it looks at the picture alone."""
        return frozenset()

    def load(self, services: Services) -> None:
        """Load model and processor."""
        from assistant_vlm.loading import load, locate

        options: VqaOptions = services.options
        self._loaded = load(
            locate(options.model, services, self.name),
            services,
            plugin=self.name,
            auto="AutoModelForVisualQuestionAnswering",
            dtype=options.dtype,
            device=options.device,
        )
        self._options = options
        self._turns = Turns(self.name, options.queue)
        self._closing.clear()

    def close(self) -> None:
        """Free the model."""
        self._closing.set()
        with self._turns.take(threading.Event(), SECONDS):
            self._loaded = None

    def answer(self, request: Request) -> Iterator[Delta]:
        """One answer, at once.

        Raises:
            CannotAnswer: not one picture and one short question in English, or too many questions wait.
        """
        part = self._picture(request)
        question = request.question.text.strip()
        with self._turns.take(Either(request.cancel, self._closing), SECONDS):
            if self._loaded is None:
                raise Cancelled
            text, confidence = self._ask(self._loaded, request, part, question)
        if not text:
            raise CannotAnswer("the model said nothing")
        short = short_of(question, text) or text
        yield Delta(f"{text[:1].upper()}{text[1:]}.", confidence=round(confidence, 4), short=short)

    def _picture(self, request: Request) -> Part:
        """The one picture asked about. Raises CannotAnswer."""
        question = request.question.text.strip()
        if not question or len(question.split()) > self._options.words or options_in(question):
            raise CannotAnswer("not a short question")
        if not question.isascii():
            raise CannotAnswer("the model reads English only")
        sent = [part for part in request.context.parts if part.digest in request.context.turn_parts]
        if any(part.modality != IMAGE for part in sent) or len(sent) > 1:
            raise CannotAnswer("not about one picture")
        pictures = sent or request.context.of_modality(IMAGE)
        if len(pictures) != 1 or not chosen_pictures(request.context, 1):
            raise CannotAnswer("not about one picture")
        return pictures[0]

    def _ask(self, loaded: Loaded, request: Request, part: Part, question: str) -> tuple[str, float]:
        import torch
        from PIL import Image as Pillow

        from assistant_vlm.chat import placed
        from assistant_vlm.loading import enough_memory

        picture = Pillow.fromarray(request.media.image(part).rgb)
        with enough_memory(self.name, "answer"), torch.inference_mode():
            batch = loaded.processor(images=picture, text=question, return_tensors="pt", truncation=True)
            tensors = placed(batch, loaded.device, loaded.model.dtype)
            if loaded.model.can_generate():
                return self._generated(loaded, tensors)
            scores = torch.sigmoid(loaded.model(**tensors).logits[0].float())  # ViLT: one of 3,129 answers, each scored
            best = int(scores.argmax())
            return str(loaded.model.config.id2label[best]), float(scores[best])

    @staticmethod
    def _generated(loaded: Loaded, tensors: dict[str, Any]) -> tuple[str, float]:
        import torch

        made = loaded.model.generate(
            **tensors,
            max_new_tokens=LONGEST,
            num_beams=1,
            do_sample=False,
            return_dict_in_generate=True,
            output_logits=True,
        )
        start = made.sequences.shape[1] - len(made.logits)
        tokens = made.sequences[0, start:].tolist()
        logs = [
            float(torch.log_softmax(step[0].float(), dim=-1)[token])
            for step, token in zip(made.logits, tokens, strict=True)
        ]
        return loaded.tokenizer.decode(tokens, skip_special_tokens=True).strip(), likelihood(logs) or 0.0
