"""Lays the chat page out and ties its events to the handlers. Not for what they do: see chat.py."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import gradio as gr
from fastapi import FastAPI
from markupsafe import Markup
from starlette.routing import Mount

from assistant.api.identity import caller
from assistant_ui import theme
from assistant_ui.access import Door, OwnerCookie, Uploads, Visitor, visitor
from assistant_ui.api import Asking
from assistant_ui.chat import Chat, Page, Session
from assistant_ui.files import Gallery, add_routes
from assistant_ui.guarded import Guarded
from assistant_ui.pages import BuiltPage, built
from assistant_ui.texts import ENGLISH, Texts

QUEUE_SIZE = 64
"""Events that may wait; more are told that the server is busy."""
EVENTS_AT_ONCE = 16
"""Of those that do not run a turn."""
SWEEP_SECONDS, UPLOAD_SECONDS = 600, 3600
"""How often uploads are swept, and how old they get: the turn keeps its own copy."""
RESTING_SECONDS = 5.0
"""How often an open page asks how long something still rests; not at all while nothing does."""
PASTED_CHARACTERS = 100_000
"""A longer pasted text becomes a file."""

_ACTS = """
element.addEventListener('click', function (event) {
  const button = event.target.closest('[data-do]');
  if (!button) return;
  const names = ['open', 'remove', 'fresh', 'language', 'example', 'retry', 'settings', 'usual'];
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
_OPTIONS = """
element.addEventListener('change', function (event) {
  const field = event.target.closest('[data-option]');
  if (!field) return;
  const value = field.dataset.kind === 'switch' ? field.checked : field.value;
  trigger('option', {value: JSON.stringify({of: field.dataset.of, option: field.dataset.option, value: value})});
});
"""
"""Turns a changed option into a Gradio event."""


def mount_chat(app: FastAPI, assistant: Any) -> None:
    """Mount the chat at "/" of the FastAPI application, and what its pictures and players need beside it."""
    server = assistant.settings.server
    gallery, uploads = Gallery(assistant), Uploads(server.storage_bytes)
    pages = tuple(built(assistant))
    app.add_middleware(OwnerCookie)
    add_routes(app, gallery)
    gr.mount_gradio_app(
        app,
        build(
            Chat(assistant, gallery, app.state.turns, pages),
            uploads,
            Asking(assistant, app.state.turns),
            pages,
        ),
        path="/",
        auth_dependency=lambda request: caller(request).name,
        max_file_size=assistant.settings.limits.bytes,
        allowed_paths=[],
        blocked_paths=[str(assistant.settings.data_dir / name) for name in ("media", "weights", "sensorium.db")],
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
    mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == "")
    mounted.app = Door(mounted.app, uploads)


def build(chat: Chat, uploads: Uploads, asking: Asking, pages: Sequence[BuiltPage] = ()) -> Any:
    """The page: conversations on the left, the talk in the middle, the evidence on the right."""
    with Guarded(
        uploads,
        title="Sensorium",
        analytics_enabled=False,
        delete_cache=(SWEEP_SECONDS, UPLOAD_SECONDS),
        fill_width=True,
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
                foot = gr.HTML(js_on_load=_CHOICES + _ACTS, apply_default_css=False, elem_id="foot")
                rests = gr.HTML(js_on_load=_ACTS, apply_default_css=False, elem_id="rests")
                again = gr.Timer(RESTING_SECONDS, active=False)
            with gr.Column(elem_id="panel", min_width=0):
                evidence = gr.HTML(js_on_load=None, apply_default_css=False)
            preferences = gr.HTML(js_on_load=_ACTS + _OPTIONS, apply_default_css=False, elem_id="preferences")
            for number, each in enumerate(pages, 1):
                each.add(number)
        contents = (side, top, past, live, evidence, preferences, composer, foot, rests, again)
        _wire(page, chat, session, wanted, contents)
        asking.add()
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=EVENTS_AT_ONCE)
    page.close_doors()
    page.open_given()
    return page


def _composer_texts(texts: Texts) -> dict[str, str]:
    return {"placeholder": texts.placeholder, "label": texts.composer}


def _wire(page: Any, chat: Chat, session: Any, wanted: Any, contents: tuple[Any, ...]) -> None:
    side, top, _past, live, _evidence, preferences, composer, foot, rests, again = contents
    outputs = list(contents)

    def drawn(new: Page) -> tuple[Any, ...]:
        fields = (new.side, new.top, new.past, new.live, new.evidence, new.preferences)
        under = (new.foot, new.rests)
        return (
            *(_shown(each) for each in fields),
            _composer(new),
            *(_shown(each) for each in under),
            gr.skip() if new.rests is None else gr.update(active=bool(new.rests)),
        )

    def arrive(conversation: str, request: gr.Request) -> tuple[Any, ...]:
        opened, new = chat.arrive(conversation, request)
        return (opened, *drawn(new))

    def act(handler: Callable[..., Page], *, value: bool) -> Callable[[Session, Any, Any], tuple[Any, ...]]:
        def handle(opened: Session, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            mine(opened, request)
            return drawn(handler(opened, str(event._data["value"])) if value else handler(opened))

        return handle

    async def send(opened: Session, typed: Any, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        mine(opened, request)
        async with aclosing(chat.send(opened, typed["text"] or "", typed["files"])) as pages:
            async for new in pages:
                yield drawn(new)

    async def example(opened: Session, event: gr.EventData, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        mine(opened, request)
        async with aclosing(chat.example(opened, str(event._data["value"]))) as pages:
            async for new in pages:
                yield drawn(new)

    async def retry(opened: Session, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        mine(opened, request)
        async with aclosing(chat.retry(opened)) as pages:
            async for new in pages:
                yield drawn(new)

    async def follow(opened: Session, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        mine(opened, request)
        async with aclosing(chat.follow(opened)) as pages:
            async for new in pages:
                yield drawn(new)

    def stop(opened: Session, request: gr.Request) -> tuple[Any, ...]:
        mine(opened, request)
        return drawn(chat.stopped(opened))

    def resting(opened: Session, request: gr.Request) -> tuple[Any, ...]:
        mine(opened, request)
        return drawn(chat.resting(opened))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "outputs": outputs}
    # Places for turns are the server's. An event may come while one of its kind runs, as Gradio's page believes longer
    # than is true after a stop: what becomes of it is decided here.
    turn: dict[str, Any] = {**quiet, "concurrency_limit": None, "trigger_mode": "multiple"}
    page.load(
        arrive,
        [wanted],
        [session, *outputs],
        js="() => [new URLSearchParams(location.search).get('c') || '']",
        show_progress="hidden",
        api_visibility="private",
    )
    for asked in (
        composer.submit(send, [session, composer], **turn),
        live.example(example, [session], **turn),
        live.retry(retry, [session], **turn),
    ):
        asked.success(follow, [session], **turn)
    composer.stop(stop, [session], queue=False, **quiet)
    for fragment in (side, top):
        fragment.fresh(act(chat.fresh, value=False), [session], **quiet)
    for fragment in (side, top, rests):
        fragment.settings(act(chat.preferences, value=False), [session], **quiet)
    preferences.option(act(chat.option, value=True), [session], **quiet)
    preferences.usual(act(chat.option, value=True), [session], **quiet)
    side.open(act(chat.open, value=True), [session], **quiet)
    side.remove(act(chat.remove, value=True), [session], **quiet)
    side.language(act(chat.language, value=False), [session], **quiet)
    foot.choose(act(chat.choose, value=True), [session], **quiet)
    again.tick(resting, [session], queue=False, **quiet)


def mine(opened: Session, request: Any) -> Visitor:
    """Whoever sent an event, who must be whoever opened the page. Raises PermissionError."""
    sender = visitor(request)
    if sender.owner != opened.owner:
        raise PermissionError("an event came from someone else than the one who opened the page")
    return sender


def _shown(new: Markup | None) -> Any:
    return gr.skip() if new is None else str(new)


def _composer(new: Page) -> Any:
    changes: dict[str, Any] = {}
    if new.asking is not None:
        changes |= {"submit_btn": not new.asking, "stop_btn": new.asking}
    if new.clear:
        changes["value"] = {"text": "", "files": []}  # the browser's side of the component stumbles over None
    if new.texts is not None:
        changes |= _composer_texts(new.texts)
    return gr.update(**changes) if changes else gr.skip()
