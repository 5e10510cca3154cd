"""What it costs that much is stored: the same requests to two servers, one with ten polls and one with very many.

Both are asked in turn, one request at a time, so that whatever else the machine does slows both. A list shows up to 100
polls: it is held against one of 150, of which 105 are listed, so that both have as many lines to draw.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.bench import servers
from tests.bench.filling import Stock
from tests.bench.ours import SECRET
from tests.bench.rounds import Bench
from tests.bench.servers import Server

ROOT = Path(__file__).resolve().parents[2]
SOME = Stock(polls=1_000, ballots=500_000, large=100_000, exports=(10_000, 100_000))
FULL = Stock(polls=10_000, ballots=5_000_000, large=1_000_000, exports=(10_000, 1_000_000))
STOCKS = {"none": None, "some": SOME, "full": FULL}
TEN = Stock(polls=10, ballots=80, large=10)
A_LIST = Stock(polls=150, ballots=1_200, large=10)
ROOM = 1_000
"""Bytes on disk for a ballot with all that belongs to it, and what a database needs meanwhile."""
VOTES, UNSEEN, LOOKS = 150, 5, 15
"""How often each is asked."""
QUIET = 1.0


class Asked(NamedTuple):
    path: str
    body: str = ""
    headers: Mapping[str, str] = {}


type Ask = Callable[[dict[str, Any], int], Asked]
"""What to ask of a house, by the ways into it and how often it was asked before."""


def _vote(size: str) -> Ask:
    def ask(ways: dict[str, Any], place: int) -> Asked:
        # Each voter is in a network of its own, or the throttle would be at work.
        headers = {"HX-Request": "true", "X-Forwarded-For": f"10.{len(size)}.{place // 250}.{place % 250 + 1}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return Asked(f"/p/{ways['slugs'][size]}/vote/", ways["votes"][size][place], headers)

    return ask


def _results(size: str) -> Ask:
    return lambda ways, _place: Asked(f"/p/{ways['slugs'][size]}/results/", headers={"HX-Request": "true"})


def _public(path: str) -> Ask:
    return lambda _ways, _place: Asked(path)


def _desk(path: str, size: str = "small") -> Ask:
    def ask(ways: dict[str, Any], _place: int) -> Asked:
        told = path.format(poll=ways["ids"][size], last=ways["pages"], slug=ways["slugs"][size])
        return Asked(f"/admin/{told}", headers={"Cookie": f"sessionid={ways['session']}"})

    return ask


def _first_look(ways: dict[str, Any], place: int) -> Asked:
    return Asked(f"/p/{ways['unseen'][place]}/", headers={"HX-Request": "true"})


VOTING: dict[str, Ask] = {
    "vote in a large poll": _vote("large"),
    "results of a large poll after each vote": _results("large"),
    "vote in a small poll": _vote("small"),
    "results of a small poll after each vote": _results("small"),
}
FIRST_LOOK: dict[str, Ask] = {"first look at a poll": _first_look}
AT_DESK: dict[str, Ask] = {
    "desk's page of a small poll": _desk("polls/poll/{poll}/change/"),
    "desk's page of a large poll, with results": _desk("polls/poll/{poll}/change/", "large"),
    "desk's quarantine of a large poll": _desk("polls/poll/{poll}/quarantine/", "large"),
}
LISTED: dict[str, Ask] = {
    "public list": _public("/"),
    "list by the API": _public("/api/v1/polls"),
    "desk's list of polls": _desk("polls/poll/"),
    "desk's list, its last page": _desk("polls/poll/?p={last}"),
    "desk's list of open polls": _desk("polls/poll/?phase=open"),
    "desk's search for one poll": _desk("polls/poll/?q={slug}"),
    "desk's first page": _desk(""),
}


@dataclass
class House:
    """A server, and the ways into it that `tests.bench.filling` has written down."""

    server: Server
    ways: dict[str, Any]

    def __post_init__(self) -> None:
        address = urlsplit(self.server.address)
        self._line = http.client.HTTPConnection(address.hostname or "", address.port)
        self._heard_at = 0.0

    def milliseconds(self, asked: Asked) -> float:
        if time.perf_counter() - self._heard_at > QUIET:
            # The server hangs up on who is quiet for some seconds.
            self._line.close()
            self._line.connect()
        begun = time.perf_counter()
        self._line.request("POST" if asked.body else "GET", asked.path, asked.body or None, dict(asked.headers))
        answer = self._line.getresponse()
        answer.read()
        self._heard_at = time.perf_counter()
        took = self._heard_at - begun
        if answer.status != 200:
            raise SystemExit(f"{asked.path} answered {answer.status}")
        return took * 1000


class Stored:
    """On one database."""

    def __init__(self, bench: Bench, database: str, url: str, stock: Stock) -> None:
        self._bench, self._database, self._url, self._stock = bench, database, url, stock

    def measure(self) -> None:
        exports = {file_format: self._exporting(file_format) for file_format in ("csv", "json")}
        names = [*VOTING, *FIRST_LOOK, *AT_DESK, *LISTED, *exports.values()]
        if not any(self._bench.wants(self._named(name)) for name in names):
            return
        _check_room(self._bench.folder, self._stock)
        with self._filled("few", TEN) as few, self._filled("many", self._stock) as many:
            with self._house(few) as ten, self._house(many) as lots:
                self._compare(ten, lots, beside="ten polls", asks=VOTING, number=VOTES)
                self._compare(ten, lots, beside="ten polls", asks=FIRST_LOOK, number=UNSEEN)
                self._compare(ten, lots, beside="ten polls", asks=AT_DESK, number=LOOKS)
                few.fill(A_LIST)
                ten.ways = few.ways
                self._compare(ten, lots, beside="150 polls", asks=LISTED, number=LOOKS)
            for file_format, name in exports.items():
                if self._bench.wants(self._named(name)):
                    self._export(self._named(name), many, file_format)

    def _named(self, name: str) -> str:
        return f"stored: {name}, {self._database}"

    @contextmanager
    def _filled(self, name: str, stock: Stock) -> Iterator["Place"]:
        folder = self._bench.folder / f"{self._database}-{name}"
        folder.mkdir()
        with _a_database(self._url, name) as url:
            place = Place(folder, SECRET | {"DATABASE_URL": url, "DATA_DIR": str(folder)})
            begun = time.perf_counter()
            place.fill(stock)
            if stock.ballots >= self._stock.ballots:
                took = time.perf_counter() - begun
                filled = f"{stock.polls:,} polls and {stock.ballots:,} ballots filled into {self._database}"
                more = "" if stock == FULL else "; STORED=full takes ten times as many"
                print(f"{filled} in {took:.0f} s{more}", flush=True)
            yield place
        shutil.rmtree(folder)

    @contextmanager
    def _house(self, place: "Place") -> Iterator[House]:
        with servers.running(servers.ours(), path="/readyz", environment=place.environment) as server:
            yield House(server, place.ways)

    def _compare(self, few: House, many: House, *, beside: str, asks: Mapping[str, Ask], number: int) -> None:
        wanted = {name: ask for name, ask in asks.items() if self._bench.wants(self._named(name))}
        times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in wanted}
        for place in range(number):
            for which in (0, 1) if place % 2 else (1, 0):
                house = (few, many)[which]
                for name, ask in wanted.items():
                    times[name][which].append(house.milliseconds(ask(house.ways, place)))
        for name, (ours, theirs) in times.items():
            self._note(name, _percentiles(theirs) | {"beside": beside, "few": _percentiles(ours)})

    def _note(self, name: str, row: dict[str, Any]) -> None:
        named = self._named(name)
        self._bench.add(named, row)
        few = row["few"]
        times = f"p50 {row['p50']:7.2f}  p90 {row['p90']:7.2f} ms"
        print(f"{named:<66} {times}  with {row['beside']} {few['p50']:7.2f}  {few['p90']:7.2f} ms", flush=True)

    def _exporting(self, file_format: str) -> str:
        return f"export of {self._stock.exports[1]:,} ballots, {file_format.upper()}"

    def _export(self, name: str, place: "Place", file_format: str) -> None:
        small, large = self._stock.exports
        little = _exported(place, "stored-export-0", file_format)
        much = _exported(place, "stored-export-1", file_format)
        much |= {"rate": large / much["seconds"], "growth": much["memory"] - little["memory"], "few": little}
        self._bench.add(name, much)
        times = f"{much['seconds']:.1f} s  {much['words']} words on the way"
        memory = f"{much['memory']:.0f} MB, {much['growth']:+.1f} MB for {large // small} times as many"
        print(f"{name:<66} {much['rate']:>9,.0f}/s  {times}  {memory}", flush=True)


@dataclass
class Place:
    """A database, and what a process has to know to be at home in it."""

    folder: Path
    environment: dict[str, str]
    ways: dict[str, Any] = None  # type: ignore[assignment]  # written by `fill`

    def fill(self, stock: Stock) -> None:
        into = self.folder / "ways.json"
        there: Any = {"cwd": ROOT, "env": os.environ | self.environment, "check": True}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **there)
        told = json.dumps([*astuple(stock), VOTES, str(into)])
        subprocess.run([sys.executable, "-m", "tests.bench.filling", told], **there)
        self.ways = json.loads(into.read_text())


@contextmanager
def _a_database(url: str, name: str) -> Iterator[str]:
    """The address of a new database beside the one at `url`; of none, where SQLite makes its file by itself."""
    if not url:
        yield ""
        return
    import psycopg

    named = f"pollstead_bench_{name}"
    with psycopg.connect(url, autocommit=True) as maker:
        maker.execute(f"CREATE DATABASE {named}".encode())
        try:
            yield urlsplit(url)._replace(path=f"/{named}").geturl()
        finally:
            maker.execute(f"DROP DATABASE {named} WITH (FORCE)".encode())


def _exported(place: Place, slug: str, file_format: str) -> dict[str, Any]:
    """Seconds, the highest memory of the process in MB, and how often it said how far it was."""
    command = [sys.executable, "manage.py", "export_ballots", slug, "--format", file_format]
    progress = place.folder / "progress"
    begun = time.perf_counter()
    with progress.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | place.environment, stdout=subprocess.PIPE, stderr=said
        )
        assert process.stdout
        with process.stdout as file:
            while file.read(65536):
                pass
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {progress.read_text()}")
    # Linux counts in KiB, macOS in bytes.
    peak = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)
    words = len(progress.read_text().splitlines())
    return {"seconds": time.perf_counter() - begun, "memory": peak, "words": words}


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50": median(times), "p90": quantiles(times, n=10)[8]}


def _check_room(folder: Path, stock: Stock) -> None:
    """Say now, and not after minutes, that the disk is too small."""
    needed = stock.ballots * ROOM
    if shutil.disk_usage(folder).free < needed:
        raise SystemExit(
            f"{stock.ballots:,} ballots need {needed / 1e9:.0f} GB in {folder.parent}; TMPDIR names another place"
        )
