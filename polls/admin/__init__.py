"""The desk: what editors see of the town hall. Thin doors to `polls.lifecycle`, `polls.edits` and `polls.copies`."""

from polls.admin.accounts import GroupDesk, UserDesk
from polls.admin.poll import PollDesk
from polls.admin.themes import ThemeDesk
from polls.admin.tokens import TokenDesk
from polls.admin.webhooks import WebhookDesk

__all__ = ["GroupDesk", "PollDesk", "ThemeDesk", "TokenDesk", "UserDesk", "WebhookDesk"]
