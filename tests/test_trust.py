"""The allow-list: what is installed is held against it before anything of it is imported."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from importlib.metadata import Distribution
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest
from plugins_installed import found, install

from assistant.errors import SettingsError
from assistant.settings import load_settings
from assistant.trust import Unhashable, judge, parse, pin

FILES = {"eyes/__init__.py": "import eyes.inner\n", "eyes/inner.py": "x = 1\n", "eyes_helper.py": "y = 1\n"}
ABOUT = "assistant_eyes-1.0.dist-info"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def eyes(site: Path) -> Distribution:
    return install(site, "assistant-eyes", FILES, plugins={"eyes": "eyes"})


def bytecode(site: Path, flags: bytes) -> None:
    """Bytecode of a module of the distribution."""
    (site / "eyes/__pycache__").mkdir()
    (site / "eyes/__pycache__/inner.cpython-311.pyc").write_bytes(MAGIC_NUMBER + flags + bytes(8))


@pytest.mark.parametrize(
    "entry", ["", "==1.0", "eyes>=1", "eyes==1.*", "eyes --hash=sha256:" + "0" * 64, "eyes==1 --hash=sha256:00", "a b"]
)
def test_entries_that_mean_nothing_are_refused(entry: str) -> None:
    """A slip in the setting is an error that shows the forms, never an entry that lets anything in."""
    with pytest.raises(SettingsError, match="allowed"):
        load_settings(allowed=[entry])


def test_an_empty_list_allows_everything(eyes: Distribution) -> None:
    """Who sets nothing is not asked for anything."""
    assert judge(eyes, [], ()) is None
    assert judge(None, [], ()) is None


@pytest.mark.parametrize(
    "entry", ["assistant-eyes", "Assistant_Eyes", "assistant.eyes==1.0", "assistant-eyes == 1.0.0"]
)
def test_names_and_versions_are_compared_as_pip_does(eyes: Distribution, entry: str) -> None:
    """Spelling of the name and trailing zeros of the version make no difference."""
    assert judge(eyes, [], ["other", entry]) is None


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("other", "not among"),
        ("assistant-eyes==1.1", "has 1.1 of it"),
        ("assistant-eyes==1.0 --hash=sha256:" + "0" * 64, "hash"),
    ],
)
def test_what_is_not_listed_is_refused_with_the_way_to_list_it(eyes: Distribution, entry: str, complaint: str) -> None:
    """Another name, version or hash: the message says what was found and which command prints the line."""
    refused = judge(eyes, [], [entry])
    assert refused is not None
    assert complaint in refused.message
    assert "assistant plugins pin assistant-eyes" in refused.remedy


def test_a_plugin_of_no_distribution_is_refused() -> None:
    """What cannot be named cannot be allowed."""
    assert judge(None, [], ["assistant-eyes"]) is not None


def test_a_pin_lets_in_what_it_was_made_of(site: Path, eyes: Distribution) -> None:
    """The printed line is a valid setting, and the same files lying elsewhere have the same hash."""
    line = pin(eyes)
    assert parse(line).name == "assistant-eyes"
    assert judge(eyes, [site / "eyes/__init__.py"], [line]) is None
    shutil.copytree(site, site.parent / "elsewhere")
    assert pin(found(site.parent / "elsewhere", "assistant-eyes")) == line


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda site: (site / "eyes/inner.py").write_text("x = 2\n"), id="a changed file"),
        pytest.param(lambda site: (site / "eyes/added.py").write_text(""), id="an added module"),
        pytest.param(lambda site: (site / "eyes/added.cpython-311-x86_64-linux-gnu.so").write_text(""), id="a library"),
        pytest.param(lambda site: (site / "eyes/added.pyc").write_text(""), id="bytecode that is imported by itself"),
        pytest.param(
            lambda site: ((site / "eyes/more").mkdir(), (site / "eyes/more/a.py").write_text("")), id="folder"
        ),
        pytest.param(
            lambda site: ((site / "eyes_helper").mkdir(), (site / "eyes_helper/__init__.py").write_text("")),
            id="shadow",
        ),
        pytest.param(lambda site: (site / "eyes_helper.abi3.so").write_text(""), id="a library in front of a module"),
        pytest.param(
            lambda site: (site / ABOUT / "entry_points.txt").write_text("[assistant]\neyes = os\n"), id="entry point"
        ),
        pytest.param(lambda site: (site / "eyes/inner.py").rename(site / "eyes/outer.py"), id="a renamed file"),
    ],
)
def test_whatever_could_be_imported_changes_the_verdict(
    site: Path, eyes: Distribution, change: Callable[[Path], object]
) -> None:
    """Content, names and files that RECORD knows nothing of are all covered."""
    line = pin(eyes)
    change(site)
    assert judge(found(site, "assistant-eyes"), [site / "eyes/__init__.py"], [line]) is not None


def test_what_an_installer_notes_does_not_change_it(site: Path, eyes: Distribution) -> None:
    """Who installed it, from where, the RECORD's own claims, bytecode, and other distributions make no difference."""
    line = pin(eyes)
    (site / ABOUT / "INSTALLER").write_text("uv\n")
    (site / ABOUT / "REQUESTED").write_text("")
    (site / ABOUT / "direct_url.json").write_text('{"url": "https://example.org/eyes.whl"}')
    record = site / ABOUT / "RECORD"
    record.write_text(record.read_text().replace("sha256=", "sha256=0") + "../../bin/eyes,,\n/etc/passwd,,\n")
    bytecode(site, bytes(4))
    install(site, "assistant-ears", {"ears.py": ""}, plugins={"ears": "ears"})
    assert pin(found(site, "assistant-eyes")) == line


