from polls.models.ballot import Ballot, Mark
from polls.models.change import Change
from polls.models.delivery import Delivery
from polls.models.invitation import Invitation
from polls.models.poll import Poll
from polls.models.question import Choice, Question
from polls.models.tally import Counter, Tally
from polls.models.theme import Theme
from polls.models.token import ApiToken
from polls.models.told import Told
from polls.models.translation import Translation
from polls.models.webhook import Webhook

__all__ = [
    "ApiToken",
    "Ballot",
    "Change",
    "Choice",
    "Counter",
    "Delivery",
    "Invitation",
    "Mark",
    "Poll",
    "Question",
    "Tally",
    "Theme",
    "Told",
    "Translation",
    "Webhook",
]
