from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from polls.models.constraints import BelongsTo
from polls.models.poll import Poll
from polls.models.question import Choice, Question
from polls.terms import Door


class Ballot(models.Model):
    """All that one voter said in one poll. Written by `polls.ballots` alone; everything counted derives from it."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="ballots", db_index=False)
    voter_key = models.CharField(max_length=43)
    """The keyed hash that stands for the voter in this poll, base64url of 32 bytes."""
    nonce = models.CharField(max_length=43)
    """The paper's nonce: the same paper again is the same try."""
    answers = models.CharField(max_length=43)
    """A digest of the marks: tells a retry (the same answers) from a second vote on a used paper."""
    network_key = models.CharField(max_length=43, null=True)  # noqa: DJ001 -- NULLs are never equal: many without one
    network_slot = models.PositiveIntegerField(null=True)
    """Which of the votes allowed to this network it is, from 1."""
    door = models.CharField(max_length=8, choices=Door)
    receipt = models.CharField(max_length=16, null=True)  # noqa: DJ001 -- only where a poll publishes its ballots
    """By this a voter finds the ballot in the published list. Never beside the voter key in any output."""
    withdrawn_at = models.DateTimeField(null=True)
    """Taken back by its voter: it has no marks any more, and keeps the paper from being counted again."""
    set_aside_at = models.DateTimeField(null=True)
    """In quarantine: not counted until an editor lets it in again."""
    set_aside_for = models.CharField(max_length=20, blank=True, db_default="")
    cast_at = models.DateTimeField(_("cast"), db_default=Now())

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["poll"], condition=Q(set_aside_at__isnull=False), name="ballot_set_aside")]
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter_key"], name="one_ballot_per_voter"),
            models.UniqueConstraint(fields=["poll", "nonce"], name="one_ballot_per_paper"),
            # Most ballots have neither, and then pay for no entry in an index.
            models.UniqueConstraint(
                fields=["poll", "network_key", "network_slot"],
                condition=Q(network_key__isnull=False),
                name="one_ballot_per_network_slot",
            ),
            models.UniqueConstraint(
                fields=["poll", "receipt"], condition=Q(receipt__isnull=False), name="one_ballot_per_receipt"
            ),
            models.CheckConstraint(condition=~Q(voter_key=""), name="ballot_has_a_voter_key"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="ballot_door_known"),
            models.CheckConstraint(
                condition=Q(network_key=None, network_slot=None)
                | Q(network_key__isnull=False, network_slot__isnull=False, network_slot__gte=1),
                name="ballot_network_slot_goes_with_its_key",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Mark(models.Model):
    """One line of a ballot: a choice, a choice with a rank or a score, or a text."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="marks", db_index=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="marks", db_constraint=False, db_index=False)
    choice = models.ForeignKey(
        Choice, models.PROTECT, null=True, related_name="marks", db_constraint=False, db_index=False
    )
    rank = models.PositiveSmallIntegerField(null=True)
    tied = models.BooleanField(default=False)
    """This rank is shared with another choice, where the question allows that."""
    score = models.SmallIntegerField(null=True)
    text = models.TextField(null=True)  # noqa: DJ001 -- no text is not an empty text
    written = models.BooleanField(default=False)
    """A write-in: `text` names a choice of the voter's own. An editor who merges it into a choice sets `choice`."""
    doubled = models.BooleanField(db_default=False)
    """A write-in merged into a choice that its voter had marked as well: told apart again, that mark comes back."""
    read_as = models.TextField(null=True)  # noqa: DJ001 -- not merged is not merged into nothing
    """A write-in merged into another: the words of that one."""
    shown_at = models.DateTimeField(null=True)
    """When an editor let this text be shown."""
    hidden_at = models.DateTimeField(null=True)
    """When an editor read this text and kept it from sight. Neither shown nor hidden, it waits to be read."""

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["question", "choice"], name="mark_choice"),
            models.Index(
                fields=["question", "-shown_at", "-id"], condition=Q(shown_at__isnull=False), name="mark_text_shown"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "question", "choice"], name="choice_once_on_a_ballot"),
            models.UniqueConstraint(
                fields=["ballot", "question", "rank"],
                condition=Q(rank__isnull=False, tied=False),
                name="rank_once_on_a_ballot",
            ),
            models.UniqueConstraint(
                fields=["ballot", "question"], condition=Q(choice=None), name="one_mark_without_a_choice"
            ),
            models.CheckConstraint(condition=Q(rank=None) | Q(rank__gte=1), name="mark_rank_from_one"),
            models.CheckConstraint(
                condition=Q(choice__isnull=False) | Q(score__isnull=False) | Q(text__isnull=False),
                name="mark_says_something",
            ),
            models.CheckConstraint(
                condition=Q(rank=None) | Q(choice__isnull=False, score=None), name="mark_rank_is_of_a_choice"
            ),
            BelongsTo(
                fields=["question", "choice"],
                table="polls_choice",
                columns=["question_id", "id"],
                name="mark_choice_belongs_to_its_question",
            ),
            BelongsTo(fields=["question"], table="polls_question", columns=["id"], name="mark_question_exists"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.choice_id or self.text or self.score}"
