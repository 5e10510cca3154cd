"""What the figures mean: ratios within one run, and one run beside another."""

import json
from pathlib import Path
from statistics import median
from typing import Any

type Rows = dict[str, list[dict[str, Any]]]
"""For each measurement its figures, round by round."""

TUTORIAL_VOTE, TUTORIAL_LOOK = "tutorial's F()+1 vote, gunicorn+gevent", "tutorial's detail view, gunicorn+gevent"
BARE, PGBENCH = "bare ASGI function, GET", "pgbench, one transaction per vote"

PAIRS: dict[str, tuple[str, str, str]] = {
    "votes, PostgreSQL : tutorial on gunicorn+gevent": ("votes on one hot poll, PostgreSQL", TUTORIAL_VOTE, ">= 4"),
    "votes, PostgreSQL : tutorial on gunicorn+gevent, 2 workers": (
        "votes on one hot poll, PostgreSQL",
        f"{TUTORIAL_VOTE}, 2 workers",
        "",
    ),
    "votes, PostgreSQL : pgbench, one transaction per vote": (
        "votes on one hot poll, PostgreSQL",
        PGBENCH,
        ">= 0.8",
    ),
    "votes, SQLite : tutorial on gunicorn+gevent": ("votes on one hot poll, SQLite", TUTORIAL_VOTE, ">= 4"),
    "votes, PostgreSQL : 1,000 polls : one hot poll": (
        "votes on 1,000 polls, PostgreSQL",
        "votes on one hot poll, PostgreSQL",
        "",
    ),
    "votes, PostgreSQL : two workers : one": (
        "votes on one hot poll, in turn, PostgreSQL, 2 workers",
        "votes on one hot poll, in turn, PostgreSQL",
        ">= 1",
    ),
    "votes, PostgreSQL, 128 connections : two workers : one": (
        "votes on one hot poll, 128 connections, PostgreSQL, 2 workers",
        "votes on one hot poll, 128 connections, PostgreSQL",
        ">= 1",
    ),
    "form fragment, fresh paper : bare ASGI function": ("form fragment GET, PostgreSQL", BARE, ">= 0.5"),
    "form fragment, fresh paper : tutorial's detail view": ("form fragment GET, PostgreSQL", TUTORIAL_LOOK, ">= 20"),
    "results fragment : bare ASGI function": ("results fragment GET, PostgreSQL", BARE, ""),
    "results fragment, 304 : form fragment": (
        "results fragment GET, 304, PostgreSQL",
        "form fragment GET, PostgreSQL",
        ">= 1",
    ),
    "form fragment : two workers : one": (
        "form fragment GET, PostgreSQL, 2 workers",
        "form fragment GET, PostgreSQL",
        ">= 1",
    ),
}
"""What is beside what, and the bar that this product sets itself. Both sides were measured in the same round."""

LIMITS: dict[str, tuple[str, str, str]] = {
    "99 % of votes under full load, PostgreSQL, ms": ("votes on one hot poll, PostgreSQL", "p99", "< 60"),
    "99 % of votes under full load, SQLite, ms": ("votes on one hot poll, SQLite", "p99", "< 60"),
    "99 % of votes at 200 a second, PostgreSQL, ms": ("votes at 200 a second, PostgreSQL", "p99", "< 15"),
    "99 % of votes at 200 a second, SQLite, ms": ("votes at 200 a second, SQLite", "p99", "< 15"),
    "start-up with a migrated database, s": ("start-up, PostgreSQL", "seconds", "< 1.5"),
    "memory at rest, MB": ("start-up, PostgreSQL", "memory", "< 120"),
}

STORED, GROWTH = "< 1.5", "< 10"
"""What a request may cost with much stored, beside the same with little; and MB more for an export of many ballots."""


def table(rows: Rows) -> dict[str, dict[str, Any]]:
    """Of each round its ratio, and of those the middle, the lowest and the highest."""
    found = {}
    for name, (ours, theirs, bar) in PAIRS.items():
        pairs = zip(rows.get(ours, []), rows.get(theirs, []), strict=False)
        if values := [mine["rate"] / other["rate"] for mine, other in pairs]:
            found[name] = _line(values, bar)
            efforts = [mine for mine in rows[ours] if "processor" in mine]
            others = [other for other in rows[theirs] if "processor" in other]
            if values := [_effort(mine) / _effort(other) for mine, other in zip(efforts, others, strict=False)]:
                found[f"{name}, per processor second"] = _line(values, "")
    for name, (row, figure, bar) in LIMITS.items():
        if values := [each[figure] for each in rows.get(row, [])]:
            found[name] = _line(values, bar)
    return found | _with_much_stored(rows)


def _with_much_stored(rows: Rows) -> dict[str, dict[str, Any]]:
    found = {}
    for name, those in rows.items():
        if "growth" in those[0]:
            found[f"{name}, MB more"] = _line([each["growth"] for each in those], GROWTH)
        elif "few" in those[0]:
            values = [each["p50"] / each["few"]["p50"] for each in those]
            found[f"{name} : with {those[0]['beside']}"] = _line(values, STORED)
    return found


def _effort(row: dict[str, Any]) -> float:
    """What a second of a processor answers. It hardly moves when others use the machine too."""
    return float(row["rate"] / max(row["processor"], 0.01))


def _line(values: list[float], bar: str) -> dict[str, Any]:
    return {"middle": median(values), "least": min(values), "most": max(values), "bar": bar}


def tell(table: dict[str, dict[str, Any]]) -> None:
    for name, line in table.items():
        span = f"({line['least']:.2f} to {line['most']:.2f})" if line["least"] < line["most"] else ""
        bar = f"{line['bar']}{'' if _holds(line) else '  MISSED'}" if line["bar"] else ""
        print(f"{name:<84} {line['middle']:8.2f}  {span:<18} {bar}")


def _holds(line: dict[str, Any]) -> bool:
    sign, _, number = line["bar"].partition(" ")
    middle: float = line["middle"]
    return middle < float(number) if sign == "<" else middle >= float(number)


def compare(before: Path, after: Path) -> None:
    """One kept run beside another: rates first, then ratios. On two machines only the ratios say something."""
    one, two = (json.loads(path.read_text()) for path in (before, after))
    for name in one["facts"].keys() | two["facts"].keys():
        if one["facts"].get(name) != two["facts"].get(name):
            print(f"{name}: {one['facts'].get(name)} -> {two['facts'].get(name)}")
    print(f"\n{'requests a second':<84} {'before':>9} {'after':>9}")
    for name in one["rows"]:
        rates = [[each["rate"] for each in run["rows"].get(name, []) if "rate" in each] for run in (one, two)]
        if all(rates):
            _beside(name, *(median(rate) for rate in rates), digits=0)
    print(f"\n{'ratios and limits':<84} {'before':>9} {'after':>9}")
    for name, line in one["ratios"].items():
        if name in two["ratios"]:
            _beside(name, line["middle"], two["ratios"][name]["middle"], digits=2)


def _beside(name: str, before: float, after: float, *, digits: int) -> None:
    change = f"{after / before - 1:+.0%}" if before else ""
    print(f"{name:<84} {before:>9,.{digits}f} {after:>9,.{digits}f} {change:>7}")
