"""After each night of Dagster the digest goes to the addresses of the environment, after a failed one as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import alerts
from pipelines.defs.alerts import digest_of_failure, digest_of_success, home_of
from pipelines.report.digest import PARTS

DIGEST: dict[str, Any] = {
    "run": {"run_id": "R", "root_hash": "ab" * 32, "as_of_date": "2026-06-30"},
    "headline": [],
    "findings": {part: [] for part in PARTS},
    "restated": [],
    "waivers_ending": [],
    "feeds": [],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "published" / "current"
    folder.mkdir(parents=True)
    (folder / "digest.json").write_text(json.dumps(DIGEST), encoding="utf-8")
    (tmp_path / "home" / "last_run.json").write_text(json.dumps({"published": True}), encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    monkeypatch.setattr("pipelines.report.send_digest.post_digest", lambda url, content, text: found.append((url, text)) or 200)
    monkeypatch.setattr(
        "pipelines.report.send_digest.mail_digest", lambda server, sender, to, subject, text, login: found.append((to[0], subject))
    )
    return found


def _block(home: Path) -> None:
    last = {"published": False, "reason": "loans.csv, row 4: bad", "feeds_without_rows": []}
    (home / "last_run.json").write_text(json.dumps(last), encoding="utf-8")


def test_nothing_is_sent_where_no_address_is_named(home: Path, sent: list[tuple[str, str]]) -> None:
    assert alerts.send_alert(home) == []
    assert sent == []


def test_the_digest_goes_to_webhook_and_mail_and_says_stale_after_a_blocked_night(
    home: Path, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENCAP_WEBHOOK", "https://chat.example.org/hook")
    monkeypatch.setenv("GREENCAP_SMTP", "mail.example.org:25")
    monkeypatch.setenv("GREENCAP_MAIL_FROM", "a@example.org")
    monkeypatch.setenv("GREENCAP_MAIL_TO", "b@example.org, c@example.org")
    _block(home)
    assert alerts.send_alert(home) == ["webhook", "mail"]
    assert sent[0][0] == "https://chat.example.org/hook"
    assert sent[0][1].startswith("STALE")
    assert "loans.csv, row 4: bad" in sent[0][1]
    assert sent[1] == ("b@example.org", "Green capacity as of 2026-06-30: STALE, nothing new")


def test_a_first_night_that_fails_is_told_although_there_is_no_digest(
    tmp_path: Path, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENCAP_WEBHOOK", "https://chat.example.org/hook")
    _block(tmp_path)
    assert alerts.send_alert(tmp_path) == ["webhook"]
    assert "no run is published" in sent[0][1]
    assert "loans.csv, row 4: bad" in sent[0][1]


def _run_of(home: Path, fails: bool) -> tuple[dg.DagsterInstance, dg.ExecuteInProcessResult]:
    @dg.op
    def work() -> None:
        if fails:
            raise ValueError("broken")

    @dg.job(name="nightly", resource_defs={"night": dg.ResourceDefinition(lambda context: None, config_schema={"home": str})})
    def job() -> None:
        work()

    instance = dg.DagsterInstance.ephemeral()
    config = {"resources": {"night": {"config": {"home": str(home)}}}}
    return instance, job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)


@pytest.mark.parametrize("fails", [False, True])
def test_the_sensors_send_the_digest_of_the_home_that_the_run_worked_on(
    home: Path, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setenv("GREENCAP_WEBHOOK", "https://chat.example.org/hook")
    instance, result = _run_of(home, fails)
    event = result.get_run_failure_event() if fails else result.get_run_success_event()
    assert home_of(result.dagster_run) == home
    sensor = digest_of_failure if fails else digest_of_success
    context = dg.build_run_status_sensor_context(sensor.name, event, instance, result.dagster_run)
    sensor(context.for_run_failure() if fails else context)
    assert [address for address, _ in sent] == ["https://chat.example.org/hook"]
