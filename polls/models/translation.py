from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.constraints import BelongsTo
from polls.models.poll import Poll
from polls.models.question import Choice, Question
from polls.terms import Part

OF_POLL = (Part.TITLE, Part.INTRO)
OF_QUESTION = (Part.TEXT, Part.HINT, Part.LOW_LABEL, Part.HIGH_LABEL, Part.EXPLANATION)
OF_CHOICE = (Part.TEXT, Part.PICTURE_ALT)


class Translation(models.Model):
    """One text of a poll in one more language. What it translates stays: ids, counts, and the language of the poll.

    With neither question nor choice it is of the poll itself. No row means: not translated yet.
    """

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=20)
    """A code as Django writes them: small letters and hyphens."""
    question = models.ForeignKey(
        Question, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    choice = models.ForeignKey(Choice, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    part = models.CharField(max_length=12, choices=Part)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "language", "part"], condition=Q(question=None), name="poll_translated_once"
            ),
            models.UniqueConstraint(
                fields=["question", "language", "part"],
                condition=Q(question__isnull=False, choice=None),
                name="question_translated_once",
            ),
            models.UniqueConstraint(
                fields=["choice", "language", "part"], condition=Q(choice__isnull=False), name="choice_translated_once"
            ),
            models.UniqueConstraint(
                fields=["question", "language", "text"],
                condition=Q(choice__isnull=False, part=Part.TEXT),
                name="translated_choice_once_in_a_question",
            ),
            models.CheckConstraint(
                condition=Q(question=None, choice=None, part__in=OF_POLL)
                | Q(question__isnull=False, choice=None, part__in=OF_QUESTION)
                | Q(question__isnull=False, choice__isnull=False, part__in=OF_CHOICE),
                name="translation_is_of_a_text",
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(language=""), name="translation_says_something"),
            BelongsTo(
                fields=["poll", "question"],
                table="polls_question",
                columns=["poll_id", "id"],
                name="translation_question_belongs_to_its_poll",
            ),
            BelongsTo(
                fields=["question", "choice"],
                table="polls_choice",
                columns=["question_id", "id"],
                name="translation_choice_belongs_to_its_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"
