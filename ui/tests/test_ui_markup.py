"""Escaping and formatting: nothing that a person, a file or a model wrote becomes markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_ui.markup import clock, duration, percent, prose, tag

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "![x](http://other.example/pixel.png)",
    "[click](javascript:alert(1))",
    "</textarea></style><svg/onload=alert(1)>",
    "`<b>` **<i>** ```\n<u>\n```",
    "${alert(1)} {{constructor}} &lt;b&gt;",
)


class Seen(HTMLParser):
    """Collects the elements, attributes and text of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", NASTY)
def test_tag_escapes_children_and_attributes(text: str) -> None:
    """Text and attribute values come out as the text they are."""
    seen = Seen(tag("p", text, title=text))
    assert seen.elements == ["p"]
    assert seen.attributes == ["title"]
    assert seen.text == text


@given(st.text(max_size=400))
def test_prose_makes_only_its_own_elements(text: str) -> None:
    """Whatever an answer says, only paragraphs, lists, bold and code come of it, without attributes."""
    seen = Seen(prose(text))
    assert set(seen.elements) <= {"p", "br", "ul", "li", "strong", "code", "pre"}
    assert seen.attributes == []


@pytest.mark.shared
def test_prose_of_the_list_of_naughty_strings() -> None:
    """Each of the public naughty strings stays text."""
    path = Path(__file__).parents[2] / "../shared/data/hostile/blns.json"
    if not path.is_file():
        pytest.skip("the media beside the checkout are absent")
    for text in json.loads(path.read_text("utf-8")):
        seen = Seen(prose(text))
        assert set(seen.elements) <= {"p", "br", "ul", "li", "strong", "code", "pre"}, text


def test_prose_formats_lists_bold_and_code() -> None:
    """The small part of Markdown that answers use is drawn."""
    drawn = prose("Two **dogs**:\n\n- one `brown`\n- one white\n\n```\na < b\n```")
    assert drawn == (
        "<p>Two <strong>dogs</strong>:</p><ul><li>one <code>brown</code></li><li>one white</li></ul>"
        "<pre><code>a &lt; b</code></pre>"
    )


def test_unfinished_code_block_while_streaming() -> None:
    """A code block that is still being written is drawn as one."""
    assert prose("```\nhalf") == "<pre><code>half</code></pre>"


def test_tag_leaves_out_what_is_not_given() -> None:
    """None and False leave an attribute out, True gives it no value, None children vanish."""
    assert tag("input", type="checkbox", checked=True, disabled=False, title=None) == '<input type="checkbox" checked>'
    assert tag("p", None, "a", class_="b", aria_label="c") == '<p class="b" aria-label="c">a</p>'


def test_numbers_for_people() -> None:
    """Shares, times and durations as a person would write them."""
    assert [percent(0.873), percent(1.2), percent(-1)] == ["87%", "100%", "0%"]
    assert [clock(7.9), clock(3753)] == ["0:07", "1:02:33"]
    assert [duration(12.4), duration(3400)] == ["12 ms", "3.4 s"]
