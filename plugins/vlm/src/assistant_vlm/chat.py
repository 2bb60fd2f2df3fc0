"""Turns prompt messages into a model's own inputs, with what others wrote made harmless. Heavy; not for generation.

Special tokens and role names that stand in a text (typed, read in a picture, heard) must stay text: they are broken up
before the chat template adds the real ones, and the tokens are checked.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image as Pillow

from assistant.errors import AssistantError
from assistant.prompt import Picture, PromptMessage
from assistant.types import Part
from assistant_vlm.families import Asked, Family
from assistant_vlm.loading import Loaded

_BRACKETS: Final = re.compile(r"[<>|\[\]{}]")


@dataclass(slots=True)
class Inputs:
    """What `generate` is given."""

    tensors: dict[str, Any]
    pictures: tuple[str, ...]
    """Digests of the pictures in it, in order."""

    @property
    def tokens(self) -> list[int]:
        """The prompt's token ids."""
        return list(self.tensors["input_ids"][0].tolist())


class Defuser:
    """Breaks up special tokens and role names in a text that is not ours."""

    def __init__(self, tokenizer: Any, processor: Any, family: Family) -> None:
        self._tokenizer = tokenizer
        added = getattr(tokenizer, "added_tokens_decoder", {})
        self._ids = {identity for identity, token in added.items() if token.special or _BRACKETS.search(token.content)}
        words = {added[identity].content for identity in self._ids}
        words |= set(getattr(tokenizer, "all_special_tokens", ()))
        words |= {
            value for name, value in vars(processor).items() if name.endswith("_token") and isinstance(value, str)
        }
        words |= set(getattr(processor, "tasks_answer_post_processing_type", ()))  # of Florence-2
        longest = sorted((word for word in words if len(word) > 1 and word.strip()), key=len, reverse=True)
        self._tokens = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None
        names = "|".join(map(re.escape, family.roles))
        self._roles = re.compile(rf"(^|\n)(\s*)({names})(\s*):") if names else None

    def __call__(self, text: str) -> str:
        """The text with a space in every special token, and no line that begins like a message of the chat."""
        text = "".join(
            letter if letter.isprintable() or letter in "\n\t" else " " if letter.isspace() else "" for letter in text
        )
        for _ in range(3):  # breaking one up may form another
            if self._tokens is None or not self._tokens.search(text):
                break
            text = self._tokens.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)
        if self._roles is not None:
            text = self._roles.sub(r"\1\2\3\4 -", text)
        if self._ids & set(self._tokenizer(text, add_special_tokens=False)["input_ids"]):
            text = _BRACKETS.sub(" ", text)
        return text


def prepare(
    loaded: Loaded,
    messages: Sequence[PromptMessage],
    asked: Asked,
    question: str,
    picture: Callable[[Part], Pillow.Image],
) -> Inputs:
    """The model's inputs for these messages, still in main memory.

    Args:
        loaded: the model.
        messages: as `assistant.prompt.prompt` writes them.
        asked: what sort of answer is wanted.
        question: the question alone, for models that take nothing else.
        picture: decodes one.
    """
    family, processor = loaded.family, loaded.processor
    defuse = Defuser(loaded.tokenizer, processor, family)
    shown = [item for message in messages for item in message.content if isinstance(item, Picture)]
    if family.talk == "task":
        shown = shown[-1:]
        line = family.tasks.get(asked, family.tasks["open"]).format(question=defuse(question))
        batch = processor(text=line, images=[picture(each.part) for each in shown], return_tensors="pt")
    else:
        decoded = {each.part.digest: picture(each.part) for each in shown}
        conversation = [_message(message, decoded, defuse) for message in messages]
        if asked in family.brief:
            conversation[-1]["content"].append({"type": "text", "text": f"\n{family.brief[asked]}"})
        batch = _templated(processor, conversation, family)
    wanted = _accepted(loaded.model)
    tensors = {name: value for name, value in batch.items() if name in wanted and hasattr(value, "is_floating_point")}
    return Inputs(tensors, tuple(each.part.digest for each in shown))


def placed(tensors: Mapping[str, Any], device: str, dtype: Any) -> dict[str, Any]:
    """The tensors on a device, numbers with fractions in this precision."""
    return {
        name: value.to(device, dtype) if value.is_floating_point() else value.to(device)
        for name, value in tensors.items()
    }


def _message(message: PromptMessage, decoded: dict[str, Pillow.Image], defuse: Defuser) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for item in message.content:
        if isinstance(item, Picture):
            content.append({"type": "image", "image": decoded[item.part.digest]})
        elif isinstance(item, str):
            content.append({"type": "text", "text": defuse(item)})
    for before, after in itertools.pairwise(content):
        if before["type"] == "text":  # templates put nothing between the pieces of a message
            before["text"] += "\n" if after["type"] == "text" else " "
    return {"role": message.role, "content": content}


def _templated(processor: Any, conversation: list[dict[str, Any]], family: Family) -> Any:
    template = getattr(processor, "chat_template", None) or getattr(processor.tokenizer, "chat_template", None)
    if not template:
        return _plain(processor, conversation)
    if not family.system:
        conversation = _merged(conversation)
    options = {"add_generation_prompt": True, "tokenize": True, "return_dict": True, "return_tensors": "pt"}
    return processor.apply_chat_template(conversation, chat_template=template, **options, **family.template_options)


def _merged(conversation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The system message at the beginning of the first message of the person."""
    if conversation[0]["role"] != "system":
        return conversation
    system, first, *others = conversation
    text = {"type": "text", "text": f"{system['content'][0]['text']}\n"}
    return [{"role": first["role"], "content": [text, *first["content"]]}, *others]


def _plain(processor: Any, conversation: list[dict[str, Any]]) -> Any:
    """Inputs for a model without a chat template: questions and answers as plain text."""
    token = getattr(processor, "image_token", None)
    if not isinstance(token, str):
        raise AssistantError(
            f"{type(processor).__name__} has neither a chat template nor a picture token.",
            "Choose a model that was made for questions, such as smolvlm-500m-instruct.",
        )
    lines, pictures = [], []
    for message in conversation:
        pictures += [item["image"] for item in message["content"] if item["type"] == "image"]
        text = "".join(token if item["type"] == "image" else item["text"] for item in message["content"])
        lead = {"user": "Question: ", "assistant": "Answer: "}.get(message["role"], "")
        lines.append(f"{lead}{text}")
    return processor(text="\n".join([*lines, "Answer:"]), images=pictures or None, return_tensors="pt")


def _accepted(model: Any) -> frozenset[str]:
    """Names of tensors that the model takes; processors make more."""
    return frozenset(inspect.signature(model.forward).parameters)
