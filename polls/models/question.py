from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.terms import Kind


class Question(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SINGLE)
    text = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=1)
    maximum = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True, help_text=_("Empty: no limit."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_index=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "id"], name="question_of_poll"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="question_kind_known"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1),
                name="question_minimum_positive",
                violation_error_message=_("At least one choice; a question that may be left out is not required."),
            ),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="question_maximum_not_below_minimum",
                violation_error_message=_("“At most” can’t be smaller than “at least”."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Choice(models.Model):
    """An option. Its id is what ballots mark: it survives every edit and is never given to another option."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    text = models.CharField(_("choice"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_index=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "id"]
        constraints = [
            # What a mark refers to: a choice together with its question.
            models.UniqueConstraint(fields=["question", "id"], name="choice_of_question"),
            models.UniqueConstraint(
                fields=["question", "text"],
                name="choice_text_once_in_a_question",
                violation_error_message=_("This question already has a choice with this text."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="choice_has_a_text", violation_error_message=_("A choice needs a text.")
            ),
        ]

    def __str__(self) -> str:
        return self.text
