"""Live results under load: many open streams on one process, and how long a ballot takes to every screen.

Viewers and voters are two processes beside the server; the clock that they read is the machine's.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from tests.bench.servers import Server

ROOT = Path(__file__).resolve().parents[2]
VOTES = re.compile(rb'data-part="votes">([\d,]+) vote')
VOTERS = 50
MOST_SAMPLED = 200
"""Of so many viewers each event is written down; all read them."""


@dataclass(frozen=True)
class Measured:
    """Seconds from a ballot's sending to a screen; MB more than before the streams; events that all viewers got."""

    streams: int
    ballots: float
    p50: float
    p95: float
    p99: float
    memory: float
    threads: int
    events: int


def measure(server: Server, file: Path, *, streams: int, rate: int, seconds: int, folder: Path) -> Measured:
    """Open streams on the poll that `file` has ballots for, and cast `rate` of these a second."""
    memory, seen, cast = server.memory(), folder / "seen.json", folder / "cast.json"
    command = [sys.executable, "-m", "tests.bench.live"]
    watch, pipe = [*command, "watch", server.address, str(streams), str(seen)], subprocess.PIPE
    with subprocess.Popen(watch, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as watching:
        assert watching.stdout
        if watching.stdout.readline().strip() != "ready":
            raise SystemExit("the streams could not be opened")
        more, threads = server.memory() - memory, server.process.num_threads()
        vote = [*command, "vote", server.address, str(rate), str(seconds), str(file), str(cast)]
        subprocess.run(vote, cwd=ROOT, check=True)
        more = max(more, server.memory() - memory)
        watching.communicate("enough\n")
    told, sent = json.loads(seen.read_text()), sorted(json.loads(cast.read_text()))
    waits = _waits(told["sampled"], sent)
    cuts = quantiles(waits, n=100)
    rated = len(sent) / (sent[-1] - sent[0])
    return Measured(streams, rated, cuts[49], cuts[94], cuts[98], more, threads, told["events"])


def _waits(sampled: list[list[tuple[float, int]]], sent: list[float]) -> list[float]:
    """For each sampled viewer and each ballot the seconds from its sending to the first event that counts it."""
    waits = []
    for events in sampled:
        shown = base = events[0][1]
        for at, votes in events[1:]:
            waits += [at - sent[number] for number in range(shown - base, min(votes - base, len(sent)))]
            shown = votes
        if shown - base < len(sent):
            raise SystemExit(f"a viewer saw {shown - base} of {len(sent)} ballots")
    return waits


class Viewer(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self._request, self._rest = request, b""
        self.events: list[tuple[float, int]] = []
        self.begun = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        *events, self._rest = (self._rest + data).split(b"\n\n")
        for event in events:
            if found := VOTES.search(event):
                self.events.append((time.monotonic(), int(found.group(1).replace(b",", b""))))
                self.begun.set()


async def _watch(address: str, streams: int) -> str:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    request = f"GET /live/bench-0 HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n".encode()
    loop, viewers = asyncio.get_running_loop(), []
    for number in range(streams):
        _, viewer = await loop.create_connection(lambda: Viewer(request), host, port)
        viewers.append(viewer)
        if number % 50 == 0:
            await asyncio.sleep(0.02)
    for viewer in viewers:
        await viewer.begun.wait()
    await asyncio.sleep(1)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await asyncio.sleep(3)
    sampled = [viewer.events for viewer in viewers[:: max(1, streams // MOST_SAMPLED)]]
    return json.dumps({"sampled": sampled, "events": sum(len(viewer.events) for viewer in viewers)})


async def _vote(address: str, rate: int, letters: list[str]) -> str:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    begun, sent = time.monotonic() + 0.2, []

    async def voter(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for place in range(number, len(letters), VOTERS):
            path, body = letters[place].split("\t")
            await asyncio.sleep(max(0, begun + place / rate - time.monotonic()))
            head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nHX-Request: true\r\nContent-Length: {len(body)}\r\n"
            sent.append(time.monotonic())
            writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
            assert length
            await reader.readexactly(int(length.group(1)))
            if b" 200 " not in answer.split(b"\r\n")[0]:
                raise SystemExit(answer.decode())

    await asyncio.gather(*(voter(number) for number in range(VOTERS)))
    return json.dumps(sent)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["watch", address, streams, into]:
            Path(into).write_text(asyncio.run(_watch(address, int(streams))))
        case ["vote", address, rate, seconds, file, into]:
            letters = Path(file).read_text().splitlines()[: int(rate) * int(seconds)]
            Path(into).write_text(asyncio.run(_vote(address, int(rate), letters)))
