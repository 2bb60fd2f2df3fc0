"""Lays the chat page out and ties its events to the handlers. Not for what they do: see chat.py."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import gradio as gr
from fastapi import FastAPI
from gradio import processing_utils

from assistant_ui import theme
from assistant_ui.chat import Chat, Page, Session
from assistant_ui.files import Gallery, OwnerCookie, Owners, add_routes
from assistant_ui.texts import ENGLISH, Texts

QUEUE_SIZE = 64
"""Events that may wait; more are told that the server is busy."""
TURNS_AT_ONCE = 4
SWEEP_SECONDS, UPLOAD_SECONDS = 600, 3600
"""How often uploads are swept, and how old they get: the turn keeps its own copy."""
PASTED_CHARACTERS = 100_000
"""A longer pasted text becomes a file."""

_ACTS = """
element.addEventListener('click', function (event) {
  const button = event.target.closest('[data-do]');
  if (!button) return;
  const names = ['open', 'remove', 'fresh', 'language', 'example', 'retry'];
  if (!names.includes(button.dataset.do)) return;
  if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) return;
  trigger(button.dataset.do, {value: button.dataset.value || ''});
});
"""
"""Turns clicks on our buttons into Gradio events of the same name."""
_CHOICES = """
element.addEventListener('change', function (event) {
  const list = event.target.closest('select[data-choose]');
  if (list) trigger('choose', {value: list.value});
});
"""
"""Turns a choice from our list into a Gradio event."""


def mount_chat(app: FastAPI, assistant: Any) -> None:
    """Mount the chat at "/" of the FastAPI application, and what its pictures and players need beside it."""
    users = assistant.settings.server.users
    owners, gallery = Owners(login=bool(users)), Gallery(assistant)
    app.add_middleware(OwnerCookie)
    add_routes(app, gallery, owners)
    gr.mount_gradio_app(
        app,
        build(Chat(assistant, gallery, owners)),
        path="/",
        auth=list(users.items()) or None,
        max_file_size=assistant.settings.limits.bytes,
        blocked_paths=[str(assistant.settings.data_dir / name) for name in ("media", "weights")],
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        run_history=False,
        footer_links=[],
        theme=theme.theme(),
        css=theme.style(),
        head=theme.head(),
        favicon_path=str(theme.STATIC / "favicon.png"),
    )


def build(chat: Chat) -> Any:
    """The page: conversations on the left, the talk in the middle, the evidence on the right."""
    with gr.Blocks(
        title="Sensorium", analytics_enabled=False, delete_cache=(SWEEP_SECONDS, UPLOAD_SECONDS), fill_width=True
    ) as page:
        session = gr.State()
        wanted = gr.Textbox(visible=False)
        with gr.Row(elem_id="shell"):
            with gr.Column(elem_id="side", min_width=0):
                side = gr.HTML(js_on_load=_ACTS, apply_default_css=False)
            with gr.Column(elem_id="main", min_width=0):
                top = gr.HTML(js_on_load=_ACTS, apply_default_css=False, elem_id="top")
                with gr.Column(elem_id="thread"):
                    past = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="past")
                    live = gr.HTML(js_on_load=_ACTS, apply_default_css=False, elem_id="live")
                composer = gr.MultimodalTextbox(
                    elem_id="composer",
                    file_count="multiple",
                    sources=["upload", "microphone"],
                    lines=1,
                    max_lines=8,
                    max_plain_text_length=PASTED_CHARACTERS,
                    show_label=False,
                    container=False,
                    submit_btn=True,
                    stop_btn=False,
                    autofocus=True,
                    **_composer_texts(ENGLISH),
                )
                foot = gr.HTML(js_on_load=_CHOICES, apply_default_css=False, elem_id="foot")
            with gr.Column(elem_id="panel", min_width=0):
                evidence = gr.HTML(js_on_load=None, apply_default_css=False)
        _wire(page, chat, session, wanted, (side, top, past, live, evidence, composer, foot))
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=TURNS_AT_ONCE * 4)
    _take_uploads_only(page)
    return page


def _composer_texts(texts: Texts) -> dict[str, str]:
    return {"placeholder": texts.placeholder, "label": texts.composer}


def _take_uploads_only(page: gr.Blocks) -> None:
    """Close two doors that Gradio leaves open for a client that names a file instead of uploading one.

    Whether a path lies among the uploads is checked only for pages that Gradio has launched itself, not for mounted
    ones; and a web address in place of a path would be fetched by this server.
    """
    page.has_launched = True
    processing_utils.async_ssrf_protected_download = _refuse_address
    processing_utils.ssrf_protected_download = _refuse_address


def _refuse_address(address: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"Only uploaded files are taken, not addresses: {address!r}.")


def _wire(page: Any, chat: Chat, session: Any, wanted: Any, contents: tuple[Any, ...]) -> None:
    side, top, _past, live, _evidence, composer, foot = contents
    outputs = list(contents)

    def drawn(new: Page) -> tuple[Any, ...]:
        fields = (new.side, new.top, new.past, new.live, new.evidence)
        return (*(gr.skip() if each is None else str(each) for each in fields), *_inputs(new))

    def arrive(conversation: str, request: gr.Request) -> tuple[Any, ...]:
        opened, new = chat.arrive(conversation, request)
        return (opened, *drawn(new))

    def act(handler: Callable[..., Page], *, value: bool) -> Callable[[Session, Any], tuple[Any, ...]]:
        def handle(opened: Session, event: gr.EventData) -> tuple[Any, ...]:
            return drawn(handler(opened, str(event._data["value"])) if value else handler(opened))

        return handle

    async def send(opened: Session, typed: Any) -> AsyncIterator[tuple[Any, ...]]:
        async for new in chat.send(opened, typed["text"] or "", typed["files"]):
            yield drawn(new)

    async def example(opened: Session, event: gr.EventData) -> AsyncIterator[tuple[Any, ...]]:
        async for new in chat.example(opened, str(event._data["value"])):
            yield drawn(new)

    async def retry(opened: Session) -> AsyncIterator[tuple[Any, ...]]:
        async for new in chat.retry(opened):
            yield drawn(new)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "outputs": outputs}
    turn: dict[str, Any] = {**quiet, "concurrency_limit": TURNS_AT_ONCE, "concurrency_id": "turns"}
    page.load(
        arrive,
        [wanted],
        [session, *outputs],
        js="() => [new URLSearchParams(location.search).get('c') || '']",
        show_progress="hidden",
        api_visibility="private",
    )
    running = [
        composer.submit(send, [session, composer], **turn),
        live.example(example, [session], **turn),
        live.retry(retry, [session], **turn),
    ]
    composer.stop(lambda opened: drawn(chat.stopped(opened)), [session], cancels=running, queue=False, **quiet)
    for fragment in (side, top):
        fragment.fresh(act(chat.fresh, value=False), [session], cancels=running, **quiet)
    side.open(act(chat.open, value=True), [session], cancels=running, **quiet)
    side.remove(act(chat.remove, value=True), [session], **quiet)
    side.language(act(chat.language, value=False), [session], **quiet)
    foot.choose(act(chat.choose, value=True), [session], **quiet)


def _inputs(new: Page) -> tuple[Any, Any]:
    """Updates of the composer and of the line under it."""
    changes: dict[str, Any] = {}
    if new.asking is not None:
        changes |= {"submit_btn": not new.asking, "stop_btn": new.asking}
    if new.clear:
        changes["value"] = None
    if new.texts is not None:
        changes |= _composer_texts(new.texts)
    composer = gr.update(**changes) if changes else gr.skip()
    return composer, gr.skip() if new.foot is None else str(new.foot)
