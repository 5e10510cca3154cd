"""Solves a challenge as a browser does."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any


def solved(challenge: Mapping[str, Any], /, **changes: Any) -> str:
    """The payload for a challenge; `changes` falsify it."""
    number = next(
        number
        for number in range(challenge["maxnumber"] + 1)
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]
    )
    told = {key: challenge[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(told | changes).encode()).decode()
