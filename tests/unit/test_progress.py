"""What a command tells while it works."""

from __future__ import annotations

import pytest

from pipelines.progress import Progress


def test_a_phase_is_told_once_where_lines_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for step in ("build stg_bank__loans", "build stg_plants__plants", "build int_loans__weights", "publish"):
        progress.show(step)
    progress.end()
    assert capsys.readouterr().err == "… build stg_… tables\n… build int_… tables\n… publish\n"


def test_each_step_replaces_the_last_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress()
    progress.show("build stg_bank__loans")
    progress.show("publish")
    progress.end()
    assert capsys.readouterr().err == "\r\x1b[K… build stg_bank__loans\r\x1b[K… publish\r\x1b[K"
