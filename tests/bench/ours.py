"""Pollstead as its container serves it, with all its rules on: paper, identity, throttle, one ballot per browser."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from itertools import count
from pathlib import Path

import httpx

from tests.bench import ballots, live, load, servers
from tests.bench.ballots import Sort
from tests.bench.load import Measured
from tests.bench.rounds import WARMING, Bench
from tests.bench.servers import Server

SECRET = {"SECRET_KEY": "a key for the benchmark alone, long enough", "TRUSTED_PROXIES": "127.0.0.1"}
FASTEST = 8000
"""Votes a second that there are ballots for."""
POLLS = 1000
HOT = "votes on one hot poll"
IN_TURN, TURNS = "votes on one hot poll, in turn", 5
"""One process and two are nearer to each other than a machine is to itself some seconds ago."""
MANY = 128
"""Connections: with them two processes have batches as large as one has with the usual 32."""
STREAMS, BALLOTS = 2000, 500
"""Of live results: how many watch, and how many ballots a second come in meanwhile."""
LOOKS: dict[str, tuple[str, str]] = {
    "form fragment GET": ("/p/bench-0/", "fragment"),
    "poll page GET": ("/p/bench-0/", "page"),
    "frame GET": ("/embed/bench-0/", "page"),
    "results fragment GET": ("/p/bench-0/results/", "fragment"),
    "poll by the API GET": ("/api/v1/polls/bench-0", "page"),
    "results by the API GET": ("/api/v1/polls/bench-0/results", "page"),
    "loader GET": ("/embed.js", "page"),
}
"""The answer, and whether htmx asks for it. Forms and polls by the API come with a fresh paper each."""


class Ours:
    """On one database; with two workers only where that is to be seen."""

    def __init__(self, bench: Bench, database: str, url: str, stack: ExitStack) -> None:
        self._database, self._stack = database, stack
        self._environment = SECRET | {"DATABASE_URL": url, "DATA_DIR": str(bench.folder / database)}
        self._letters = self._prepared(bench)
        self._server = self._started()
        self._pair = self._started(WEB_CONCURRENCY="2") if url else None

    def measure(self, bench: Bench, number: int) -> None:
        """What is held against each other comes one after the other: a machine changes its pace within minutes."""
        self._start_up(bench)
        self._looks(bench)
        letters = {name: parts[number] for name, parts in self._letters.items()}
        for name in (HOT, "votes on 1,000 polls", "votes by the API"):
            if name == "votes on 1,000 polls" and number == 0 and bench.wants(name):
                self._look_at_all()
            self._vote(bench, name, letters[name])
            if name == HOT and self._pair:
                self._two_beside_one(bench, letters, self._pair)
        self._vote(bench, "votes at 200 a second", letters["votes at 200 a second"], connections=20, rest=97)
        self._both(bench, letters["votes while results are looked at"])

    def _two_beside_one(self, bench: Bench, letters: dict[str, Path], pair: Server) -> None:
        for turn in range(TURNS):
            for server in (self._server, pair):
                self._vote(bench, IN_TURN, letters[_turn(turn, server is pair)], server=server)
        busy = f"{HOT}, {MANY} connections"
        self._vote(bench, busy, letters[busy], connections=MANY)
        self._vote(bench, busy, letters[f"{busy}, 2 workers"], connections=MANY, server=pair)

    def watch(self, bench: Bench) -> None:
        """Live results, once and at the end: a server that has done nothing yet shows what streams cost in memory."""
        name = f"live: ballot to screen, {STREAMS:,} streams, {BALLOTS}/s, {self._database}"
        if not bench.wants(name):
            return
        file, seconds = bench.folder / f"live-{self._database}", 2 * bench.seconds
        ballots.prepare(Sort(1, BALLOTS * seconds, str(file)), environment=self._environment)
        server = self._started()
        load.wrk(f"{server.address}/p/bench-0/results/", WARMING)
        found = live.measure(server, file, streams=STREAMS, rate=BALLOTS, seconds=seconds, folder=bench.folder)
        bench.add(name, asdict(found))
        times = f"p50 {found.p50:7.2f}  p95 {found.p95:7.2f}  p99 {found.p99:7.2f} s "
        needed = f"{found.memory:+6.0f} MB  {found.threads} threads"
        print(f"{name:<58} {found.ballots:>9,.0f}/s  {times}{needed}", flush=True)

    def _started(self, **environment: str) -> Server:
        there = self._environment | environment
        return self._stack.enter_context(servers.running(servers.ours(), path="/readyz", environment=there))

    def _prepared(self, bench: Bench) -> dict[str, list[Path]]:
        """Of each sort of vote the ballots for each round."""
        enough = FASTEST * (WARMING + bench.seconds) * bench.rounds
        numbers: dict[str, tuple[int, int, str]] = {
            HOT: (1, enough, "page"),
            "votes on 1,000 polls": (POLLS, enough, "page"),
            "votes by the API": (1, enough, "api"),
            "votes at 200 a second": (1, (FASTEST * WARMING + 400 * bench.seconds) * bench.rounds, "page"),
            "votes while results are looked at": (1, enough, "page"),
        }
        if self._environment["DATABASE_URL"]:
            busy = f"{HOT}, {MANY} connections"
            turns = [_turn(turn, pair) for turn in range(TURNS) for pair in (False, True)]
            numbers |= dict.fromkeys((*turns, busy, f"{busy}, 2 workers"), (1, enough, "page"))
        files = {name: bench.folder / f"{self._database}-{place}" for place, name in enumerate(numbers)}
        sorts = [Sort(polls, number, str(files[name]), door) for name, (polls, number, door) in numbers.items()]
        ballots.prepare(*sorts, environment=self._environment)
        return {name: ballots.rounds(file, bench.rounds) for name, file in files.items()}

    def _start_up(self, bench: Bench) -> None:
        name = f"start-up, {self._database}"
        if not bench.wants(name):
            return
        with servers.running(servers.ours(), path="/readyz", environment=self._environment) as server:
            bench.add(name, {"seconds": server.seconds, "memory": server.memory()})
            print(f"{name:<58} {server.seconds:9.2f} s  {server.memory():5.0f} MB", flush=True)

    def _looks(self, bench: Bench) -> None:
        for name in LOOKS:
            self._look(bench, name, name, self._server)
            if self._pair and name == "form fragment GET":
                self._look(bench, name, name, self._pair)
        address, _how = LOOKS["results fragment GET"]
        answer = httpx.get(f"{self._server.address}{address}", headers={"HX-Request": "true"})
        known = ("fragment", answer.headers["etag"])
        self._ask(bench, "results fragment GET, 304", address, known, self._server)

    def _look_at_all(self) -> None:
        """Who votes has looked at the form before."""
        with httpx.Client(base_url=self._server.address) as client:
            for poll in range(POLLS):
                client.get(f"/p/bench-{poll}/", headers={"HX-Request": "true"})

    def _look(self, bench: Bench, name: str, look: str, server: Server) -> None:
        address, how = LOOKS[look]
        self._ask(bench, name, address, (how,), server)

    def _ask(self, bench: Bench, name: str, address: str, how: tuple[str, ...], server: Server) -> None:
        look = partial(load.wrk, f"{server.address}{address}", script="look.lua", arguments=how)
        bench.note(self._named(name, server), look, server)

    def _vote(
        self,
        bench: Bench,
        name: str,
        letters: Path,
        *,
        server: Server | None = None,
        connections: int = 32,
        rest: int = 0,
    ) -> None:
        asked, first = server or self._server, count(0, FASTEST * WARMING)

        def vote(seconds: int) -> Measured:
            # A paper is good for one vote: what was sent while warming up is not sent again.
            told = (str(letters), str(rest), str(next(first)))
            return load.wrk(asked.address, seconds, connections=connections, script="vote.lua", arguments=told)

        bench.note(self._named(name, asked), vote, asked)

    def _both(self, bench: Bench, letters: Path) -> None:
        """Results are looked at while votes arrive as fast as they are taken."""
        name = self._named("results fragment GET while votes arrive")
        if not bench.wants(name):
            return
        voting = load.started(
            self._server.address,
            seconds=WARMING + bench.seconds + 1,
            connections=16,
            script="vote.lua",
            arguments=(str(letters), "0"),
        )
        self._look(bench, "results fragment GET while votes arrive", "results fragment GET", self._server)
        cast = load.heard(voting)
        bench.note(self._named("votes while results are looked at"), lambda _seconds: cast)

    def _named(self, name: str, server: Server | None = None) -> str:
        return f"{name}, {self._database}" + (", 2 workers" if server and server is self._pair else "")


def _turn(number: int, pair: bool) -> str:
    return f"{IN_TURN}, {number}, {'2 workers' if pair else '1 worker'}"
