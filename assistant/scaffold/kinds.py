"""The kinds of plugins that can be begun: what each example does, needs and can be tried with. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of plugin."""

    hooks: tuple[str, ...]
    """The hooks that its example implements."""
    does: str
    """What the example does, as a phrase that begins with a verb."""
    tried: str
    """The command that shows it at work at once; NAME stands for the plugin's name."""
    shows: str
    """What is seen then, and in the chat."""
    needs: tuple[str, ...] = ()
    """Requirements beside sensorium."""
    isolation: str | None = None
    """Where it works unless asked otherwise; None if only the assistant's own process will do."""
    grows: str = ""
    """What to change first."""


KINDS: Final = {
    "perceiver": Kind(
        hooks=("register_perceivers",),
        does="says how bright a picture is, and how many words a text has",
        tried="assistant perceive README.md",
        shows="A line that ends in [NAME]. In the chat, send any picture: the same stands in the evidence beside it.",
        needs=("numpy>=1.26",),
        isolation="thread",
        grows="`perceive`, the kinds it `produces`, and the words by which people ask for them (`asked`).",
    ),
    "answerer": Kind(
        hooks=("register_answerers",),
        does='counts what was perceived, for questions with the word "observations"',
        tried='assistant ask "How many observations are there?" README.md',
        shows="The count. In the chat, send any file with that question.",
        isolation="thread",
        grows="`answer`, `needs` and the pattern of questions that it takes.",
    ),
    "embedder": Kind(
        hooks=("register_embedders",),
        does="turns a picture into a histogram of its colours",
        tried="assistant plugins list",
        shows='The embedder, ready. While `assistant serve` runs, POST /v1/embeddings with "model": "NAME" asks it.',
        needs=("numpy>=1.26",),
        isolation="thread",
        grows="`embed`, `space` and `dimensions`.",
    ),
    "voice": Kind(
        hooks=("register_voices",),
        does="hums a note for every word",
        tried="assistant plugins list",
        shows='The voice, ready. While `assistant serve` runs, POST /v1/audio/speech with "model": "NAME" asks it.',
        needs=("numpy>=1.26",),
        isolation="thread",
        grows="`speak`, `sample_rate` and `speakers`.",
    ),
    "weights": Kind(
        hooks=("register_weights",),
        does="brings a small set of model weights in its own package",
        tried="assistant weights verify NAME",
        shows="That every file has the SHA-256 it should have.",
        grows="the files, and `sources` to fetch them from.",
    ),
    "command": Kind(
        hooks=("register_commands",),
        does="adds the command `assistant NAME`, which says what files are",
        tried="assistant NAME README.md",
        shows="What the file is, by its content.",
        needs=("click>=8.1",),
        grows="the function under `@click.command`.",
    ),
    "route": Kind(
        hooks=("register_routes",),
        does="adds the address /NAME, which says what is installed",
        tried="assistant serve",
        shows="JSON at http://127.0.0.1:7860/NAME.",
        needs=("fastapi>=0.115",),
        grows="the function under `@app.get`.",
    ),
    "panel": Kind(
        hooks=("register_panels",),
        does="adds a tab to the chat that shows what is perceived in a text",
        tried="assistant serve",
        shows="The tab, in the chat on http://127.0.0.1:7860.",
        needs=("gradio>=6.20", "sensorium-ui"),
        grows="the components in `build`.",
    ),
    "format": Kind(
        hooks=("register_formats", "register_perceivers"),
        does="reads SQLite databases: how large they are",
        tried="assistant perceive example.sqlite",
        shows="A line that ends in [NAME]. In the chat, send the file: the same stands in the evidence beside it.",
        isolation="process",
        grows="the FileFormat, and `perceive`.",
    ),
}
"""Kind -> what there is to know of it."""
