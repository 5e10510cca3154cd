"""Measurements, round by round."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.facts import Host
from tests.bench.load import Measured
from tests.bench.ratios import Rows
from tests.bench.servers import Server

WARMING = 1
"""Seconds that don't count before each measurement: whoever is asked for the first time still makes room and plans."""
TO_BE_TOLD = 0.05
"""A share of the processors that the host gave to others, above which times are no longer ours."""


@dataclass
class Bench:
    seconds: int
    rounds: int
    folder: Path
    only: str
    rows: Rows = field(default_factory=dict)

    def wants(self, name: str) -> bool:
        return not self.only or any(word in name for word in self.only.split(","))

    @property
    def wants_rates(self) -> bool:
        """Whether anything but what `tests.bench.stored` measures is wanted: it takes minutes to prepare."""
        return not all(word.startswith("stored") for word in self.only.split(","))

    def note(self, name: str, measure: Callable[[int], Measured], server: Server | None = None) -> None:
        """Measure for so many seconds, when it is warm, and note what the server needed for it."""
        if not self.wants(name):
            return
        measure(WARMING)
        before, host = server.processor() if server else 0.0, Host()
        row: dict[str, Any] = asdict(measure(self.seconds))
        row["taken"] = host.taken()
        if server:
            row |= {"memory": server.memory(), "processor": (server.processor() - before) / self.seconds}
        self.add(name, row)
        needed = f"  {row['memory']:5.0f} MB  {row['processor']:.0%} of a processor" if server else ""
        failed = f"  {row['failed']} FAILED" if row["failed"] else ""
        times = f"p50 {row['p50']:7.2f}  p90 {row['p90']:7.2f}  p99 {row['p99']:7.2f} ms"
        taken = f"  ({row['taken']:.0%} taken by the host)" if row["taken"] >= TO_BE_TOLD else ""
        print(f"{name:<58} {row['rate']:>9,.0f}/s  {times}{needed}{failed}{taken}", flush=True)

    def add(self, name: str, row: dict[str, Any]) -> None:
        self.rows.setdefault(name, []).append(row)
