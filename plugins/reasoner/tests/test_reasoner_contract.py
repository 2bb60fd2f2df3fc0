"""The reasoner keeps what every answerer must."""

from __future__ import annotations

from assistant.testing import AnswererContract
from assistant_reasoner.answerer import Reasoner


class TestContract(AnswererContract):
    """Asked how many dogs are in the picture."""

    answerer = Reasoner


class TestAboutTexts(AnswererContract):
    """Asked what it has not observed in so many words."""

    answerer = Reasoner
    question = "Describe the picture."
