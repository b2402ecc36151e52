"""Two tuners at work on one model; one is killed in the middle. The other goes on until Ctrl-C, and the
database is sound.

    kill_one.py CNNC MODEL FOLDER
"""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

cnnc, model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
database = folder / "tuning.db"
environment = {**os.environ, "CNNC_TUNING": str(database), "CNNC_CACHE": str(folder / "cache")}


def start():
    return subprocess.Popen([cnnc, "tune", model, "--budget", "10m"], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def measurements():
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM measurements").fetchone()[0]
    except sqlite3.OperationalError:  # The tables are being made.
        return 0


def wait_for(count, tuner):
    while measurements() < count and tuner.poll() is None:
        time.sleep(0.05)


victim, survivor = start(), start()
wait_for(5, victim)
victim.send_signal(signal.SIGKILL)
assert victim.wait() == -signal.SIGKILL, victim.returncode
before = measurements()
wait_for(before + 5, survivor)
survivor.send_signal(signal.SIGINT)  # Ctrl-C: it keeps and prints what it has.
output = survivor.communicate()[0]
assert survivor.returncode == 0, output
assert output.rstrip().endswith("; interrupted"), output
after = measurements()
assert after >= before + 5, (before, after)
with sqlite3.connect(database) as connection:
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
print(f"killed at {before} measurements, {after} at the end")
