"""Bounds how many fields an object in a request may have. Not for what they hold: see the models that build on it.

Every field that is not known is an error of its own, with a name and a place: a request of a million short ones would
take gigabytes and minutes to be refused.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

FIELDS: Final = 128
"""More than any object of ours or OpenAI's has."""
ENTRIES: Final = 4096
"""Of a mapping whose names are free, such as metadata or the schema of an answer."""


class Bounded(BaseModel):
    """A model of what clients send; an object with too many fields is refused before they are looked at."""

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and (
            len(sent) > FIELDS or any(isinstance(each, dict) and len(each) > ENTRIES for each in sent.values())
        ):
            raise PydanticCustomError("too_many_fields", "An object with so many fields is not read")
        return sent
