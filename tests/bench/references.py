"""What ours is measured beside, in the same round: the ceiling, the tutorial, and the database alone."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.bench import load, ratios, servers
from tests.bench.rounds import Bench

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = {
    "gunicorn+gevent": servers.tutorial_gunicorn(1),
    "gunicorn+gevent, 2 workers": servers.tutorial_gunicorn(2),
    "stock uvicorn": servers.tutorial_uvicorn(),
}


class References:
    def __init__(self, url: str) -> None:
        self._url, self._program = url, shutil.which("pgbench") or ""
        prepare = [sys.executable, "-m", "tests.bench.tutorial.app"]
        subprocess.run(prepare, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)
        _tables(url)

    def measure(self, bench: Bench) -> None:
        """Each server for its turn alone: together they would take all the connections that PostgreSQL has."""
        if bench.wants(ratios.BARE):
            with servers.running(servers.bare(), path="/") as server:
                bench.note(ratios.BARE, partial(load.wrk, f"{server.address}/"), server)
        for name, command in TUTORIALS.items():
            look, vote = f"tutorial's detail view, {name}", f"tutorial's F()+1 vote, {name}"
            if bench.wants(look) or bench.wants(vote):
                with servers.running(command, path="/1/", environment={"DATABASE_URL": self._url}) as server:
                    poll = f"{server.address}/1/"
                    bench.note(look, partial(load.wrk, poll), server)
                    bench.note(vote, partial(load.wrk, f"{poll}vote/", script="tutorial.lua"), server)
        bench.note(ratios.PGBENCH, partial(load.pgbench, self._program, self._url))


def _tables(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_ballot (poll int, voter bigint, choice int, UNIQUE (poll, voter))")
        connection.execute("CREATE TABLE bench_counter (choice int PRIMARY KEY, count bigint)")
        connection.execute("INSERT INTO bench_counter SELECT choice, 0 FROM generate_series(1, 4) AS choice")
