"""Whether a signal to stop (SIGINT, SIGTERM) came, whichever library had the handler then and whatever it made of it.

A handler that raises does not always end the work: an error raised while a library clears up is dropped, and one raised in the main
thread may reach the user as what another thread met next (a connection that was closed). Python writes the number of each signal
that it handles to a file descriptor, before the handler is called: that is read here.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})
_MOST = 4096


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """A call that says whether a signal to stop came since; both signals raise `KeyboardInterrupt` where no library says otherwise.

    Where SIGINT is ignored (a shell starts work in the background so), Dagster would have SIGTERM ignored too: both are handled meanwhile.
    Threads other than the main one handle no signals: there the call is always false.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    heard, told = socket.socketpair()
    with heard, told:
        heard.setblocking(False)
        told.setblocking(False)
        known_handlers = {stopping: signal.signal(stopping, signal.default_int_handler) for stopping in _STOPPING}
        known_descriptor = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        try:
            yield _listener(heard)
        finally:
            signal.set_wakeup_fd(known_descriptor)
            for stopping, handler in known_handlers.items():
                signal.signal(stopping, handler)


def _listener(heard: socket.socket) -> Callable[[], bool]:
    came: set[int] = set()
    one_at_a_time = threading.Lock()

    def is_told() -> bool:
        with one_at_a_time, suppress(BlockingIOError):
            came.update(heard.recv(_MOST))
        return not _STOPPING.isdisjoint(came)

    return is_told
