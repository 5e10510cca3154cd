"""Of the ballot paper that a form carries."""

from django.utils.translation import gettext_lazy as _

from polls.refusals.base import Refusal


class PaperMissing(Refusal):
    code, status, keeps_ballot = "paper_missing", 422, True
    words = _("Please confirm your vote once more.")


class PaperForged(Refusal):
    code, status, keeps_ballot = "paper_forged", 422, True
    words = _("This ballot paper is not ours. Here is a fresh one; please confirm your vote.")


class PaperForeign(Refusal):
    code, status, keeps_ballot = "paper_foreign", 422, True
    words = _("This ballot paper belongs to another poll. Here is a fresh one; please confirm your vote.")


class PaperExpired(Refusal):
    code, status, keeps_ballot = "paper_expired", 409, True
    words = _("This page had been open for a long time. Please confirm your vote.")


class PaperUsed(Refusal):
    code, status = "paper_used", 409
    words = _("A vote with another answer was already counted from this page.")
