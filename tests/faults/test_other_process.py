"""The process that writes the tables of a run ends with the night, also when that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_NIGHT = """
import os, sys, time
from pipelines.night_files import other_process

if __name__ == "__main__":
    with other_process() as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


def test_a_killed_night_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "night.py"
    script.write_text(_NIGHT)
    command = [sys.executable, str(script)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as night:
        assert night.stdout is not None
        other = int(night.stdout.readline())
        night.send_signal(signal.SIGKILL)
    for _ in range(600):
        if not _is_alive(other):
            return
        time.sleep(0.1)
    os.kill(other, signal.SIGKILL)
    raise AssertionError("the other process outlived the night by a minute")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
