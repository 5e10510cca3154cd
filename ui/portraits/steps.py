"""What happened in a count, in sentences: round by round, and how ties were broken."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from polls import figures
from polls.counting import Count, Round, Tie, Transfer
from polls.terms import Rule
from ui.portraits.named import Names, amount


def steps(count: Count, names: Names) -> Iterable[str]:
    """What happened, a sentence or two for each round; nothing for rules that add up once."""
    if count.rule == Rule.RANKED_PAIRS:
        return (_pair(stage, names) for stage in count.rounds if len(stage.tally) == 2)
    if count.rule == Rule.STAR:
        return (_star(stage, names) for stage in count.rounds)
    if count.rule in {Rule.IRV, Rule.STV}:
        return (_moved(number, stage, count, names) for number, stage in enumerate(count.rounds, start=1))
    return ()


def _pair(stage: Round, names: Names) -> str:
    (one, most), (other, least) = stage.tally.items()
    kept = _("%(one)s over %(other)s, %(most)s to %(least)s: kept.")
    left = _("%(one)s over %(other)s, %(most)s to %(least)s: left out, it contradicts those before.")
    return (kept if stage.says == "locked" else left) % {
        "one": names[one],
        "other": names[other],
        "most": amount(most),
        "least": amount(least),
    }


def _star(stage: Round, names: Names) -> str:
    if stage.eliminated or stage.says == "scoring round":
        ahead = sorted((one for one in stage.tally if one not in stage.eliminated), key=lambda one: -stage.tally[one])
        points = get_text_list([amount(stage.tally[one]) for one in ahead], _("and"))
        said = _("%(names)s have the most points, %(points)s, and meet in the runoff.")
        return said % {"names": names.all(ahead), "points": points}
    winner = names.all(stage.elected)
    if len(stage.tally) != 2:
        return _("%(name)s is the only one left.") % {"name": winner}
    (one, votes), (other, fewer) = sorted(stage.tally.items(), key=lambda line: (line[0] not in stage.elected, line[0]))
    said = _("Runoff: %(votes)s gave %(one)s more points, %(fewer)s gave %(other)s more. %(name)s wins.")
    return said % {
        "one": names[one],
        "votes": amount(votes),
        "other": names[other],
        "fewer": amount(fewer),
        "name": winner,
    }


def _moved(number: int, stage: Round, count: Count, names: Names) -> str:
    said = [_("Round %(number)s:") % {"number": figures.count(number)}]
    if stage.elected and count.rule == Rule.IRV:
        votes, of = stage.tally[stage.elected[0]], sum(stage.tally.values())
        won = _("%(name)s has %(votes)s of the %(of)s votes that still count, more than half, and wins.")
        said.append(won % {"name": names.all(stage.elected), "votes": amount(votes), "of": amount(of)})
    else:
        seated = _("%(name)s is elected with %(votes)s votes.")
        said += [seated % {"name": names[one], "votes": amount(stage.tally[one])} for one in stage.elected]
    for one in stage.eliminated:
        left = _("%(name)s is last with %(votes)s and leaves.")
        said.append(left % {"name": names[one], "votes": amount(stage.tally[one])})
    if not (stage.elected or stage.eliminated or stage.transfers):
        said.append(_("No votes are left that count for anything."))
    if any(move.votes for move in stage.transfers):
        said.append(_transfers(stage.transfers, names))
    return " ".join(said)


def _transfers(moves: Sequence[Transfer], names: Names) -> str:
    onward = [move for move in moves if move.to is not None and move.votes]
    lines = [
        _("%(votes)s to %(name)s") % {"votes": amount(move.votes), "name": names[move.to]}
        for move in sorted(onward, key=lambda move: -move.votes)
        if move.to is not None
    ]
    lines += [
        _("%(votes)s to nothing any more") % {"votes": amount(m.votes)} for m in moves if m.to is None and m.votes
    ]
    return _("Votes move on: %(moves)s.") % {"moves": ", ".join(lines)}


def tie_of(tie: Tie, names: Names) -> str:
    tied = {"names": names.all(tie.tied), "number": figures.count(tie.round)}
    match tie.over:
        case "elimination":
            what = _("Round %(number)s: %(names)s were tied for the last place.")
        case "seat":
            what = _("%(names)s were tied for a seat.")
        case "order of surpluses":
            what = _("Round %(number)s: %(names)s had votes to pass on in equal number.")
        case "order of pairs":
            what = _("Comparisons among %(names)s were equally clear.")
        case _:
            what = _("%(names)s were tied in the runoff, or for a place in it.")
    done = _("%(name)s left.") if tie.over == "elimination" else _("%(name)s came first.")
    return " ".join([what % tied, _decided(tie, names), done % {"name": names[tie.chosen]}])


def _decided(tie: Tie, names: Names) -> str:
    if tie.by == "lot":
        said = _("Decided by the lot, seed %(seed)s, in which the order is %(order)s:")
        return said % {"seed": tie.seed, "order": figures.beside(names[choice] for choice in tie.lot)}
    if tie.by.startswith("round "):
        number = figures.count(int(tie.by.removeprefix("round ")))
        return _("Decided by round %(number)s, the last that tells them apart:") % {"number": number}
    by: Mapping[str, str] = {
        "duels among the tied": _("Decided by comparing those that were tied:"),
        "fewest duels lost among the tied": _("Decided by comparing those that were tied:"),
        "most highest scores": _("Decided by the most votes with the highest points:"),
        "higher total score": _("Decided by the higher sum of points:"),
    }
    return by[tie.by]
