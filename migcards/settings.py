"""Settings: read once at the top of a command from `migcards.toml` and the environment; passed down as values."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import DirectoryPath, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ocr.errors import BadInputError
from ocr.worker_pool import MEMORY_MB
from texts import Language

FILE = "migcards.toml"
PREFIX = "MIGCARDS_"


class Settings(BaseSettings):
    """What an installation may set. The environment (``MIGCARDS_WORKERS=2``) goes before the file.

    Attributes
    ----------
    database
        SQLAlchemy URL.
    forms_dir
        Folder with form definitions, dictionaries and alphabets of one's own, which add to the package's.
    workers
        Processes that read cards.
    page_timeout_s
        Seconds one page may take before it is set aside.
    worker_memory_mb
        Memory that one of these processes may take, with the programs that it starts, before the page is set aside.
    language
        Of the review and report pages.
    archive
        Folder that keeps the original scans under their content hash.
    frozen
        Folder for the frozen records that pivot tables are counted over: a row a person, so keep it in the office.
    hide_below
        Counts below it, but for 0, are hidden from analysts on the page of pivot tables, with what gives them away.
    cluster_tls
        Folder with ``ca.pem``, ``cert.pem`` and ``key.pem``, by which the machines of a cluster know each other.
    inbox
        Folder for scans that operators upload; without it there is no uploading.
    metrics_token
        What Prometheus has to send as bearer token to ``/metrics``; without it there are no metrics.
    audit_share
        Share of the accepted fields that a person looks at all the same.
    target_errors
        Largest share wrong that the operator accepts among accepted values, by field:
        ``target_errors.occupation = 0.005``.
    policies
        How people key a field where it is not ``blind``: ``policies.occupation = "double"``
        (`review.assignment.policy`).
    lease_minutes
        How long a field stays before a person who does not answer.
    keying
        Which of the fields that are not sure people key (`review.assignment.demand.KeyingScope`): ``everything``, those
        that enter tables (``statistical``), or as many of these as the goals for the tables need (``goals``).
    control_share
        Share of people's tasks whose value is known already, to measure how they key.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, toml_file=FILE, extra="forbid", frozen=True
    )

    database: str = Field(default="sqlite:///migcards.db", min_length=1, repr=False)
    forms_dir: DirectoryPath | None = None
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    page_timeout_s: float = Field(default=60.0, gt=0)
    worker_memory_mb: int = Field(default=MEMORY_MB, ge=512)
    language: Language = "ru"
    archive: Path | None = None
    frozen: Path = Path("frozen")
    hide_below: int = Field(default=3, ge=0)
    cluster_tls: DirectoryPath | None = None
    inbox: Path | None = None
    metrics_token: str = Field(default="", repr=False)
    audit_share: float = Field(default=0.01, ge=0, le=1)
    target_errors: dict[str, Annotated[float, Field(gt=0, lt=1)]] = Field(default_factory=dict)
    policies: dict[str, Literal["blind", "double", "prefilled"]] = Field(default_factory=dict)
    lease_minutes: float = Field(default=10.0, gt=0, le=24 * 60)
    control_share: float = Field(default=0.02, ge=0, le=0.5)
    keying: Literal["everything", "statistical", "goals"] = "statistical"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add the TOML file, which pydantic-settings leaves out by default."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings() -> Settings:
    """Settings of the working directory and the environment.

    Raises
    ------
    BadInputError
        The file is no TOML, or a name or value is not known; every fault is named.
    """
    faults = [f"{name}: no such setting" for name in os.environ if _unknown(name)]
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors(include_input=False)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"{FILE} cannot be read: {error}.") from error
    else:
        if not faults:
            return settings
    known = ", ".join(Settings.model_fields)
    raise BadInputError(f"Settings: {'; '.join(faults)}. Known in {FILE} and as {PREFIX}…: {known}.")


def _unknown(variable: str) -> bool:
    name = variable.lower()
    return name.startswith(PREFIX.lower()) and name.removeprefix(PREFIX.lower()) not in Settings.model_fields


def _place(location: tuple[int | str, ...]) -> str:
    """Where a faulty value stands: its environment variable if set, else the file."""
    name = ".".join(map(str, location))
    variable = PREFIX + name.upper()
    return variable if variable in os.environ else f"{name} in {FILE}"
