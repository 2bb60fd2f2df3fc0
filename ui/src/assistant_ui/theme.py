"""The page's look: Gradio theme, style sheet, script. Fonts are the system's own: nothing is fetched."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).parent / "static"
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> Any:
    """The Gradio theme, in the colours of style.css."""
    return gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", radius_size="lg", font=list(FONTS), font_mono=list(MONO)
    ).set(
        body_background_fill="#f5f3ee",
        body_background_fill_dark="#10161a",
        background_fill_primary="#fffdf9",
        background_fill_primary_dark="#182026",
        block_background_fill="#fffdf9",
        block_background_fill_dark="#182026",
        input_background_fill="#fffdf9",
        input_background_fill_dark="#182026",
        body_text_color="#1d2a32",
        body_text_color_dark="#e6ecec",
        border_color_primary="#e2ddd2",
        border_color_primary_dark="#2b363e",
        color_accent="#0f766e",
    )


@cache
def style() -> str:
    """The style sheet."""
    return (STATIC / "style.css").read_text("utf-8")


@cache
def head() -> str:
    """What goes into the page's head: the script for seeking, pointing, keys and the theme."""
    return f"<script>{(STATIC / 'behaviour.js').read_text('utf-8')}</script>"
