"""Who sits at the desk."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.desk import an_editor, at_desk


@pytest.fixture
def olive(house: None) -> User:
    """An editor of her own polls."""
    return an_editor("olive")


@pytest.fixture
def desk(olive: User) -> Client:
    """The desk as Olive has it open."""
    return at_desk(olive)
