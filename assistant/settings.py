"""One typed settings object: defaults < file < environment < flags. Not for reading the environment elsewhere."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.errors import SettingsError
from assistant.media import Limits
from assistant.media.decoder import Decoder, InProcess
from assistant.passwords import parse_hash
from assistant.trust import parse

_CAPS = Limits()

CONFIG_VARIABLE = "ASSISTANT_CONFIG"
"""Environment variable that names the settings file."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitSettings(_Section):
    """Caps on what one turn may bring; they hold while reading."""

    bytes: int = Field(_CAPS.bytes, gt=0, description="Bytes of one file.")
    pixels: int = Field(_CAPS.pixels, gt=0, description="Pixels of one picture.")
    frames: int = Field(_CAPS.frames, ge=1, le=256, description="Pictures taken out of one video.")
    audio_seconds: float = Field(_CAPS.audio_seconds, gt=0, description="Seconds of one recording.")
    video_seconds: float = Field(_CAPS.video_seconds, gt=0, description="Seconds of one video.")
    text_characters: int = Field(_CAPS.text_characters, gt=0, description="Characters of one text file.")
    files: int = Field(16, ge=1, description="Files in one turn.")
    question_characters: int = Field(4000, ge=1, description="Characters of a typed question.")
    decoder_memory: int = Field(1024, ge=256, description="MiB that decoding one file may take.")
    decoder_seconds: float = Field(20.0, gt=0, description="Processor time of decoding a picture or 30 s of sound.")

    def media(self) -> Limits:
        """The caps of the decoder."""
        return Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})


class ServerSettings(_Section):
    """Where `assistant serve` listens."""

    host: str = Field("127.0.0.1", description="Address to bind; anything but loopback needs API keys or users.")
    port: int = Field(7860, ge=0, le=65535)
    auth: Literal["auto", "required", "none"] = Field(
        "auto",
        description="Whether callers must be known; auto: off loopback, and wherever there are keys or users.",
    )
    users: dict[str, str] = Field(
        default_factory=dict, description="Name -> hash of the password, as `assistant users hash` prints it."
    )
    login_days: float = Field(30.0, gt=0, description="How long a login lasts.")
    model_aliases: dict[str, str] = Field(
        default_factory=dict, description="Model name that a client has built in -> sensorium, or an answerer's name."
    )
    cors_origins: tuple[str, ...] = Field((), description="Origins whose pages may call the API, https://host:port.")
    trusted_hosts: tuple[str, ...] = Field((), description="Names the server answers to, beside those of loopback.")
    proxies: tuple[str, ...] = Field((), description="Addresses whose X-Forwarded headers are believed.")
    requests_per_minute: int = Field(600, ge=0, description="Of one key, user or address; 0 for no limit.")
    turns_at_once: int = Field(8, ge=1, description="Questions answered at the same time.")
    turns_each: int = Field(4, ge=1, description="Of these, by one caller.")
    turns_waiting: int = Field(64, ge=0, description="Questions that may wait for their turn.")
    queue_seconds: float = Field(60.0, ge=0, description="How long a question waits at most.")
    body_bytes: int = Field(64 * 1024 * 1024, gt=0, description="Bytes of a request that is not a form with files.")
    bodies_bytes: int = Field(
        512 * 1024 * 1024, gt=0, description="Bytes of all such requests that are held at once; more are told to wait."
    )
    storage_bytes: int = Field(
        10 * 1024 * 1024 * 1024, ge=0, description="Bytes of stored media of one owner; 0 for no limit."
    )
    shutdown_seconds: float = Field(
        20.0, ge=0, le=600, description="How long running turns may go on after the server was told to stop."
    )

    @field_validator("users")
    @classmethod
    def _hashed(cls, users: dict[str, str]) -> dict[str, str]:
        for name, hashed in users.items():
            if parse_hash(hashed) is None:
                raise ValueError(
                    f"the password of {name} must be a hash: print one with `assistant users hash`, "
                    f"or remove the setting and keep the user in the database with `assistant users add {name}`"
                )
        return users


class LogSettings(_Section):
    """What is logged to standard error, and how."""

    format: Literal["text", "json"] = Field("text", description="json: one object per line, for programs.")
    level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="The least that is logged; info has one line for each request."
    )


