"""Send a digest by webhook or mail, when asked. Nothing is sent by itself, and no run waits for a network."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from pipelines.errors import GateError, WrongUseError

_SECONDS = 30.0
_ENCRYPTED_FROM_THE_START = 465


def post_digest(url: str, content: Mapping[str, Any], text: str) -> int:
    """Post the digest as JSON with its text under `text`, as chat programs read it; the status that came back.

    Raises: WrongUseError when the address is no web address. GateError when it cannot be reached or refuses.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise WrongUseError(f"--webhook {url}: write an address that begins with https:// or http://")
    body = json.dumps({"text": text, **content}, ensure_ascii=False).encode("utf-8")
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        raise GateError(f"the webhook at {urlsplit(url).hostname} refused the digest with status {error.code}") from error
    except OSError as error:
        raise GateError(f"the webhook at {urlsplit(url).hostname} cannot be reached ({error})") from error


def mail_digest(server: str, sender: str, recipients: list[str], subject: str, text: str, login: tuple[str, str] | None = None) -> None:
    """Mail the digest as plain text: port 465 is encrypted from the start, any other port where the server offers it.

    Args: server: HOST:PORT. login: user and password, sent over an encrypted way only; None = the relay wants none.
    Raises: WrongUseError when it is no such pair. GateError when the server cannot be reached, refuses, or encrypts nothing for a login.
    """
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise WrongUseError(f"--smtp {server}: write HOST:PORT, such as mail.example.org:25")
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = sender, ", ".join(recipients), subject
    except ValueError as error:
        raise WrongUseError(f"--from or --to: {error}") from error
    message.set_content(text)
    try:
        with _connected(host, int(port), login is not None) as smtp:
            if login:
                smtp.login(*login)
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise GateError(f"the mail server {server} did not take the digest ({error})") from error


def _connected(host: str, port: int, must_be_encrypted: bool) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if port == _ENCRYPTED_FROM_THE_START:
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    smtp = smtplib.SMTP(host, port, timeout=_SECONDS)
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        elif must_be_encrypted:
            raise GateError(f"the mail server {host}:{port} offers no encryption, so no password is sent; name a port that does")
    except BaseException:
        smtp.close()
        raise
    return smtp
