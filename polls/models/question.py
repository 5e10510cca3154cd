import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.pictures import PictureField
from polls.terms import Kind, Rule, Scale, Unranked


def new_seed() -> str:
    """What decides ties by lot. Published with the results, so that anyone can draw the same lot."""
    return secrets.token_hex(8)


class Question(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SINGLE)
    text = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=1)
    maximum = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True, help_text=_("Empty: no limit."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_index=True)

    scale = models.CharField(_("look of the scale"), max_length=10, choices=Scale, default=Scale.STARS)
    lowest = models.PositiveSmallIntegerField(_("lowest"), default=1)
    highest = models.PositiveSmallIntegerField(_("highest"), default=5)
    low_label = models.CharField(_("label of the low end"), max_length=80, blank=True)
    high_label = models.CharField(_("label of the high end"), max_length=80, blank=True)
    equal_ranks = models.BooleanField(_("equal ranks"), default=False, help_text=_("Two choices may share a rank."))
    longest = models.PositiveSmallIntegerField(_("longest text"), default=500, help_text=_("In characters."))
    write_in = models.BooleanField(
        _("write-in"), default=False, help_text=_("Voters may write a choice of their own. You decide what is shown.")
    )
    shuffled = models.BooleanField(
        _("shuffled"), default=False, help_text=_("Each voter sees the choices in an order of their own.")
    )
    rule = models.CharField(_("counted by"), max_length=12, choices=Rule, blank=True)
    unranked = models.CharField(_("left out means"), max_length=10, choices=Unranked, default=Unranked.LAST)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    quorum = models.PositiveIntegerField(_("quorum"), default=0, help_text=_("Fewer answers than this decide nothing."))
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    explanation = models.TextField(
        _("explanation"), blank=True, max_length=2000, help_text=_("Shown after voting, beside the right answers.")
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "id"], name="question_of_poll"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="question_kind_known"),
            models.CheckConstraint(
                condition=Q(highest__gt=F("lowest")),
                name="question_scale_goes_up",
                violation_error_message=_("The highest grade must be above the lowest."),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="question_fills_a_seat",
                violation_error_message=_("At least one seat is to be filled."),
            ),
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
    picture = PictureField(_("picture"), upload_to="choices/%Y/", blank=True)
    picture_alt = models.CharField(
        _("picture in words"),
        max_length=200,
        blank=True,
        help_text=_("What is to be seen, for those who can’t see it."),
    )
    right = models.BooleanField(_("right answer"), default=False)
    none_of_the_above = models.BooleanField(_("none of the above"), default=False)
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
                condition=Q(picture="") | ~Q(picture_alt=""),
                name="choice_picture_is_told_in_words",
                violation_error_message=_("Say in words what the picture shows."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="choice_has_a_text", violation_error_message=_("A choice needs a text.")
            ),
        ]

    def __str__(self) -> str:
        return self.text
