"""The digest tells what changed and no more, and is sent only to where it was asked to."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
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
        "restated": [],
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
        "  F-000000000001 Plant Ö, stack:S: NOx, worst 60 against 50 mg/Nm3; awaiting verification, exposure 1,000,000 USD, "
        "cure period ends 2026-07-30, owner nobody yet"
    )
    assert "Came back: none" in lines
    assert lines[lines.index("Got worse: 1") + 1].endswith("owner o@example.org")
    assert "  w1 on r at P: today is its last day; 2 findings under it" in lines
    assert lines[-1] == "  stacks.csv: feed empty: a header and no row; nothing was delivered"


def test_what_closed_is_told_apart_by_why_and_without_a_cure_period() -> None:
    retired = [finding(2, state="CLOSED_RULE_RETIRED"), finding(3, state="CLOSED_OUT_OF_SERVICE")]
    lines = digest_text(content(resolved=[finding(1, worst_value=None)], retired=retired)).splitlines()
    assert lines[lines.index("Resolved: 1") + 1] == f"  F-000000000001 Plant Ö, stack:S: NOx; {_WEIGHT}"
    place = lines.index("Closed, the rule is no longer in force or the equipment out of service: 2")
    assert lines[place + 1] == f"  F-000000000002 Plant Ö, stack:S: NOx: its rule is no longer in force; {_WEIGHT}"
    assert lines[place + 2] == f"  F-000000000003 Plant Ö, stack:S: NOx: it is out of service; {_WEIGHT}"


_FAILED = {
    "operator": "at_most",
    "worst_start_date": "2026-02-01",
    "worst_end_date": "2026-02-28",
    "last_fail_start_date": "2026-06-01",
    "last_fail_date": "2026-06-30",
    "last_fail_value": 52.0,
    "last_fail_limit_value": 50.0,
    "is_waiting": False,
    "check_end_date": None,
}
_WEIGHT = "awaiting verification, exposure 1,000,000 USD"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("FAILED_AGAIN", "failed again 2026-06-01 to 2026-06-30: 52 against at most 50 mg/Nm3"),
        ("WAIVER_ENDED", "its waiver ended, last failed 2026-06-01 to 2026-06-30: 52 against at most 50 mg/Nm3"),
        ("RULE_CHANGED", "the rule it was disputed under changed, last failed 2026-06-01 to 2026-06-30: 52 against at most 50 mg/Nm3"),
        ("RULE_RETURNED", "its rule is in force again, last failed 2026-06-01 to 2026-06-30: 52 against at most 50 mg/Nm3"),
    ],
)
def test_what_came_back_is_told_with_why_and_the_period_that_brought_it_back_not_the_worst_of_the_window(reason: str, words: str) -> None:
    lines = digest_text(content(reopened=[finding(1, **_FAILED, reopened_reason=reason)])).splitlines()
    told = f"  F-000000000001 Plant Ö, stack:S: NOx, {words}; {_WEIGHT}, cure period ends 2026-07-30, owner nobody yet"
    assert lines[lines.index("Came back: 1") + 1] == told


def test_what_is_new_or_worse_is_told_with_the_period_of_its_worst_value() -> None:
    lines = digest_text(content(worse=[finding(1, tier="II", **_FAILED)])).splitlines()
    assert ": NOx (II), worst 60 against at most 50 mg/Nm3 (2026-02-01 to 2026-02-28); " in lines[lines.index("Got worse: 1") + 1]


def test_what_passes_again_is_told_as_mended_with_the_day_of_its_check_also_on_its_first_night() -> None:
    waits = finding(1, **_FAILED | {"is_waiting": True, "check_end_date": "2027-06-30"})
    due = "passes since: closes with the data to 2027-06-30 if no period fails until then"
    lines = digest_text(content(pending_check=[waits], new=[waits])).splitlines()
    assert lines[lines.index("Mended, waiting for the check: 1") + 1] == (
        "  F-000000000001 Plant Ö, stack:S: NOx, last failed 2026-06-01 to 2026-06-30: 52 against at most 50 mg/Nm3; "
        f"{_WEIGHT}, {due}, owner nobody yet"
    )
    assert due in lines[lines.index("New: 1") + 1]


def test_a_mending_that_people_claimed_and_data_confirm_is_told_with_the_day_of_the_claim() -> None:
    waits = finding(1, **_FAILED | {"is_waiting": True, "check_end_date": "2027-06-30", "claimed_on_date": "2026-07-02"})
    lines = digest_text(content(pending_check=[waits])).splitlines()
    told = lines[lines.index("Mended, waiting for the check: 1") + 1]
    assert "against at most 50 mg/Nm3, said to be mended on 2026-07-02; awaiting" in told


def test_a_requirement_that_is_not_met_again_is_told_with_its_day_and_without_a_number() -> None:
    row = finding(1, **_FAILED | {"last_fail_value": None, "last_fail_start_date": "2026-06-30"}, reopened_reason="FAILED_AGAIN")
    assert ": NOx, failed again 2026-06-30; awaiting" in digest_text(content(reopened=[row]))


def test_a_waiver_that_ends_while_data_are_missing_brings_a_finding_back_that_nobody_could_assess() -> None:
    unknown = _FAILED | {"last_fail_date": None, "last_fail_start_date": None, "last_fail_value": None, "worst_value": None}
    row = finding(1, **unknown, reopened_reason="WAIVER_ENDED")
    assert ": NOx, its waiver ended, not assessed again; awaiting" in digest_text(content(reopened=[row]))


def test_a_digest_of_an_earlier_version_still_tells_what_came_back() -> None:
    assert ": NOx, worst 60 against 50 mg/Nm3; awaiting" in digest_text(content(reopened=[finding(1)]))


def test_a_digest_written_before_closed_findings_were_told_is_still_read() -> None:
    told = content(new=[finding(1)])
    del told["findings"]["resolved"], told["findings"]["retired"]
    assert "Resolved: none" not in digest_text(told)


def test_a_long_part_is_cut_in_the_text_and_whole_in_the_json(tmp_path: Path) -> None:
    told = content(new=[finding(number) for number in range(SHOWN + 5)])
    data, text, notice = write_digest(tmp_path, told)
    assert notice.read_text(encoding="utf-8").endswith("No result issued by the run before is changed.\n")
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


RESTATED = {
    **{
        "earlier_run_id": "Q",
        "earlier_as_of_date": "2026-05-31",
        "plant_id": "P",
        "plant_name": None,
        "entity_id": "stack:S",
        "title": "NOx",
    },
    **{"period_start_date": "2026-05-01", "period_end_date": "2026-05-31", "status_before": "FINAL", "unit": "mg/Nm3"},
    **{"state_before": "PASS", "value_before": 45.0, "limit_before": 50.0, "state_after": "FAIL", "value_after": 60.0, "limit_after": 50.0},
    "cause": "READINGS_CORRECTED",
}


def test_a_changed_result_is_told_from_what_to_what_and_why(tmp_path: Path) -> None:
    told = content() | {"restated": [RESTATED]}
    line = (
        "  P, stack:S: NOx, 2026-05-01 to 2026-05-31: was PASS (45 against 50 mg/Nm3), is FAIL (60 against 50 mg/Nm3); "
        "readings were corrected by a later file; was issued as FINAL"
    )
    assert line in digest_text(told).splitlines()
    notice = write_digest(tmp_path, told)[2].read_text(encoding="utf-8").splitlines()
    assert notice[1:] == ["1 result issued by run Q, as of 2026-05-31, changed:", line]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"state_before": "FAIL", "value_before": 60.0, "within_before_ratio": 0.7320644, "within_after_ratio": 0.739385},
            "was FAIL (60 against 50 mg/Nm3, 0.732064 of the averages within the limit), "
            "is FAIL (60 against 50 mg/Nm3, 0.739385 of the averages within the limit); readings were corrected by a later file",
        ),
        (
            {"state_before": "NO_DATA", "value_before": None, "state_after": None, "value_after": None, "cause": "DATA_CAME_LATER"}
            | {"later_fail_count": 6, "later_pass_count": 5, "later_no_data_count": 1, "later_error_count": 0},
            "was NO_DATA; now judged by month: 6 FAIL, 5 PASS, 1 NO_DATA; data came later",
        ),
        (
            {"state_after": None, "value_after": None, "cause": "NO_LONGER_JUDGED", "later_fail_count": None},
            "was PASS (45 against 50 mg/Nm3), is not judged; the rule is no longer judged here",
        ),
        (
            {"state_after": None, "value_after": None, "cause": "DATA_GONE", "later_fail_count": None},
            "was PASS (45 against 50 mg/Nm3), is NO_DATA with the whole window; no reading of its window counts any more",
        ),
    ],
)
def test_a_changed_share_and_months_judged_since_data_came_are_told(changed: dict[str, Any], words: str) -> None:
    line = f"  P, stack:S: NOx, 2026-05-01 to 2026-05-31: {words}; was issued as FINAL"
    assert line in digest_text(content() | {"restated": [RESTATED | changed]}).splitlines()


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


class SecretMail(Mail):
    """Offers STARTTLS and takes a password on the encrypted way only."""

    passwords: ClassVar[list[str]] = []
    certificate: ClassVar[Path]
    is_refused: ClassVar[bool] = False

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        self.rfile.readline()
        self.wfile.write(b"250-here\r\n250 STARTTLS\r\n")
        self.rfile.readline()
        self.wfile.write(b"220 go on\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(self.connection, server_side=True) as secret:
            self.rfile, self.wfile = secret.makefile("rb"), secret.makefile("wb", 0)
            self.rfile.readline()
            self.wfile.write(b"250-here\r\n250 AUTH PLAIN\r\n")
            self.passwords.append(base64.b64decode(self.rfile.readline().split()[2]).decode())
            self.wfile.write(b"535 no\r\n" if self.is_refused else b"235 yes\r\n")
            for line in self.rfile:
                word = line[:4].upper()
                self.wfile.write(b"354 go on\r\n" if word == b"DATA" else b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
                self.got.append(line.decode())
                if word == b"DATA":
                    self.got += [part.decode() for part in iter(self.rfile.readline, b".\r\n")]
                    self.wfile.write(b"250 taken\r\n")


def certificate(folder: Path) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    unsigned = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    unsigned = unsigned.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = unsigned.add_extension(place, critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return folder / "server.pem"


def test_a_password_comes_from_the_environment_and_goes_over_an_encrypted_way_only(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENCAP_SMTP_USER", "greencap")
    monkeypatch.setenv("GREENCAP_SMTP_PASSWORD", "s3cret")
    monkeypatch.setattr(Mail, "got", [])
    address = ["--from", "green@example.org", "--to", "a@example.org", "--home", str(home)]
    with serving(socketserver.TCPServer(("127.0.0.1", 0), Mail)) as port, pytest.raises(GateError, match="offers no encryption") as refused:
        CliRunner().invoke(app, ["digest", "--smtp", f"127.0.0.1:{port}", *address], catch_exceptions=False)
    assert "s3cret" not in "".join(Mail.got) + str(refused.value)

    monkeypatch.setattr(SecretMail, "certificate", certificate(tmp_path), raising=False)
    with serving(socketserver.TCPServer(("127.0.0.1", 0), SecretMail)) as port:
        with pytest.raises(GateError, match="certificate"):  # nobody vouches for this server
            CliRunner().invoke(app, ["digest", "--smtp", f"127.0.0.1:{port}", *address], catch_exceptions=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        greencap("digest", "--smtp", f"127.0.0.1:{port}", *address)
        assert SecretMail.passwords == ["\0greencap\0s3cret"]
        assert "New: 1" in "".join(Mail.got)
        monkeypatch.setattr(SecretMail, "is_refused", True)
        with pytest.raises(GateError, match="did not take the digest") as wrong:
            CliRunner().invoke(app, ["digest", "--smtp", f"127.0.0.1:{port}", *address], catch_exceptions=False)
    assert "s3cret" not in str(wrong.value)


def test_a_user_without_a_password_is_wrong_use(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENCAP_SMTP_USER", "greencap")
    words = ["--smtp", "127.0.0.1:25", "--from", "a@example.org", "--to", "b@example.org", "--home", str(home)]
    with pytest.raises(WrongUseError, match="GREENCAP_SMTP_PASSWORD"):
        CliRunner().invoke(app, ["digest", *words], catch_exceptions=False)


def test_addresses_that_are_none_say_what_to_write(home: Path) -> None:
    with pytest.raises(WrongUseError, match="begins with https"):
        post_digest("file:///etc/hosts", content(), "text")
    with pytest.raises(WrongUseError, match="HOST:PORT"):
        mail_digest("mail.example.org", "a@example.org", ["b@example.org"], "s", "t")
    with pytest.raises(WrongUseError, match="--from or --to"):
        mail_digest("127.0.0.1:9", "a@example.org\nBcc: c@example.org", ["b@example.org"], "s", "t")
    with pytest.raises(WrongUseError, match="belong together"):
        CliRunner().invoke(app, ["digest", "--smtp", "127.0.0.1:25", "--home", str(home)], catch_exceptions=False)
