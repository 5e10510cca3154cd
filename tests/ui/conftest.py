"""An editor, and what stands behind a guard."""

import pytest
from django.contrib.auth.models import User

from tests.desk import an_editor
from tests.guarded import House
from ui import guard


@pytest.fixture
def inner(monkeypatch: pytest.MonkeyPatch) -> House:
    """What stands behind a guard. Who is refused is not listened to for long."""
    monkeypatch.setattr(guard, "LINGER", 0.1)
    return House()


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")
