"""The digest of a home, and sending it where the installation says: what the command, and Dagster after each night, share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.errors import WrongUseError


def digest_of(home: Path) -> dict[str, Any]:
    """The digest of the published run, with the attempt after it where that published nothing.

    Raises: WrongUseError when no run is published there, or it was made by a version without a digest.
    """
    from pipelines.published_run import published_folder

    path = published_folder(home) / "digest.json"
    if not path.exists():
        raise WrongUseError(f"{path}: the published run has no digest, it was made by an earlier version; run again (`greencap run`)")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    attempt = _last_attempt(home)
    return content | {"last_attempt": attempt} if attempt else content


def subject_of(content: dict[str, Any]) -> str:
    """The digest in one line."""
    counts = ", ".join(f"{len(rows)} {part.replace('_', ' ')}" for part, rows in content["findings"].items() if rows)
    stale = "STALE, " if "last_attempt" in content else ""
    return f"Green capacity as of {content['run']['as_of_date']}: {stale}{counts or 'nothing new'}"


def mail_login() -> tuple[str, str] | None:
    """User and password of the mail server. Raises: WrongUseError when only one of them is set."""
    user, password = settings.smtp_login()
    if bool(user) != bool(password):
        raise WrongUseError("GREENCAP_SMTP_USER and GREENCAP_SMTP_PASSWORD belong together: set both, or neither")
    return (user, password) if user and password else None


def send_alert(home: Path) -> list[str]:
    """Send the digest to the webhook and the mail addresses that the environment names; where it went, nothing when none is named.

    Raises: GateError when an address cannot be reached or refuses.
    """
    from pipelines.report.digest import digest_text
    from pipelines.report.send_digest import mail_digest, post_digest

    webhook, mail = settings.alert_webhook(), settings.alert_mail()
    if not webhook and not mail:
        return []
    try:
        content = digest_of(home)
        subject, text = subject_of(content), digest_text(content)
    except WrongUseError as error:  # nothing was ever published: there is no digest, and still something to tell
        content, subject = {}, "Green capacity: no run is published yet"
        text = "\n".join([subject, str(error), (_last_attempt(home) or {}).get("reason", "")]) + "\n"
    sent = []
    if webhook:
        post_digest(webhook, content, text)
        sent.append("webhook")
    if mail:
        mail_digest(mail.server, mail.sender, list(mail.recipients), subject, text, mail_login())
        sent.append("mail")
    return sent


def _last_attempt(home: Path) -> dict[str, Any] | None:
    """Why the last attempt published nothing, and the feeds that came empty; None when it did."""
    path = home / "last_run.json"
    attempt = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"published": True}
    return None if attempt["published"] else {"reason": attempt["reason"], "feeds": attempt.get("feeds_without_rows", [])}
