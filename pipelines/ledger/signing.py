"""Signatures on published runs with a key that the bank holds (Ed25519, PEM files as `openssl genpkey -algorithm ed25519` makes them)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import WrongUseError
from pipelines.ledger.book import Book, PublishedRun
from pipelines.ledger.events import Break, Event

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = "run_signed"


def sign_run(book: Book, run: PublishedRun, key_path: Path, actor: str) -> Event:
    """Sign the manifest of a run, and with it its root hash and every file, and write the signature into the log.

    Raises: WrongUseError when the key cannot be read or is none of Ed25519.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(key_path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongUseError(f"{key_path}: cannot be read as a private key in PEM without a password ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongUseError(f"{key_path}: is no Ed25519 key; make one with `openssl genpkey -algorithm ed25519 -out FILE`")
    signature = base64.b64encode(key.sign(_message(run))).decode("ascii")
    return book.log.append(SIGNED, actor=actor, subject=run.folder, details={"signature": signature})


def signature_break(book: Book, runs: Iterable[PublishedRun], key_path: Path) -> Break | None:
    """The first of these runs that is not signed, or that no signature on it confirms under the public key; None when all are.

    Raises: WrongUseError when the key cannot be read or is none of Ed25519.
    """
    key = _public_key(key_path)
    signatures: dict[str, list[Event]] = {}
    for event in book.log.events():
        if event.kind == SIGNED:
            signatures.setdefault(event.subject, []).append(event)
    for run in runs:
        found = signatures.get(run.folder, [])
        if not found:
            return Break(book.log.path, f"run {run.folder} is not signed; sign it with `greencap sign`", run.event.number)
        if not any(_confirms(key, event, run) for event in found):
            return Break(book.log.path, f"the signature on run {run.folder} was not made with the key of {key_path}", found[-1].number)
    return None


def _public_key(path: Path) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        hint = "make it with `openssl pkey -in PRIVATE -pubout -out FILE`"
        raise WrongUseError(f"{path}: cannot be read as a public key in PEM ({error}); {hint}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise WrongUseError(f"{path}: is no Ed25519 key")
    return key


def _confirms(key: Ed25519PublicKey, event: Event, run: PublishedRun) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode(event.details["signature"], validate=True), _message(run))
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def _message(run: PublishedRun) -> bytes:
    """What is signed, so that any program can check it: one line of ASCII that names the run and the sha256 of its manifest."""
    return f"green capacity run {run.folder} manifest {run.event.details['manifest']}".encode("ascii")
