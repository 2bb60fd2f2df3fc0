"""Asks about files over the HTTP API and prints what happens while it happens. Needs httpx only.

python examples/python_client.py "How many people are there?" photo.jpg
python examples/python_client.py --url https://sensorium.example --key sk-... "What is said?" voice.ogg
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx


def events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Name and data of each server-sent event."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def ask(client: httpx.Client, question: str, paths: list[Path]) -> int:
    """Ask in a new conversation; 0 if it was answered."""
    conversation = client.post("/api/v1/conversations").raise_for_status().json()["id"]
    files = [("files", (path.name, path.read_bytes())) for path in paths]
    with client.stream(
        "POST",
        f"/api/v1/conversations/{conversation}/turns",
        data={"text": question} if files else None,
        files=files or {"text": (None, question)},
        headers={"Accept": "text/event-stream"},
    ) as response:
        if response.is_error:
            response.read()
            print(response.json()["error"]["message"], file=sys.stderr)
            return 1
        seen: dict[str, Any] = {}
        for name, data in events(response):
            if name == "observation":
                seen[data["id"]] = data
                print(f"  {data['source']}: {data['kind']} {data['text']!r} ({data['confidence']:.0%})")
            elif name == "gap":
                print(f"  missing: {data['message']} {data['remedy']}")
            elif name == "delta":
                print(data["text"], end="", flush=True)
            elif name == "answer":
                print()
                for each in data["citations"]:
                    if each in seen:
                        print(f"  because of {seen[each]['kind']} {seen[each]['text']!r} {seen[each]['box'] or ''}")
            elif name == "error":
                print(data["error"]["message"], file=sys.stderr)
            elif name == "done":
                return 0 if data["state"] == "done" else 1
    return 1


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--key", help="an API key, where the server asks for one")
    parser.add_argument("question")
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    headers = {"Authorization": f"Bearer {given.key}"} if given.key else {}
    with httpx.Client(base_url=given.url, headers=headers, timeout=600) as client:
        return ask(client, given.question, given.files)


if __name__ == "__main__":
    sys.exit(main())
