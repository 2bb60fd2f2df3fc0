"""Settings: defaults < file < environment < flags, and mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings


def test_each_source_overrules_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The port of the file gives way to the environment's, that to the flag's; the rest stays."""
    file = tmp_path / "s.toml"
    file.write_text('answerer = "reasoner"\n[server]\nport = 1001\n[plugins.speech]\nmodel = "whisper-tiny.en"\n')
    assert load_settings().server.port == 7860
    monkeypatch.setenv("ASSISTANT_CONFIG", str(file))
    assert load_settings().server.port == 1001
    monkeypatch.setenv("ASSISTANT_SERVER__PORT", "1002")
    assert load_settings().server.port == 1002
    settings = load_settings(server={"port": 1003})
    assert settings.server.port == 1003
    assert settings.answerer == "reasoner"
    assert settings.plugins == {"speech": {"model": "whisper-tiny.en"}}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nport = 70000", "server.port"),
        ("[server]\nprot = 1", "server.prot"),
        ("nonsense = 1", "nonsense"),
        ("[limits]\nfiles = 0", "limits.files"),
        ("[server\n", "cannot be read"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, named: str) -> None:
    """A wrong or unknown setting, or broken TOML, is an error that says which and where to look."""
    file = tmp_path / "s.toml"
    file.write_text(text)
    monkeypatch.setenv("ASSISTANT_CONFIG", str(file))
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings()
    assert "ASSISTANT_CONFIG" in str(caught.value)


def test_missing_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file that is named but not there is an error, not silence."""
    monkeypatch.setenv("ASSISTANT_CONFIG", "/nowhere/s.toml")
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings()


def test_threads_are_cores_divided_by_lanes() -> None:
    """Models that work side by side share the cores."""
    assert load_settings(engine={"cores": 8, "lanes": 2}).engine.threads() == 4
    assert load_settings(engine={"cores": 1, "lanes": 2}).engine.threads() == 1
    assert load_settings().engine.available_cores() >= 1
