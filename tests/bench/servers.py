"""The servers that are measured, each a process of its own, on loopback alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.server import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    address: str
    process: psutil.Process
    seconds: float
    """From its start to its first answer."""

    def memory(self) -> float:
        """Resident memory of the process and its children, in MB."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(process.memory_info().rss for process in family) / 1e6

    def processor(self) -> float:
        """Seconds of processor time so far, of the process and its children."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in family)


@contextmanager
def running(command: Sequence[str], *, path: str, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Start a server ({port} in `command` becomes its port), wait until `path` answers, stop it at the end."""
    port = str(free_port())
    words = [word.replace("{port}", port) for word in command]
    begun = time.perf_counter()
    started = subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"PORT": port} | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(started, f"{address}{path}")
        yield Server(address, psutil.Process(started.pid), time.perf_counter() - begun)
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(10)


def ours() -> list[str]:
    """As the container serves; PORT and WEB_CONCURRENCY are in the environment."""
    return [sys.executable, "manage.py", "serve", "--host", "127.0.0.1"]


def bare() -> list[str]:
    return [sys.executable, "-m", "uvicorn", "tests.bench.bare:app", "--port", "{port}", "--no-access-log"]


def tutorial_uvicorn() -> list[str]:
    return [sys.executable, "-m", "uvicorn", "tests.bench.tutorial.app:asgi", "--port", "{port}", "--no-access-log"]


def tutorial_gunicorn(workers: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "tests.bench.tutorial.app:wsgi", "-b", "127.0.0.1:{port}"]
    return [*command, "-k", "gevent", "-w", str(workers), "--log-level", "error"]


def _wait(started: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if started.poll() is not None:
            raise SystemExit(f"{started.args!r} did not start")
        try:
            if httpx.get(address).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise SystemExit(f"{address} did not answer in 30 seconds")
