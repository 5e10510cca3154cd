"""What rules of counting say of themselves, for translators: `polls.counting` is plain Python without catalogues."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from polls import figures

SAID = frozenset(
    {
        gettext_noop("allowed; nothing is counted between equals"),
        gettext_noop(
            "where the next rank holds two or more continuing choices the ballot is exhausted for good; "
            "where only one of them continues, it counts for that one"
        ),
        gettext_noop("an unranked choice gets no vote"),
        gettext_noop("an unmarked choice, or one with score 0, is not approved"),
        gettext_noop("a choice without a score gets 0 points"),
        gettext_noop("a choice without a score is left out; choices are compared by their mean score"),
        gettext_noop("a choice without a score gets 0 points and takes part in no duel on that ballot"),
        gettext_noop("unranked choices share the last place"),
        gettext_noop("unranked choices neither give nor get points"),
        gettext_noop("a ballot never moves to a choice it does not rank"),
        gettext_noop("last: a ranked choice is preferred to every unranked one"),
        gettext_noop("no opinion: nothing is counted between a ranked and an unranked choice"),
        gettext_noop("two choices in the first place are an overvote"),
        gettext_noop("allowed; every marked choice is approved"),
        gettext_noop("equal scores are allowed"),
        gettext_noop("equal scores are allowed; such a ballot has no preference in the run-off"),
        gettext_noop("allowed; equals share the points of their places evenly"),
        gettext_noop("treated as an overvote"),
        gettext_noop("counts for nobody, shown as exhausted"),
        gettext_noop(
            "one at a time: fewest votes in the most recent earlier round that tells them apart, then the "
            "duels among the tied, then the lot"
        ),
        gettext_noop(
            "one at a time: fewest votes at the most recent earlier stage that tells them apart, then the lot"
        ),
        gettext_noop(
            "scoring round: fewest duels lost among the tied, most highest scores, lot; run-off: higher "
            "total, most highest scores, lot"
        ),
        gettext_noop("between the last two as for last place"),
        gettext_noop(
            "order of surpluses: most votes at the most recent earlier stage that tells them apart, then the lot"
        ),
        gettext_noop("a tied duel is no win, so a tie elects nobody"),
        gettext_noop("shown in every round"),
        gettext_noop("shown at every stage, with what is cut off behind the fifth decimal"),
        gettext_noop("more than half of the continuing ballots"),
        gettext_noop("the quota: valid ballots divided by seats + 1, decimals ignored, plus 1"),
        gettext_noop("more ballots in the run-off between the two highest totals"),
        gettext_noop("more ballots for than against, in every duel"),
        gettext_noop("more ballots for than against, duel by duel"),
        gettext_noop("counted like a choice; it takes no seat, and no choice ranked behind it does"),
        gettext_noop("closed up: the next rank used moves up"),
        gettext_noop("the same rank twice makes equal ranks; the same choice twice on a ballot is refused"),
        gettext_noop("order of SHA-256 of seed, newline and choice id; the first is preferred, the last is eliminated"),
        gettext_noop("counted like a choice; a seat that it wins stays empty"),
        gettext_noop("as equal ranks"),
        gettext_noop("by the lot, and only where a seat or the order of equal pairs depends on it"),
        gettext_noop("ballots that count for nobody are shown"),
        gettext_noop("none needed; the highest total wins"),
        gettext_noop("none"),
        gettext_noop("no winner"),
        gettext_noop("not offered"),
        gettext_noop("winning votes"),
        gettext_noop("margins"),
    }
)


def told(key: str, said: str) -> str:
    """What a rule says under this key, in the active language."""
    if key == "seats":
        return figures.count(int(said))
    number, _space, rest = said.partition(" ")
    if key == "quorum" and rest:
        return _("%(number)s ballots, blank ones included") % {"number": figures.count(int(number))}
    return _(said)
