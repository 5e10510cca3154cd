"""The rules of counting in the words of voters."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polls.terms import Rule

NAMES: dict[Rule, Promise] = {
    Rule.PLURALITY: _("most first choices"),
    Rule.APPROVAL: _("approval"),
    Rule.SCORE: _("highest score"),
    Rule.STAR: _("STAR"),
    Rule.BORDA: _("Borda count"),
    Rule.IRV: _("instant runoff"),
    Rule.STV: _("single transferable vote"),
    Rule.CONDORCET: _("Condorcet winner"),
    Rule.RANKED_PAIRS: _("ranked pairs"),
    Rule.SCHULZE: _("Schulze method"),
    Rule.MINIMAX: _("minimax"),
}

MEANINGS: dict[Rule, Promise] = {
    Rule.PLURALITY: _("Only first choices count; the most of them win."),
    Rule.APPROVAL: _("Every choice that is marked counts once; the most marks win."),
    Rule.SCORE: _("All points are added up; the highest sum wins."),
    Rule.STAR: _(
        "All points are added up; of the two highest sums, the one that more voters gave more points to wins."
    ),
    Rule.BORDA: _("A choice gets a point for every other that a voter ranks below it; the most points win."),
    Rule.IRV: _(
        "First choices are counted. While nothing has more than half, the last one leaves, and its votes move on to "
        "the next choice of those voters."
    ),
    Rule.STV: _(
        "Who reaches the quota has a seat; votes beyond the quota move on in part, and the last one leaves with its "
        "votes moving on, until all seats are filled."
    ),
    Rule.CONDORCET: _("Every two choices are compared; the one that more voters prefer to each of the others wins."),
    Rule.RANKED_PAIRS: _(
        "Every two choices are compared; the clearest preferences are kept first, and those that contradict them "
        "are left out."
    ),
    Rule.SCHULZE: _("Every two choices are compared; the one that is beaten by no stronger chain of preferences wins."),
    Rule.MINIMAX: _("Every two choices are compared; the one whose worst defeat is the smallest wins."),
}

STATEMENTS: dict[str, Promise] = {
    "source": _("Source"),
    "seats": _("Seats"),
    "unranked": _("Left out"),
    "equal_ranks": _("Equal ranks"),
    "overvote": _("More than one at a rank"),
    "skipped_rank": _("Skipped ranks"),
    "duplicate_rank": _("The same rank twice"),
    "tie_for_last": _("Ties for last place"),
    "ties": _("Other ties"),
    "lot": _("Lot"),
    "seed": _("Seed of the lot"),
    "exhausted": _("Votes that count for nothing any more"),
    "majority": _("Needed to win"),
    "defeat_strength": _("Strength of a defeat"),
    "no_ballots": _("Without votes"),
    "quorum": _("Quorum"),
    "none_of_the_above": _("None of the above"),
}


def name_of(rule: Rule) -> str:
    return str(NAMES[rule])
