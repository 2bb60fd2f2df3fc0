"""Our own API: conversations, observations, parts, search and deletion, each seen by its owner only."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_serving import PIXEL, assistant_with
from fastapi.testclient import TestClient
from PIL import Image

from assistant.api import create_app
from assistant.app import Assistant
from assistant.media import text_part

API = "/api/v1"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with assistant_with(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as opened:
        yield opened


def picture(width: int = 60, height: int = 40) -> bytes:
    target = io.BytesIO()
    Image.fromarray(np.full((height, width, 3), 90, np.uint8)).save(target, "PNG")
    return target.getvalue()


def conversation(client: TestClient, title: str = "") -> str:
    made = client.post(f"{API}/conversations", json={"title": title})
    assert made.status_code == 201
    assert made.headers["location"] == f"{API}/conversations/{made.json()['id']}"
    return str(made.json()["id"])


def ask(client: TestClient, where: str, text: str = "", **files: bytes) -> dict[str, Any]:
    sent = [{"name": name, "data": "data:;base64," + base64.b64encode(data).decode()} for name, data in files.items()]
    reply = client.post(f"{API}/conversations/{where}/turns", json={"text": text, "files": sent})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_a_turn_is_answered_with_its_evidence(client: TestClient) -> None:
    """One request asks; the reply has the answer, what was perceived, and who said it."""
    where = conversation(client)
    turn = ask(client, where, "what is it?", photo=picture())
    assert turn["state"] == "done"
    assert turn["answer"]["text"] == "one two "
    assert turn["question"] == {"text": "what is it?", "spoken": False}
    assert [seen["id"] for seen in turn["evidence"]] == turn["answer"]["citations"]
    assert {seen["text"] for seen in turn["observations"]} == {"seen photo", "seen question"}
    assert [part["name"] for part in turn["parts"] if part["digest"] in turn["files"]] == ["photo"]
    read = client.get(f"{API}/conversations/{where}/turns/{turn['id']}").json()
    assert read == turn


def test_a_form_with_files_is_the_same(client: TestClient) -> None:
    """multipart/form-data takes several files, small and large, and the question as text or JSON."""
    where = conversation(client)
    large = b"words of a long text. " * 5000 + b"x" * 2**20
    files = [("files", ("a.png", picture())), ("files", ("b.txt", large[:190_000]))]
    asked = client.post(f"{API}/conversations/{where}/turns", data={"text": "and?"}, files=files)
    assert asked.status_code == 200
    assert [part["name"] for part in asked.json()["parts"]][:2] == ["a.png", "b.txt"]
    wav = b"RIFF" + (2**20 + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0"
    wav += b"data" + (2**20).to_bytes(4, "little") + bytes(2**20)
    question = '{"answer": false, "sampling": {"seed": 1}}'
    asked = client.post(
        f"{API}/conversations/{where}/turns", data={"question": question}, files=[("files", ("c.wav", wav))]
    )
    assert asked.status_code == 200, asked.text
    assert asked.json()["answer"] is None
    assert [part["media_type"] for part in asked.json()["parts"]] == ["audio/wav"]
    assert client.get(f"{API}/parts/{asked.json()['files'][0]}/content").content == wav


def test_a_stored_part_is_sent_by_its_digest(client: TestClient) -> None:
    """What is stored already needs no second upload; an unknown digest is refused."""
    where = conversation(client)
    digest = ask(client, where, "first", photo=picture())["files"][0]
    url = f"{API}/conversations/{where}/turns"
    again = client.post(url, json={"text": "again", "files": [{"part": digest}]})
    assert again.json()["files"] == [digest]
    assert client.post(url, json={"text": "x", "files": [{"part": "0" * 64}]}).status_code == 404
    both = client.post(url, json={"text": "x", "files": [{"part": digest, "data": "data:,x"}]})
    assert both.json()["error"]["param"] == "files[0]"


def test_conversations_are_listed_in_pages(client: TestClient) -> None:
    """The one that went on last comes first; pages neither repeat nor leave out."""
    made = [conversation(client, f"number {number}") for number in range(5)]
    ask(client, made[0], "go on")
    seen: list[str] = []
    before = None
    while True:
        page = client.get(f"{API}/conversations", params={"limit": 2, **({"before": before} if before else {})}).json()
        assert len(page["data"]) <= 2
        seen += [each["id"] for each in page["data"]]
        before = page["next"]
        if before is None:
            break
    assert seen == [made[0], *reversed(made[1:])]
    assert client.get(f"{API}/conversations", params={"before": "???"}).json()["error"]["code"] == "invalid_cursor"


def test_title(client: TestClient) -> None:
    """A conversation is called like its first question until it is renamed."""
    where = conversation(client)
    ask(client, where, "what is this about?")
    assert client.get(f"{API}/conversations/{where}").json()["title"] == "what is this about?"
    renamed = client.patch(f"{API}/conversations/{where}", json={"title": "pets"})
    assert (renamed.json()["title"], renamed.json()["turns"]) == ("pets", 1)
    assert client.patch(f"{API}/conversations/{where}", json={"title": ""}).status_code == 400


def test_deleting_deletes(client: TestClient, tmp_path: Path) -> None:
    """A deleted conversation is gone, its file too, from the disk as well."""
    where = conversation(client)
    digest = ask(client, where, "look", photo=picture())["files"][0]
    assert list(tmp_path.rglob(digest))
    assert client.delete(f"{API}/conversations/{where}").status_code == 204
    assert client.get(f"{API}/conversations/{where}").status_code == 404
    assert client.get(f"{API}/parts/{digest}").status_code == 404
    assert not list(tmp_path.rglob(digest))


def test_everything_of_the_caller_is_deleted_only_when_it_is_meant(client: TestClient, assistant: Assistant) -> None:
    """Without the confirmation nothing happens; with it, others keep theirs."""
    others = assistant.store.create_conversation("user:other", "theirs")
    assistant.store.keep(text_part("of no conversation", "note"), "local")
    ask(client, conversation(client), "mine", photo=picture())
    assert client.delete(f"{API}/data").status_code == 400
    assert client.get(f"{API}/usage").json()["files"] > 0
    assert client.delete(f"{API}/data?confirm=everything").json() == {"conversations": 1}
    assert client.get(f"{API}/conversations").json()["data"] == []
    assert client.get(f"{API}/usage").json()["files"] == 0
    assert assistant.store.load_conversation(others, "user:other").title == "theirs"


def test_observations_are_filtered_and_paged(client: TestClient) -> None:
    """By kind, part, perceiver and confidence; in order of arrival."""
    where = conversation(client)
    turn = ask(client, where, "q", whole=picture(), half=picture(61))
    url = f"{API}/conversations/{where}/observations"
    everything = client.get(url).json()["data"]
    assert len(everything) == 3
    assert client.get(url, params={"kind": "object"}).json()["data"] == []
    assert len(client.get(url, params={"kind": ["object", "note"], "source": "notes"}).json()["data"]) == 3
    assert [each["text"] for each in client.get(url, params={"part": turn["files"][1]}).json()["data"]] == ["seen half"]
    assert "seen half" not in [each["text"] for each in client.get(url, params={"min_confidence": 0.9}).json()["data"]]
    first = client.get(url, params={"limit": 2}).json()
    second = client.get(url, params={"limit": 2, "after": first["next"]}).json()
    assert first["data"] + second["data"] == everything
    assert second["next"] is None


def test_gaps_say_what_was_missed(client: TestClient) -> None:
    """A broken file does not fail the request: it is a gap of the reply and of the conversation."""
    where = conversation(client)
    turn = ask(client, where, "what is it?", broken=b"\0\1\2")
    assert turn["state"] == "done"
    assert [gap["name"] for gap in turn["gaps"]] == ["broken"]
    listed = client.get(f"{API}/conversations/{where}/gaps").json()["data"]
    assert [(gap["name"], gap["turn"]) for gap in listed] == [("broken", turn["id"])]


def test_content_is_served_safely(client: TestClient) -> None:
    """As what it was found to be, in ranges, as a preview; never as a page."""
    where = conversation(client)
    data = picture(600, 400)
    turn = ask(client, where, "q", **{"photo.html": data, "page.html": b"alert(1)"})
    photo, page = (f"{API}/parts/{digest}/content" for digest in turn["files"])
    whole = client.get(photo)
    assert (whole.content, whole.headers["content-type"]) == (data, "image/png")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["content-disposition"].startswith("inline")
    text = client.get(page)
    assert text.headers["content-type"].startswith("text/plain")
    assert text.headers["content-disposition"].startswith("attachment")
    middle = client.get(photo, headers={"range": "bytes=3-9"})
    assert (middle.status_code, middle.content) == (206, data[3:10])
    assert client.get(photo, headers={"range": "bytes=-4"}).content == data[-4:]
    assert client.get(photo, headers={"range": "sheep=1-2"}).status_code == 200
    beyond = client.get(photo, headers={"range": f"bytes={len(data)}-"})
    assert (beyond.status_code, beyond.json()["error"]["param"]) == (416, "Range")
    preview = client.get(photo, params={"side": 64})
    assert preview.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(preview.content)).size) == 64
    assert client.get(page, params={"side": 64}).json()["error"]["code"] == "not_a_picture"


def test_search_finds_questions_answers_and_observations(client: TestClient) -> None:
    """All the words, whatever their case; one's own only."""
    where = conversation(client)
    ask(client, where, "Which Dog barks?", photo=picture())
    found = client.get(f"{API}/search", params={"q": "dog WHICH"}).json()["data"]
    assert [(hit["conversation"], hit["kind"]) for hit in found] == [(where, "question")]
    assert client.get(f"{API}/search", params={"q": "cat"}).json()["data"] == []
    assert {hit["kind"] for hit in client.get(f"{API}/search", params={"q": "seen photo"}).json()["data"]} == {"note"}


