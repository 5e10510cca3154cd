"""The choices of a count by their names, its numbers, and the order of its choices."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from polls import figures
from polls.counting import ChoiceId, Count
from polls.counting.ballots import Number


class Names(dict[ChoiceId, str]):
    def all(self, choices: Iterable[ChoiceId]) -> str:
        """“A, B and C”"""
        return str(get_text_list([self[choice] for choice in choices], _("and")))


def in_order(count: Count) -> list[ChoiceId]:
    """The elected first, then as the rule ranks them."""
    return list(dict.fromkeys([*count.winners, *(choice for group in count.ranking for choice in group)]))


def amount(value: Number) -> str:
    return figures.decimal(value, places=2)
