"""The server as a process of its own, for what only a process can show: death, signals, two of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    address: str

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> float:
        """A polite stop; gives the seconds it took."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def a_server(**environment: str) -> Iterator[Server]:
    """uvicorn on a free port, on the database of the test that asks."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "project.asgi:application", "--port", str(port), "--no-access-log"]
    command += ["--timeout-graceful-shutdown", "3"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | the_database() | environment)
    server = Server(process, f"http://localhost:{port}")
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            server.kill()


def the_database() -> dict[str, str]:
    """The address of the test database, as another process has to know it."""
    from django.db import connection

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{settings['NAME']}"}
    return {"DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings['NAME']}").geturl()}


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert server.process.poll() is None, "the server did not start"
        try:
            if httpx.get(f"{server.address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server was not ready in 30 seconds")
