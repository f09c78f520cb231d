"""What a command that works for a while tells meanwhile: lines on standard error."""

from __future__ import annotations

import sys
from threading import Lock


class Progress:
    """One line per phase; on a terminal every step, and each line is replaced by the next."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self.last = ""
        self._telling = Lock()

    def show(self, what: str) -> None:
        """Say what is being done now."""
        phase = what if not what.startswith("build ") else f"build {what.removeprefix('build ').partition('_')[0]}_… tables"
        with self._telling:  # models are built, and told of, by two threads
            if self.is_terminal:
                sys.stderr.write(f"\r\x1b[K… {what}")
            elif phase != self.last:
                sys.stderr.write(f"… {phase}\n")
            sys.stderr.flush()
            self.last = phase

    def end(self) -> None:
        """Take the last line off a terminal."""
        if self.is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
