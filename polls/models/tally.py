from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.models.question import Question


class Tally(models.Model):
    """How many ballots a poll has, and a version that moves with every change of what is counted."""

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="tally")
    ballots = models.PositiveIntegerField(_("ballots"), default=0)
    version = models.PositiveBigIntegerField(default=0)
    set_aside = models.PositiveIntegerField(_("set aside"), default=0)
    """Ballots in quarantine, which are not among `ballots`."""
    released = models.PositiveIntegerField(default=0)
    """Of a secret poll that is open: how many ballots the counts that are shown stand for."""

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(ballots__gte=0), name="tally_ballots_not_negative")]

    def __str__(self) -> str:
        return f"{self.ballots}"


class Counter(models.Model):
    """How often something was said to a question.

    `said` is a choice id ("12"), a grade ("7"), a grade of a choice ("12:5"), a whole ranking ("7>9=8>3"),
    or "" for the number of ballots that answer the question at all: see `polls.kinds`.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="counters", db_index=False)
    said = models.CharField(max_length=1000)
    count = models.PositiveIntegerField()
    released = models.PositiveIntegerField(default=0, db_default=0)
    """Of a secret poll that is open: the count that is shown."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["question", "said"], name="one_counter_per_thing_said"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="counter_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.said}: {self.count}"
