"""What the benchmark fills a database with is what votes would have left there."""

import pytest
from django.db import connection

from polls import audit
from polls.models import Ballot, Poll, Tally
from tests.bench import filling
from tests.bench.filling import Stock
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def _constraints() -> dict[str, object]:
    with connection.cursor() as cursor:
        tables = ("polls_ballot", "polls_mark")
        return {table: sorted(connection.introspection.get_constraints(cursor, table)) for table in tables}


def test_what_is_filled_in_agrees_and_can_be_voted_in_and_added_to() -> None:
    before = _constraints()
    filling.fill(Stock(polls=20, ballots=210, large=50, exports=(5, 35)), alone=True)
    assert audit.differences() == []
    assert (Poll.objects.count(), Ballot.objects.count()) == (22, 210)
    assert [Tally.objects.get(poll__slug=f"stored-{name}").ballots for name in ("0", "11", "export-1")] == [50, 8, 35]
    a_ballot(Poll.objects.get(slug="stored-11"), 3)
    filling.fill(Stock(polls=30, ballots=330, large=50))
    assert audit.differences() == []
    assert (Poll.objects.count(), Ballot.objects.count()) == (32, 307)
    connection.check_constraints()
    assert _constraints() == before
