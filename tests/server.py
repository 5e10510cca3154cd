"""Pollstead as a process of its own, for what only a process can show: a start, signals, death, two of them."""

import fcntl
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from tests.databases import FOLDER

ROOT = Path(__file__).resolve().parent.parent

type Words = tuple[str, ...]

UVICORN: Words = ("-m", "uvicorn", "project.asgi:application", "--port", "$PORT")
SERVE: Words = ("manage.py", "serve", "--host", "127.0.0.1")
RUN: Words = ("manage.py", "run")

COLLECT = "import django; django.setup(); from project import static; static.collect()"

# Clients without it read all certificates of the machine, which takes as long as a page.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# A first start on a machine that has much else to do.
PATIENCE = 90


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def said(self) -> str:
        """All that it has written so far."""
        return self.log.read_text()

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> float:
        """A polite stop; gives the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(sign)
        self.process.wait(30)
        return time.monotonic() - begun


@contextmanager
def a_server(*words: str, **environment: str) -> Iterator[Server]:
    """A server on a free port, on the database of the test that asks; a plain uvicorn unless `words` say otherwise."""
    port = free_port()
    command = [sys.executable, *(word.replace("$PORT", str(port)) for word in words or UVICORN)]
    variables = os.environ | the_database() | {"PORT": str(port)} | environment
    log = FOLDER / f"server-{secrets.token_hex(4)}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=written, stderr=written)
    server = Server(process, port, log)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            server.kill()


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    """A command that is not waited for."""
    pipe, variables = subprocess.PIPE, os.environ | environment
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env=variables, stdout=pipe, stderr=pipe, text=True)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    with start(*words, **environment) as process:
        try:
            said, complained = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()  # or else the end of this block would wait for it
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, said, complained)


def collected() -> str:
    """Where the files lie that browsers load and keep: who asks first in a run collects them, the others wait."""
    place, done = FOLDER / "collected", FOLDER / "collected-all"
    with (FOLDER / "collecting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            ended = run("-c", COLLECT, DJANGO_SETTINGS_MODULE="project.settings", STATIC_ROOT=str(place))
            assert ended.returncode == 0, ended.stderr
            done.touch()
    return str(place)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def the_database() -> dict[str, str]:
    """The address of the test database, as another process has to know it."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    return {"DATABASE_URL": f"sqlite:///{quote(name)}" if connection.vendor == "sqlite" else _beside(name)}


@contextmanager
def an_empty_database(folder: Path) -> Iterator[dict[str, str]]:
    """The address of a database without a table, of the kind that this run tests."""
    import psycopg
    from django.db import connection

    name = f"empty_{secrets.token_hex(4)}"
    if connection.vendor == "sqlite":
        yield {"DATABASE_URL": f"sqlite:///{quote(str(folder / name))}.sqlite3"}
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as maker:
        maker.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield {"DATABASE_URL": _beside(name)}
        finally:
            maker.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _beside(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(verify=NO_CERTIFICATES) as client:
        while time.monotonic() < deadline:
            assert server.process.poll() is None, f"the server did not start:\n{server.said()}"
            with suppress(httpx.TransportError):
                if client.get(f"{server.address}/readyz").status_code == 200:
                    return
            time.sleep(0.05)
    raise AssertionError(f"the server was not ready in {PATIENCE} seconds:\n{server.said()}")