def test_what_is_someone_elses_looks_as_if_it_were_not_there(client: TestClient, assistant: Assistant) -> None:
    """Every route answers for another owner's conversation, turn and part exactly as for one that never was."""
    mine = conversation(client)
    turn = ask(client, mine, "secret", photo=picture())
    digest, never = turn["files"][0], "x" * 24
    with assistant.store._database.writing() as connection:  # as if another owner had asked it
        connection.exec_driver_sql("UPDATE conversations SET owner = 'user:other'")
        connection.exec_driver_sql("UPDATE media SET owner = 'user:other'")
    routes = [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/observations"),
        ("GET", "/parts"),
        ("GET", "/gaps"),
        ("POST", "/turns"),
        ("GET", "/turns/{turn}"),
        ("GET", "/turns/{turn}/events"),
        ("POST", "/turns/{turn}/retry"),
        ("POST", "/turns/{turn}/cancel"),
    ]
    for method, route in routes:
        body: dict[str, Any] = {"json": {"title": "t"} if method == "PATCH" else {}} if method != "GET" else {}
        answers = [
            client.request(method, f"{API}/conversations/{where}{route.format(turn=which)}", **body)
            for where, which in ((mine, turn["id"]), (never, never))
        ]
        assert [answer.status_code for answer in answers] == [404, 404], (method, route)
        assert answers[0].json() == answers[1].json()
    for route in ("", "/content"):
        theirs, nobodys = (client.get(f"{API}/parts/{each}{route}") for each in (digest, "0" * 64))
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json() == nobodys.json()
    assert client.get(f"{API}/search", params={"q": "secret"}).json()["data"] == []
    assert client.get(f"{API}/usage").json()["files"] == 0