def test_parts_of_a_shared_namespace_are_apart(site: Path) -> None:
    """Of a namespace package only the distribution's own directories count."""
    line = pin(install(site, "one", {"shared/one/__init__.py": ""}))
    install(site, "two", {"shared/two/__init__.py": ""})
    assert pin(found(site, "one")) == line


def test_a_module_that_lies_elsewhere_is_refused(site: Path, eyes: Distribution, tmp_path: Path) -> None:
    """A hash is worth nothing if the import would take another file of that name."""
    refused = judge(eyes, [tmp_path / "before" / "eyes.py"], [pin(eyes)])
    assert refused is not None
    assert "no file of assistant-eyes" in refused.message
    assert judge(eyes, [None], [pin(eyes)]) is not None


def test_what_can_change_cannot_be_pinned(site: Path, eyes: Distribution) -> None:
    """Editable installs are refused in words; listing them by version still works."""
    (site / ABOUT / "direct_url.json").write_text(json.dumps({"url": "file:///x", "dir_info": {"editable": True}}))
    editable = found(site, "assistant-eyes")
    with pytest.raises(Unhashable, match="editable"):
        pin(editable)
    refused = judge(editable, [], ["assistant-eyes==1.0 --hash=sha256:" + "0" * 64])
    assert refused is not None
    assert "editable" in refused.message
    assert judge(editable, [], ["assistant-eyes==1.0"]) is None


@pytest.mark.parametrize("what", ["file", "folder", "package"])
def test_links_are_refused(site: Path, eyes: Distribution, tmp_path: Path, what: str) -> None:
    """What a link points to can change without a trace, so nothing with one is pinned."""
    line = pin(eyes)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "file":
        (site / "eyes/inner.py").rename(elsewhere / "inner.py")
        (site / "eyes/inner.py").symlink_to(elsewhere / "inner.py")
    elif what == "folder":
        (site / "eyes/more").symlink_to(elsewhere)
    else:
        (site / "eyes").rename(elsewhere / "eyes")
        (site / "eyes").symlink_to(elsewhere / "eyes")
    assert judge(found(site, "assistant-eyes"), [site / "eyes/__init__.py"], [line]) is not None
    with pytest.raises(Unhashable, match="link"):
        pin(found(site, "assistant-eyes"))


def test_missing_files_pipes_and_records(site: Path, eyes: Distribution) -> None:
    """A file that is gone, a pipe that would be waited for, and an install without a list are named."""
    (site / "eyes/inner.py").unlink()
    with pytest.raises(Unhashable, match=r"inner\.py .* missing"):
        pin(found(site, "assistant-eyes"))
    os.mkfifo(site / "eyes/inner.py")
    with pytest.raises(Unhashable, match="not a file"):
        pin(found(site, "assistant-eyes"))
    (site / ABOUT / "RECORD").unlink()
    with pytest.raises(Unhashable, match="no list"):
        pin(found(site, "assistant-eyes"))


def test_a_site_directory_reached_by_a_link(site: Path, eyes: Distribution, tmp_path: Path) -> None:
    """lib64 is often a link to lib: that is no link of the distribution's."""
    (tmp_path / "linked").symlink_to(site)
    assert pin(found(tmp_path / "linked", "assistant-eyes")) == pin(eyes)
