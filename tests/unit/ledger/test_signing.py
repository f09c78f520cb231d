"""Signatures on runs: of the right key they hold, and whatever is wrong with one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import WrongUseError
from pipelines.ledger.book import CHANGES, Book
from pipelines.ledger.manifest import Made, Manifest, output_hashes
from pipelines.ledger.signing import sign_run, signature_break


def write_keys(folder: Path, key: Ed25519PrivateKey | None = None) -> tuple[Path, Path]:
    folder.mkdir()
    key = key or Ed25519PrivateKey.generate()
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def publish(book: Book, number: int) -> None:
    folder = book.home / "runs" / f"2026-06-30-abc.{number}"
    folder.mkdir(parents=True)
    (folder / CHANGES).write_text("[]", encoding="utf-8")
    (folder / "scorecard.json").write_text(f'{{"night": {number}}}', encoding="utf-8")
    knowledge = folder.parent / "knowledge.tar"
    knowledge.write_text("rules", encoding="utf-8")
    bundle = book.keep_knowledge({})
    made = Made(f"night{number}", {"as_of_date": "2026-06-30"}, {}, {}, {}, {}, {}, "code", {}, {})
    manifest = Manifest(made, events_head=book.log.head(), knowledge=bundle, outputs=output_hashes(folder))
    manifest.write(folder)
    knowledge.unlink()
    book.note_published(folder, manifest, {})


@pytest.fixture
def book(tmp_path: Path) -> Book:
    home = tmp_path / "home"
    home.mkdir()
    book = Book(home)
    publish(book, 1)
    publish(book, 2)
    return book


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return write_keys(tmp_path / "keys")


def greencap(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_signed_run_is_confirmed_by_its_key_and_the_first_that_is_not_signed_is_named(book: Book, keys: tuple[Path, Path]) -> None:
    code, said = greencap("sign", "--key", keys[0], "--by", "head of risk", "--home", book.home)
    assert (code, "signed by head of risk" in said) == (0, True)
    code, said = greencap("verify", "--public-key", keys[1], "--home", book.home)
    assert (code, "run 2026-06-30-abc.1 is not signed" in said) == (4, True)
    assert greencap("verify", "night2", "--public-key", keys[1], "--home", book.home)[0] == 0
    greencap("sign", "night1", "--key", keys[0], "--by", "head of risk", "--home", book.home)
    code, said = greencap("verify", "--public-key", keys[1], "--home", book.home)
    assert (code, "every published run" in said) == (0, True)


def test_the_signature_of_another_key_is_named(book: Book, keys: tuple[Path, Path], tmp_path: Path) -> None:
    stranger = write_keys(tmp_path / "stranger")
    for run in book.published_runs():
        sign_run(book, run, stranger[0], "a stranger")
    broken = signature_break(book, book.published_runs(), keys[1])
    assert broken is not None
    assert "run 2026-06-30-abc.1 was not made with the key" in str(broken)
    for run in book.published_runs():
        sign_run(book, run, keys[0], "head of risk")
    assert signature_break(book, book.published_runs(), keys[1]) is None  # of two signatures one is enough


def test_a_signature_holds_for_no_other_run(book: Book, keys: tuple[Path, Path]) -> None:
    first, second = book.published_runs()
    signed = sign_run(book, first, keys[0], "head of risk")
    book.log.append("run_signed", actor="forger", subject=second.folder, details=dict(signed.details))
    broken = signature_break(book, [second], keys[1])
    assert broken is not None
    assert broken.event == signed.number + 1


@pytest.mark.parametrize("details", [{}, {"signature": "no base64"}, {"signature": "AAAA"}])
def test_a_signature_that_is_none_is_named_and_stops_no_program(book: Book, keys: tuple[Path, Path], details: dict[str, str]) -> None:
    run = book.published_runs()[0]
    book.log.append("run_signed", actor="forger", subject=run.folder, details=details)
    assert "was not made with the key" in str(signature_break(book, [run], keys[1]))


def test_what_openssl_checks_is_what_was_signed(book: Book, keys: tuple[Path, Path]) -> None:
    """The message is one line that the page on findings spells out; a check by any other program needs nothing of ours."""
    from base64 import b64decode

    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    run = book.published_runs()[0]
    event = sign_run(book, run, keys[0], "head of risk")
    message = f"green capacity run {run.folder} manifest {run.event.details['manifest']}"
    key = load_pem_public_key(keys[1].read_bytes())
    key.verify(b64decode(event.details["signature"]), message.encode())  # type: ignore[call-arg,union-attr]


def test_a_run_whose_files_were_changed_is_not_signed(book: Book, keys: tuple[Path, Path]) -> None:
    (book.home / "runs" / "2026-06-30-abc.2" / "scorecard.json").write_text("{}", encoding="utf-8")
    code, said = greencap("sign", "--key", keys[0], "--by", "head of risk", "--home", book.home)
    assert (code, "nothing was signed" in said, "scorecard.json" in said) == (4, True, True)
    assert [event.kind for event in book.log.events()].count("run_signed") == 0


def test_keys_that_are_none_say_what_to_do(book: Book, keys: tuple[Path, Path], tmp_path: Path) -> None:
    run = book.published_runs()[0]
    other = tmp_path / "other.pem"
    curve = generate_private_key(SECP256R1())
    other.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(WrongUseError, match="is no Ed25519 key"):
        sign_run(book, run, other, "a")
    other.write_bytes(curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(WrongUseError, match="is no Ed25519 key"):
        signature_break(book, [run], other)
    for path in (tmp_path / "absent.pem", keys[1]):
        with pytest.raises(WrongUseError, match="cannot be read as a private key"):
            sign_run(book, run, path, "a")
    with pytest.raises(WrongUseError, match="cannot be read as a public key"):
        signature_break(book, [run], keys[0])