class EngineSettings(_Section):
    """How a turn is run."""

    cores: int = Field(0, ge=0, description="Processor cores to use; 0 for all that this process may use.")
    lanes: int = Field(2, ge=1, description="Heavy perceivers that run at once; each model gets cores / lanes threads.")
    device: str = Field("cpu", description='"cpu", "cuda" or "cuda:N".')
    deadline_scale: float = Field(1.0, gt=0, description="Multiplies every plugin's own deadline.")
    breaker_failures: int = Field(3, ge=1, description="Failures in a row after which a plugin rests.")
    breaker_seconds: float = Field(60.0, ge=0, description="How long it rests.")
    load_seconds: float = Field(300.0, gt=0, description="How long a plugin may take to load.")
    isolated_idle_seconds: float = Field(
        300.0, ge=0, description="After so long without work a plugin's own process is ended; 0 keeps it."
    )
    decoders: int = Field(
        2, ge=0, le=64, description="Processes that decode files at once; 0 decodes in this process, at its own risk."
    )

    def available_cores(self) -> int:
        """Cores this process may use."""
        return self.cores or len(os.sched_getaffinity(0))

    def threads(self) -> int:
        """Threads one model may use."""
        return max(1, self.available_cores() // self.lanes)


class FetchSettings(_Section):
    """Fetching of files from addresses that clients give, from public hosts only."""

    enabled: bool = Field(False, description="Whether anything is fetched.")
    bytes: int = Field(20 * 1024 * 1024, gt=0, description="Bytes of one file.")
    seconds: float = Field(10.0, gt=0, description="For one file, redirects included.")
    redirects: int = Field(3, ge=0, le=10, description="Redirects that are followed.")
    ports: tuple[int, ...] = Field((80, 443), description="Ports that may be asked.")
    allowed_hosts: tuple[str, ...] = Field(
        (), description='Host names that may be asked, ".example.org" for all below it; any public one if empty.'
    )


class WeightsSettings(_Section):
    """Where model weights come from."""

    hub: bool = Field(False, description="Whether fetching from a model hub is allowed.")
    paths: dict[str, Path] = Field(default_factory=dict, description="Weights name -> directory that holds them.")
    directory: Path | None = Field(None, description="Where pulled weights lie; DATA_DIR/weights if not given.")


class RetentionSettings(_Section):
    """How long conversations are kept, with their media; 0 keeps them for ever."""

    days: float = Field(0.0, ge=0, description="Conversations that nothing was asked in for so long are deleted.")
    bytes_per_owner: int = Field(0, ge=0, description="Of media; beyond it an owner's oldest conversations go.")
    bytes: int = Field(0, ge=0, description="Of everybody's media; beyond it the oldest conversations go.")


class CalibrationSettings(_Section):
    """Platt scaling of one answerer's confidences (Platt 1999), as `assistant eval --calibrate` fits it."""

    slope: float = Field(1.0, gt=0, description="Of the logit.")
    offset: float = Field(0.0, description="Added to the scaled logit.")

    def probability(self, confidence: float) -> float:
        """The probability of being right that goes with a confidence, both 0-1."""
        bounded = min(1.0 - 1e-4, max(1e-4, confidence))
        logit = math.log(bounded / (1.0 - bounded))
        return 1.0 / (1.0 + math.exp(-(self.slope * logit + self.offset)))


class ExampleSettings(_Section):
    """An answered question that language models are shown before every question (few-shot)."""

    question: str = Field(min_length=1, description="What is asked.")
    answer: str = Field(min_length=1, description="The answer it should have.")
    file: Path | None = Field(None, description="The picture it is about.")


class Settings(BaseSettings):
    """Everything that can be set.

    The file is `ASSISTANT_CONFIG` or `sensorium.toml` in the user's configuration directory; environment variables
    are `ASSISTANT_` and the name, two underscores between levels: `ASSISTANT_SERVER__PORT=8000`.
    """

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("sensorium")),
        description="Conversations, media, observation cache and pulled weights.",
    )
    database: str | None = Field(None, description="SQLAlchemy URL; SQLite in data_dir if not given.")
    media_url: str | None = Field(None, description="Where media lie: s3://bucket/prefix; data_dir if not given.")
    media_options: dict[str, Any] = Field(default_factory=dict, description="Of the file system of media_url.")
    media_cache_bytes: int = Field(4 * 2**30, gt=0, description="Of media_url, that are kept in data_dir.")
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    answerer: str = Field("auto", description="Name of an answerer, or auto for the best that is ready.")
    limits: LimitSettings = Field(default_factory=LimitSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    weights: WeightsSettings = Field(default_factory=WeightsSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    plugins: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Options by perceiver or answerer.")
    calibration: dict[str, CalibrationSettings] = Field(
        default_factory=dict, description="Answerer -> what makes its confidences probabilities of being right."
    )
    examples: tuple[ExampleSettings, ...] = Field((), description="Answered questions for language models to go by.")
    disabled: tuple[str, ...] = Field((), description="Plugins, perceivers or answerers to leave out.")
    allowed: tuple[str, ...] = Field(
        (),
        description="Distributions whose plugins are loaded, each as `name`, `name==version` or "
        "`name==version --hash=sha256:...` as `assistant plugins pin` prints it; any if empty.",
    )
    isolation: dict[str, Literal["thread", "process"]] = Field(
        default_factory=dict, description="Plugin -> process: nothing of it runs in the assistant's own process."
    )

    @field_validator("allowed")
    @classmethod
    def _entries(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for entry in allowed:
            parse(entry)
        return allowed

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the settings file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    def decoder(self) -> Decoder:
        """What decodes files: processes of its own, or this one."""
        if not self.engine.decoders:
            return InProcess()
        from assistant.media.worker import Workers

        return Workers(self.engine.decoders, self.limits.decoder_memory << 20, self.limits.decoder_seconds)

    def weights_directory(self) -> Path:
        """Where pulled weights lie."""
        return self.weights.directory or self.data_dir / "weights"


def config_file() -> Path | None:
    """The settings file in use, or None.

    Raises:
        SettingsError: `ASSISTANT_CONFIG` names a file that is not there.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingsError(f"The settings file {path} does not exist.", f"Create it or unset {CONFIG_VARIABLE}.")
        return path
    path = Path(platformdirs.user_config_dir("sensorium")) / "sensorium.toml"
    return path if path.is_file() else None


def load_settings(**flags: Any) -> Settings:
    """Settings from all sources; flags that are None are left out, nested ones are mappings.

    Raises:
        SettingsError: names the setting that is wrong and where it can be set.
    """
    given: Mapping[str, Any] = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors()]
        raise SettingsError(
            "These settings are not valid: " + "; ".join(lines) + ".",
            f"Look at the settings file ({CONFIG_VARIABLE}), ASSISTANT_... variables and flags.",
        ) from error
    except ValueError as error:  # a TOML syntax error, or JSON in an environment variable
        raise SettingsError(f"The settings cannot be read: {error}.", f"Mend the file in {CONFIG_VARIABLE}.") from error
