"""The command `greencap digest`: print what changed, or send it. Parse, call, print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.alerts import digest_of, mail_login, subject_of
from pipelines.errors import WrongUseError


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
    content = digest_of(home or settings.default_home())
    text = digest_text(content)
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False) if as_json else text, nl=as_json)
    if webhook:
        from pipelines.report.send_digest import post_digest

        typer.echo(f"Posted, status {post_digest(webhook, content, text)}", err=True)
    if smtp and sender and recipients:
        from pipelines.report.send_digest import mail_digest

        mail_digest(smtp, sender, recipients, subject_of(content), text, mail_login())
        typer.echo(f"Mailed to {', '.join(recipients)}", err=True)
