"""Of a poll as it stands: whether it is there, whether it takes votes, and what it shows."""

from django.utils.translation import gettext_lazy as _

from polls.refusals.base import Refusal


class UnknownPoll(Refusal):
    code, status = "unknown_poll", 404
    words = _("There is no poll at this address.")


class UnknownAddress(Refusal):
    code, status = "unknown_address", 404
    words = _("There is nothing at this address.")


class PollArchived(Refusal):
    code, status = "poll_archived", 410
    words = _("This poll has been archived.")


class NotOpenYet(Refusal):
    code, status = "not_open_yet", 409
    words = _("This poll is not open yet.")


class PollClosed(Refusal):
    code, status = "poll_closed", 409
    words = _("This poll is closed.")


class ResultsHidden(Refusal):
    code, status = "results_hidden", 403
    words = _("The results of this poll are not shown.")


class ResultsAfterVoting(Refusal):
    code, status = "results_after_voting", 403
    words = _("You see the results after you have voted.")


class ResultsAfterClose(Refusal):
    code, status = "results_after_close", 403
    words = _("The results are shown when the poll has closed.")


class BallotsUnpublished(Refusal):
    code, status = "ballots_unpublished", 403
    words = _("The ballots of this poll are not published.")


class BallotsAfterClose(Refusal):
    code, status = "ballots_after_close", 403
    words = _("The ballots are published when the poll has closed.")


class BallotUnknown(Refusal):
    code, status = "ballot_unknown", 404
    words = _("There is no ballot with this code. Please check it, letter by letter.")
