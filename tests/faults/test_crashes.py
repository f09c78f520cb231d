"""`kill -9` at random points while another process reads: what is published stays readable, the log holds, nothing happens twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash_trials import kill_bare_nights, kill_log_writes, kill_runs


def test_a_killed_writer_of_the_log_loses_no_acknowledged_event_and_breaks_no_chain(tmp_path: Path) -> None:
    seen = kill_log_writes(tmp_path, kills=25, seed=1)
    assert seen.troubles == []
    assert seen.events > 0


def test_nights_killed_while_they_keep_and_publish_leave_a_whole_home_and_a_readable_scorecard(tmp_path: Path) -> None:
    seen = kill_bare_nights(tmp_path, kills=25, seed=2)
    assert seen.troubles == []
    assert seen.reads > 100


@pytest.mark.slow
def test_runs_killed_at_random_points_leave_the_last_good_scorecard_and_the_next_run_succeeds(tmp_path: Path, one_landing: Path) -> None:
    seen = kill_runs(tmp_path, one_landing, kills=4, seed=3)
    assert seen.troubles == []
    assert seen.kills == 4
    assert seen.reads > 100
