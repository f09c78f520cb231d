"""Folders and options of the installation: the only place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
#: In a checkout the knowledge folders stand beside the package; in a wheel they travel inside it.
_ROOT = _PACKAGE.parent if (_PACKAGE.parent / "dbt_like_sql").is_dir() else _PACKAGE / "bundled"

RULES_FOLDER = _ROOT / "rules"
SQL_FOLDER = _ROOT / "dbt_like_sql"
SAMPLES_FOLDER = _ROOT / "data" / "samples"
REFERENCE_FOLDER = _ROOT / "data" / "reference"

REPORTING_CURRENCY = "USD"
#: Where the nightly schedule runs; no result depends on it.
SCHEDULE_TIME_ZONE = "Asia/Shanghai"


def default_home() -> Path:
    """Folder that holds runs and the published scorecard: `GREENCAP_HOME`, else `greencap_home` in the working folder."""
    return Path(os.environ.get("GREENCAP_HOME", "greencap_home")).absolute()


def default_landing() -> Path:
    """Folder of received files: `GREENCAP_LANDING`, else the committed samples."""
    return Path(os.environ.get("GREENCAP_LANDING", SAMPLES_FOLDER)).absolute()


def default_waivers() -> Path | None:
    """Folder of the bank's waiver files: `GREENCAP_WAIVERS`; None = `waivers` in the home, where there is one."""
    named = os.environ.get("GREENCAP_WAIVERS")
    return Path(named).absolute() if named else None


def smtp_login() -> tuple[str, str]:
    """User and password for the mail server: `GREENCAP_SMTP_USER`, `GREENCAP_SMTP_PASSWORD`; empty where not set."""
    return os.environ.get("GREENCAP_SMTP_USER", ""), os.environ.get("GREENCAP_SMTP_PASSWORD", "")


@dataclass(frozen=True)
class Mail:
    """Where the digest is mailed after a night: server as HOST:PORT, sender, recipients."""

    server: str
    sender: str
    recipients: tuple[str, ...]


def alert_webhook() -> str | None:
    """Address that gets the digest after each night of Dagster: `GREENCAP_WEBHOOK`; None = none."""
    return os.environ.get("GREENCAP_WEBHOOK") or None


def alert_mail() -> Mail | None:
    """`GREENCAP_SMTP`, `GREENCAP_MAIL_FROM` and `GREENCAP_MAIL_TO` (addresses with commas between them); None unless all three are set."""
    server, sender, to = (os.environ.get(f"GREENCAP_{name}", "") for name in ("SMTP", "MAIL_FROM", "MAIL_TO"))
    recipients = tuple(address.strip() for address in to.split(",") if address.strip())
    return Mail(server, sender, recipients) if server and sender and recipients else None


def memory_limit() -> str:
    """Memory that DuckDB may use: `GREENCAP_MEMORY`, else what leaves a process of 4 GB room for all else."""
    return os.environ.get("GREENCAP_MEMORY", "3700MB")
