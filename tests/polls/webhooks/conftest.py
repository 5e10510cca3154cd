"""Whose webhooks are told, and one that hears of everything."""

import pytest
from django.contrib.auth.models import User

from polls.models import Webhook
from tests.desk import an_editor
from tests.receivers import a_webhook


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


@pytest.fixture
def webhook(olive: User) -> Webhook:
    return a_webhook(olive)
