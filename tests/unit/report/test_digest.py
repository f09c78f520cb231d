"""The digest tells what changed and no more, and is sent only to where it was asked to."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import GateError, WrongUseError
from pipelines.report.digest import PARTS, SHOWN, digest_text, write_digest
from pipelines.report.send_digest import mail_digest, post_digest


def finding(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "finding_id": f"F-{number:012x}",
        "plant_id": "P",
        "plant_name": "Plant Ö",
        "entity_id": "stack:S",
        "rule_id": "r",
        "title": "NOx",
    }
    row |= {"worst_value": 60.0, "worst_limit_value": 50.0, "unit": "mg/Nm3", "standing": "awaiting_verification", "exposure_usd": 1e6}
    return row | {"cure_end_date": "2026-07-30", "owner": None} | changed


def content(**findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "run": {"run_id": "R", "root_hash": "ab" * 32, "as_of_date": "2026-06-30"},
        "headline": [
            {"portfolio_id": "X", "assessed_rate_ratio": 0.5, "coverage_ratio": 0.4, "lower_ratio": 0.2, "upper_ratio": 0.8},
            {"portfolio_id": "Y", "assessed_rate_ratio": None, "coverage_ratio": 0.0, "lower_ratio": 0.0, "upper_ratio": 1.0},
        ],
        "findings": {part: findings.get(part, []) for part in PARTS},
        "waivers_ending": [{"waiver_id": "w1", "rule_id": "r", "plant_id": "P", "days_to_expiry": 0, "finding_count": 2}],
        "feeds": [{"file_name": "stacks.csv", "sheet": "", "state": "header_only", "message": "nothing was delivered"}],
    }


def test_the_text_names_each_change_once_and_says_none_where_there_is_none() -> None:
    lines = digest_text(content(new=[finding(1)], worse=[finding(2, worst_value=None, owner="o@example.org")])).splitlines()
    assert lines[0] == "Green capacity as of 2026-06-30, run R, root abababababababab"
    assert lines[1:3] == [
        "  X: 50.0% of assessed exposure is green, coverage 40.0%, between 20.0% and 80.0%",
        "  Y: not assessable",
    ]
    assert lines[3] == "New: 1"
    assert lines[4] == (
        "  F-000000000001 Plant Ö, stack:S: NOx, 60 against 50 mg/Nm3; awaiting verification, exposure 1,000,000 USD, "
        "cure period ends 2026-07-30, owner nobody yet"
    )
    assert "Came back: none" in lines
    assert lines[lines.index("Got worse: 1") + 1].endswith("owner o@example.org")
    assert "  w1 on r at P: today is its last day; 2 findings under it" in lines
    assert lines[-1] == "  stacks.csv: feed empty: a header and no row; nothing was delivered"


def test_a_long_part_is_cut_in_the_text_and_whole_in_the_json(tmp_path: Path) -> None:
    told = content(new=[finding(number) for number in range(SHOWN + 5)])
    data, text = write_digest(tmp_path, told)
    assert "  … and 5 more in digest.json" in text.read_text(encoding="utf-8").splitlines()
    assert json.loads(data.read_text(encoding="utf-8")) == told


@pytest.fixture
def home(tmp_path: Path) -> Path:
    current = tmp_path / "published" / "current"
    current.mkdir(parents=True)
    write_digest(current, content(new=[finding(1)]))
    return tmp_path


def greencap(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_attempt_that_published_nothing_is_told_first_as_stale(home: Path) -> None:
    assert "STALE" not in greencap("digest", "--home", str(home))
    feeds = [{"file_name": "returns.csv", "sheet": "", "state": "header_only", "message": ""}]
    attempt = {"published": False, "reason": "returns.csv blocks", "feeds_without_rows": feeds}
    (home / "last_run.json").write_text(json.dumps(attempt), encoding="utf-8")
    lines = greencap("digest", "--home", str(home)).splitlines()
    assert lines[0].startswith("STALE: the last attempt was not published")
    assert lines[1:3] == ["  returns.csv: feed empty: a header and no row", "  returns.csv blocks"]
    assert json.loads(greencap("digest", "--json", "--home", str(home)))["last_attempt"]["feeds"] == feeds


def test_a_home_without_a_digest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="no run is published here"):
        CliRunner().invoke(app, ["digest", "--home", str(tmp_path)], catch_exceptions=False)
    (tmp_path / "published" / "current").mkdir(parents=True)
    with pytest.raises(WrongUseError, match="run again"):
        CliRunner().invoke(app, ["digest", "--home", str(tmp_path)], catch_exceptions=False)


class Web(BaseHTTPRequestHandler):
    got: ClassVar[list[tuple[str, bytes]]] = []
    status = 204

    def do_POST(self) -> None:
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


class Mail(socketserver.StreamRequestHandler):
    got: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(b"354 go on\r\n" if word == b"DATA" else b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
            if word == b"QUIT":
                return
            self.got.append(line.decode())
            if word == b"DATA":
                self.got += [part.decode() for part in iter(self.rfile.readline, b".\r\n")]
                self.wfile.write(b"250 taken\r\n")


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def test_the_webhook_gets_text_and_figures_and_a_refusal_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Web, "got", [])
    with serving(HTTPServer(("127.0.0.1", 0), Web)) as port:
        greencap("digest", "--home", str(home))
        assert Web.got == []  # nothing is sent by itself
        greencap("digest", "--webhook", f"http://127.0.0.1:{port}/secret", "--home", str(home))
        ((path, body),) = Web.got
        monkeypatch.setattr(Web, "status", 403)
        with pytest.raises(GateError, match=r"127\.0\.0\.1 refused the digest with status 403") as refused:
            post_digest(f"http://127.0.0.1:{port}/secret", content(), "text")
    assert "secret" not in str(refused.value)  # the address of a webhook is its password
    sent = json.loads(body)
    assert path == "/secret"
    assert sent["text"] == digest_text(content(new=[finding(1)]))
    assert sent["findings"]["new"][0]["plant_name"] == "Plant Ö"
    with pytest.raises(GateError, match="cannot be reached"):
        post_digest(f"http://127.0.0.1:{port}/", content(), "text")


def test_the_mail_carries_the_text_to_every_recipient(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mail, "got", [])
    with serving(socketserver.TCPServer(("127.0.0.1", 0), Mail)) as port:
        mail = ["--smtp", f"127.0.0.1:{port}", "--from", "green@example.org", "--to", "a@example.org", "--to", "b@example.org"]
        greencap("digest", *mail, "--home", str(home))
    got = "".join(Mail.got)
    assert "rcpt TO:<a@example.org>" in got
    assert "rcpt TO:<b@example.org>" in got
    assert "Subject: Green capacity as of 2026-06-30: 1 new" in got
    assert "New: 1" in got


def test_addresses_that_are_none_say_what_to_write(home: Path) -> None:
    with pytest.raises(WrongUseError, match="begins with https"):
        post_digest("file:///etc/hosts", content(), "text")
    with pytest.raises(WrongUseError, match="HOST:PORT"):
        mail_digest("mail.example.org", "a@example.org", ["b@example.org"], "s", "t")
    with pytest.raises(WrongUseError, match="--from or --to"):
        mail_digest("127.0.0.1:9", "a@example.org\nBcc: c@example.org", ["b@example.org"], "s", "t")
    with pytest.raises(WrongUseError, match="belong together"):
        CliRunner().invoke(app, ["digest", "--smtp", "127.0.0.1:25", "--home", str(home)], catch_exceptions=False)
