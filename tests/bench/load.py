"""wrk and pgbench, and what they said."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Measured:
    """Requests a second, and latencies in milliseconds. `failed` counts answers other than 2xx and 3xx."""

    rate: float
    p50: float
    p90: float
    p99: float
    failed: int


def wrk(
    address: str, seconds: int, *, connections: int = 32, script: str = "", arguments: tuple[str, ...] = ()
) -> Measured:
    return heard(started(address, seconds=seconds, connections=connections, script=script, arguments=arguments))


def started(
    address: str, *, seconds: int, connections: int, script: str = "", arguments: tuple[str, ...] = ()
) -> "subprocess.Popen[str]":
    """wrk at work, for `heard`."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += ["-s", str(HERE / script)] if script else []
    command += [address, *(["--", *arguments] if arguments else [])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def heard(at_work: "subprocess.Popen[str]") -> Measured:
    told, complained = at_work.communicate()
    if at_work.returncode:
        raise SystemExit(f"wrk: {complained.strip() or told.strip()}")
    return Measured(
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", told)),
        p50=_milliseconds(_found(r"(?m)^\s+50%\s+(\S+)", told)),
        p90=_milliseconds(_found(r"(?m)^\s+90%\s+(\S+)", told)),
        p99=_milliseconds(_found(r"(?m)^\s+99%\s+(\S+)", told)),
        failed=int(_found(r"Non-2xx or 3xx responses: (\d+)", told, otherwise="0")),
    )


def pgbench(program: str, url: str, seconds: int, *, clients: int = 32) -> Measured:
    """pgbench's own one transaction per vote: a ballot and a counter, prepared statements, in C."""
    command = [program, "-n", "-M", "prepared", "-c", str(clients), "-j1", "-T", str(seconds), "-r"]
    told = subprocess.run([*command, "-f", str(HERE / "vote.sql"), url], capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(f"pgbench: {told.stderr.strip()}")
    mean = float(_found(r"latency average = ([\d.]+) ms", told.stdout))
    # It tells the average alone.
    return Measured(float(_found(r"tps = ([\d.]+)", told.stdout)), mean, float("nan"), float("nan"), 0)


def _found(pattern: str, text: str, otherwise: str = "") -> str:
    found = re.search(pattern, text)
    if not found and not otherwise:
        raise SystemExit(f"this answer was not expected:\n{text}")
    return found.group(1) if found else otherwise


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * UNITS[unit]
