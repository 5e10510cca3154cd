"""What the tests of the guard share."""

import pytest

from tests.guarded import House
from ui import guard


@pytest.fixture
def inner(monkeypatch: pytest.MonkeyPatch) -> House:
    """What stands behind a guard. Who is refused is not listened to for long."""
    monkeypatch.setattr(guard, "LINGER", 0.1)
    return House()