def test_the_chat_and_the_api_share_an_owners_conversations(client: TestClient, assistant: Assistant) -> None:
    """A turn asked over the API is there for whoever reads the store as the same owner, as the chat does."""
    where = conversation(client)
    ask(client, where, "over the API", photo=picture())
    stored = assistant.store.load_conversation(where, "local")
    assert [(turn.message.text, turn.answer and turn.answer.text) for turn in stored.turns] == [
        ("over the API", "one two ")
    ]


def test_usage_and_plugins(client: TestClient) -> None:
    """What one has stored, what one may send, and who is there to perceive and answer."""
    used = client.get(f"{API}/usage").json()
    assert (used["files"], used["bytes"]) == (0, 0)
    assert used["limits"]["files"] == 16
    listed = client.get(f"{API}/plugins").json()
    assert [each["name"] for each in listed["perceivers"]] == ["notes"]
    assert [each["ready"] for each in listed["answerers"]] == [True]


@pytest.mark.parametrize(
    ("sent", "status", "param"),
    [
        ({"json": {"txt": "typo"}}, 400, "txt"),
        ({"json": {"text": 5}}, 400, "text"),
        ({"json": {}}, 400, None),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, None),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, None),
        ({"json": {"text": "x", "files": [{"data": "http://127.0.0.1/"}]}}, 400, "files[0].data"),
        ({"json": {"text": "x", "files": [{"data": "data:;base64,!"}]}}, 400, "files[0].data"),
        ({"json": {"text": "x", "answerer": "nobody"}}, 400, "answerer"),
        ({"json": {"text": "x", "sampling": {"temperature": 0.1}}}, 400, "sampling.temperature"),
        ({"json": {"text": "x", "sampling": {"temperature": 9}}}, 400, "sampling.temperature"),
        ({"data": {"text": "x", "other": "y"}, "files": {"files": ("a", b"a")}}, 400, "other"),
        ({"data": {"text": "x"}, "files": {"upload": ("a", b"a")}}, 400, "upload"),
        ({"data": {"question": "{"}, "files": {"files": ("a", b"a")}}, 400, None),
        ({"content": b"--", "headers": {"content-type": "multipart/form-data"}}, 400, None),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, sent: dict[str, Any], status: int, param: str | None) -> None:
    """Every mistake is a 4xx in one shape, with the parameter's name, and nothing is stored."""
    where = conversation(client)
    answered = client.post(f"{API}/conversations/{where}/turns", **sent)
    assert (answered.status_code, answered.json()["error"]["param"]) == (status, param)
    assert client.get(f"{API}/conversations/{where}").json()["turns"] == []


def test_texts_that_cannot_be_stored_as_they_are(client: TestClient) -> None:
    """NUL, which no PostgreSQL takes, is left out; half of a character is refused."""
    url = f"{API}/conversations/{conversation(client, 'a')}/turns"
    kind = {"content-type": "application/json"}
    turn = client.post(url, content=b'{"text": "a\\u0000b", "files": [{"data": "data:,text"}]}', headers=kind)
    assert turn.json()["question"]["text"] == "ab"
    assert client.post(url, content=b'{"text": "\\ud800"}', headers=kind).status_code == 400


def test_an_unexpected_failure_tells_nothing(client: TestClient, assistant: Assistant) -> None:
    """A store that breaks in an unforeseen way is a 500 without its details."""

    def broken(*arguments: object) -> None:
        raise RuntimeError("/srv/secret/path")

    assistant.store.usage = broken  # type: ignore[assignment, method-assign]
    quiet = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answered = quiet.get(f"{API}/usage")
    assert answered.status_code == 500
    assert "secret" not in answered.text


def test_pixel_is_a_picture(client: TestClient) -> None:
    """The smallest PNG of the tests is taken like any other."""
    assert ask(client, conversation(client), "q", pixel=PIXEL)["gaps"] == []
