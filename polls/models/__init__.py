from polls.models.ballot import Ballot, Mark
from polls.models.poll import Poll
from polls.models.question import Choice, Question
from polls.models.tally import Counter, Tally

__all__ = ["Ballot", "Choice", "Counter", "Mark", "Poll", "Question", "Tally"]
