"""Of polls that a program writes."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from polls.refusals.base import Refusal


class DefinitionFaulty(Refusal):
    code, status = "definition_faulty", 422
    words = _("What was sent is no poll that can be stored. Nothing is changed.")

    def __init__(self, faults: Sequence[tuple[str, str]] = ()) -> None:
        """`faults` are all that is to be mended: where in what was sent, and a sentence."""
        super().__init__(faults)
        self.faults = tuple(faults)


class AlreadyPublished(Refusal):
    code, status = "already_published", 409
    words = _("This poll has been published. What it asks and promises is changed at the desk, as far as it can be.")


class ChangedMeanwhile(Refusal):
    code, status = "changed_meanwhile", 412
    words = _("This poll has changed since you read it. Read it again, and make your change there.")
