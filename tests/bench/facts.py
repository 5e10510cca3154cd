"""What machine it was, so that nobody compares apples with pears."""

import os
import platform
import sqlite3
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


def of_this_machine(folder: Path) -> dict[str, Any]:
    return {
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
        "processors": f"{psutil.cpu_count()} x {_model()}",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "sync": f"{_sync(folder):.2f} ms",
        "python": f"{platform.python_version()}, pace {_pace():.0f} ms",
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": f"{psutil.getloadavg()[0]:.1f}",
    }


class Host:
    """What a virtual machine's host gives to others, of all that its processors could do from now on."""

    def __init__(self) -> None:
        self._begun, self._stolen = time.monotonic(), _stolen()

    def taken(self) -> float:
        """A share: 0 where the system does not tell."""
        return (_stolen() - self._stolen) / (time.monotonic() - self._begun) / (psutil.cpu_count() or 1)


def _stolen() -> float:
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


def _pace() -> float:
    """Milliseconds for a fixed piece of plain Python: the same version can be built to be half as fast again."""
    took = []
    for _round in range(7):
        begun = time.perf_counter()
        said = {str(number): [number, str(number)] for number in range(20_000)}
        sum(len(name) + pair[0] for name, pair in sorted(said.items(), key=lambda item: item[1][1]))
        took.append((time.perf_counter() - begun) * 1000)
    return min(took)


def _git(*words: str) -> str:
    told = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip()


def _model() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def _sync(folder: Path) -> float:
    """Milliseconds until the disk says that 4 KiB are on it: what a commit waits for at least."""
    path, took = folder / "sync", []
    with path.open("wb", buffering=0) as file:
        for _write in range(30):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    path.unlink()
    return median(took)
