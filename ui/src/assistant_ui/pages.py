"""Pages that plugins add beside the chat (hook `register_panels`), built so that a broken one costs itself only."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import described
from assistant_ui.icons import icon
from assistant_ui.markup import tag
from assistant_ui.texts import ENGLISH

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuiltPage:
    """A page, or why there is none."""

    title: str
    blocks: Any = None
    """`gradio.Blocks`, to be rendered into the chat's page."""
    failure: str = ""
    """What went wrong when it was built."""

    def add(self, number: int) -> None:
        """Lay it out; call inside the chat page."""
        with gr.Column(elem_id=f"page-{number}", elem_classes="page", min_width=0):
            gr.HTML(str(tag("h2", self.title, tabindex="-1")), js_on_load=None, apply_default_css=False)
            if self.blocks is not None:
                self.blocks.render()
                return
            told = tag(
                "p", icon("gap"), ENGLISH.plugin_failed.format(error=self.failure), class_="failure", role="alert"
            )
            gr.HTML(str(told), js_on_load=None, apply_default_css=False)


def built(assistant: Any) -> Iterator[BuiltPage]:
    """The pages of all plugins. Call outside of any page: what a build that raises has made so far is left behind."""
    for panel in assistant.host.panels:
        title = str(panel.title)
        try:
            with gr.Blocks(analytics_enabled=False) as blocks:
                panel.build(assistant)
        except Exception as error:
            logger.exception("the page %s of a plugin could not be built", title)
            yield BuiltPage(title, failure=described(error))
        else:
            yield BuiltPage(title, blocks)
