"""A signal to stop is heard whichever library takes it, and no step is begun after it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from pipelines.errors import GateError
from pipelines.night_attempt import Attempt
from pipelines.stop_signals import stop_signals

STOPPING = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("told", STOPPING)
def test_a_signal_that_another_handler_swallows_is_heard(told: signal.Signals) -> None:
    with stop_signals() as is_told:
        known = signal.signal(told, lambda *_: None)
        try:
            assert not is_told()
            signal.raise_signal(told)
        finally:
            signal.signal(told, known)
        assert is_told()
        assert is_told(), "a second question gets the same answer"


@pytest.mark.parametrize("told", STOPPING)
def test_both_signals_end_the_work_where_no_library_handles_them(told: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), stop_signals():
        signal.raise_signal(told)


@pytest.mark.parametrize("told", STOPPING)
def test_a_run_started_in_the_background_of_a_shell_that_ignores_sigint_can_be_stopped(told: signal.Signals) -> None:
    known = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), stop_signals():
            signal.raise_signal(told)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, known)


def test_a_signal_that_stops_nothing_is_not_one_to_stop() -> None:
    known = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with stop_signals() as is_told:
            signal.raise_signal(signal.SIGUSR1)
            assert not is_told()
    finally:
        signal.signal(signal.SIGUSR1, known)


def test_handlers_are_those_of_before_afterwards() -> None:
    known = [signal.getsignal(told) for told in STOPPING]
    with stop_signals():
        pass
    assert [signal.getsignal(told) for told in STOPPING] == known
    assert signal.set_wakeup_fd(-1) == -1


def test_a_thread_beside_the_main_one_hears_nothing_and_takes_no_handler() -> None:
    known, answers = signal.getsignal(signal.SIGTERM), []

    def listen() -> None:
        with stop_signals() as is_told:
            answers.append((is_told(), signal.getsignal(signal.SIGTERM)))

    beside = threading.Thread(target=listen)
    beside.start()
    beside.join()
    assert answers == [(False, known)]


def test_no_step_is_begun_once_a_run_was_told_to_stop(tmp_path: Path) -> None:
    said: list[str] = []
    attempt = Attempt(tmp_path, tmp_path / "home", progress=said.append, is_told_to_stop=lambda: "first" in said)
    with attempt.step("first"):
        pass
    with pytest.raises(GateError, match="was interrupted and published nothing"), attempt.step("second"):
        pytest.fail("begun")
    assert said == ["first"]
