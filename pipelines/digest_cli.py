"""The command `greencap digest`: print what changed, or send it. Parse, call, print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.published_run import published_folder


def add_digest_command(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(digest)


def digest(
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of text.")] = False,
    webhook: Annotated[str | None, typer.Option(help="Post it to this address too.")] = None,
    smtp: Annotated[str | None, typer.Option(help="Mail it through this server too, HOST:PORT; wants --from and --to.")] = None,
    sender: Annotated[str | None, typer.Option("--from", help="Sender of the mail.")] = None,
    recipients: Annotated[list[str] | None, typer.Option("--to", help="Recipient of the mail; may be given more than once.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")] = None,
) -> None:
    """Only what is new, came back, got worse or ends soon in the published run, and what did not arrive. Sent only when asked."""
    from pipelines.report.digest import digest_text

    if bool(smtp) != bool(sender) or bool(smtp) != bool(recipients):
        raise WrongUseError("--smtp, --from and --to belong together: give all three or none")
    content = _content(home)
    text = digest_text(content)
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False) if as_json else text, nl=as_json)
    if webhook:
        from pipelines.report.send_digest import post_digest

        typer.echo(f"Posted, status {post_digest(webhook, content, text)}", err=True)
    if smtp and sender and recipients:
        from pipelines.report.send_digest import mail_digest

        mail_digest(smtp, sender, recipients, _subject(content), text, _login())
        typer.echo(f"Mailed to {', '.join(recipients)}", err=True)


def _content(home: Path | None) -> dict[str, Any]:
    """The digest of the published run, with the attempt after it where that published nothing."""
    path = published_folder(home) / "digest.json"
    if not path.exists():
        raise WrongUseError(f"{path}: the published run has no digest, it was made by an earlier version; run again (`greencap run`)")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    last = (home or settings.default_home()) / "last_run.json"
    attempt = json.loads(last.read_text(encoding="utf-8")) if last.exists() else {"published": True}
    if not attempt["published"]:
        content["last_attempt"] = {"reason": attempt["reason"], "feeds": attempt.get("feeds_without_rows", [])}
    return content


def _login() -> tuple[str, str] | None:
    user, password = settings.smtp_login()
    if bool(user) != bool(password):
        raise WrongUseError("GREENCAP_SMTP_USER and GREENCAP_SMTP_PASSWORD belong together: set both, or neither")
    return (user, password) if user else None


def _subject(content: dict[str, Any]) -> str:
    counts = ", ".join(f"{len(rows)} {part.replace('_', ' ')}" for part, rows in content["findings"].items() if rows)
    stale = "STALE, " if "last_attempt" in content else ""
    return f"Green capacity as of {content['run']['as_of_date']}: {stale}{counts or 'nothing new'}"
