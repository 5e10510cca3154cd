"""The words that polls are made of, as the database stores them and people read them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a voter does with the choices of a question."""

    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    APPROVAL = "approval", _("Approval")
    RATING = "rating", _("Rating")
    RANKED = "ranked", _("Ranking")
    SCORE = "score", _("Score")
    TEXT = "text", _("Text")


class Status(TextChoices):
    """What an editor did with a poll. The schedule refines *published*: see `Phase`."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class Phase(TextChoices):
    """Where a poll stands at an instant: its status and its schedule in one word."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class Reveal(TextChoices):
    """Who may see results, and when."""

    ALWAYS = "always", _("Always")
    AFTER_VOTING = "after_voting", _("After voting")
    AFTER_CLOSE = "after_close", _("After the close")
    NEVER = "never", _("Never")


class Policy(TextChoices):
    """By what a voter is known. The strictest first."""

    INVITATION = "invitation", _("Invitation: one vote per code or link")
    ACCOUNT = "account", _("Account: one vote per signed-in person")
    BROWSER = "browser", _("Browser: one vote per browser")
    NETWORK = "network", _("Network: a number of votes per network address")
    OPEN = "open", _("Open: anyone, any number of times")


class Scale(TextChoices):
    """How a rating looks on the ballot."""

    STARS = "stars", _("Stars")
    NUMBERS = "numbers", _("Numbers")
    LIKERT = "likert", _("Numbers with labelled ends")
    NPS = "nps", _("Net promoter score, 0 to 10")


class Rule(TextChoices):
    """A counting rule, by its name in `polls.counting`."""

    PLURALITY = "plurality", _("Most votes (plurality)")
    APPROVAL = "approval", _("Approval")
    SCORE = "score", _("Highest score")
    STAR = "star", _("STAR: score, then automatic runoff")
    BORDA = "borda", _("Borda count")
    IRV = "irv", _("Instant runoff")
    STV = "stv", _("Single transferable vote")
    CONDORCET = "condorcet", _("Condorcet winner")
    RANKED_PAIRS = "ranked-pairs", _("Ranked pairs")
    SCHULZE = "schulze", _("Schulze")
    MINIMAX = "minimax", _("Minimax")


class Unranked(TextChoices):
    """What it means to leave a choice out of a ranking."""

    LAST = "last", _("Last: every ranked choice is preferred to it")
    NO_OPINION = "no-opinion", _("No opinion: it is not compared")


class Moderation(TextChoices):
    """What an editor did with something that voters wrote."""

    WAITING = "waiting", _("Waiting")
    SHOWN = "shown", _("Shown")
    HIDDEN = "hidden", _("Hidden")
    MERGED = "merged", _("Merged")


class Suspicion(TextChoices):
    """Why a ballot was set aside."""

    BURST = "burst", _("Too many votes at once")
    NETWORK = "network", _("Too many votes from one network")
    AGE = "age", _("The paper was used too soon after it was issued")
    EDITOR = "editor", _("Set aside by an editor")


class Scheme(TextChoices):
    """Whether a card is light or dark."""

    AUTO = "auto", _("As the reader’s device")
    LIGHT = "light", _("Always light")
    DARK = "dark", _("Always dark")


class Density(TextChoices):
    """How much room a card takes."""

    COMPACT = "compact", _("Compact")
    NORMAL = "normal", _("Normal")
    ROOMY = "roomy", _("Roomy")


class Font(TextChoices):
    """A family of typefaces that devices have already: none is ever fetched."""

    SYSTEM = "system", _("The device’s own")
    BOOK = "book", _("Book serif")
    CLASSIC = "classic", _("Classic serif")
    NEWSPAPER = "newspaper", _("Newspaper serif")
    SLAB = "slab", _("Slab serif")
    HUMANIST = "humanist", _("Humanist sans serif")
    GEOMETRIC = "geometric", _("Geometric sans serif")
    GROTESQUE = "grotesque", _("Grotesque sans serif")
    ROUNDED = "rounded", _("Rounded")
    MONO = "mono", _("Typewriter")


class Door(TextChoices):
    """Where a ballot came in."""

    PAGE = "page", _("Page")
    FRAGMENT = "fragment", _("Fragment")
    FRAME = "frame", _("Frame")
    API = "api", _("API")


class Part(TextChoices):
    """A text of a poll, a question or a choice that can be translated, by the name of its field."""

    TITLE = "title", _("title")
    INTRO = "intro", _("introduction")
    TEXT = "text", _("text")
    HINT = "hint", _("hint")
    LOW_LABEL = "low_label", _("label of the low end")
    HIGH_LABEL = "high_label", _("label of the high end")
    EXPLANATION = "explanation", _("explanation")
    PICTURE_ALT = "picture_alt", _("picture in words")


class MailFailure(TextChoices):
    """Why a mail did not go out, as far as it helps whoever sent it. What the server said may name others."""

    AWAY = "away", _("There is no connection to the mail server: see EMAIL_URL.")
    LOGIN = "login", _("The mail server does not take the login: see EMAIL_URL.")
    SENDER = "sender", _("The mail server does not take the sender: see EMAIL_FROM.")
    ADDRESS = "address", _("The mail server takes no mail for this address.")
    LATER = "later", _("The mail server does not take this mail now. Try again later.")
    REFUSED = "refused", _("The mail server does not take this mail.")
    UNFIT = "unfit", _("No mail can be addressed like this.")


class Event(TextChoices):
    """What a webhook is told of, by its name in the message: see docs/webhooks.md."""

    PUBLISHED = "poll.published", _("A poll is published")
    OPENED = "poll.opened", _("A poll opens")
    CHANGED = "poll.changed", _("A poll is edited")
    CLOSED = "poll.closed", _("A poll closes")
    REOPENED = "poll.reopened", _("A poll is reopened")
    ARCHIVED = "poll.archived", _("A poll is archived")
    RESTORED = "poll.restored", _("A poll is brought back from the archive")
    DELETED = "poll.deleted", _("A poll is deleted")
    RESULTS_CHANGED = "results.changed", _("Results change, while everyone may see them")
    RESULTS_REVEALED = "results.revealed", _("Results can be seen now, after the close")
    TEST = "webhook.test", _("A test")


class WebhookState(TextChoices):
    """Whether a webhook is told of anything."""

    ON = "on", _("Switched on")
    PAUSED = "paused", _("Paused")
    GONE = "gone", _("Switched off by its receiver")
    FAILED = "failed", _("Paused: nothing arrived")


class DeliveryState(TextChoices):
    """What became of an event that a webhook is to be told of."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class DeliveryFailure(TextChoices):
    """Why the last try to deliver an event failed."""

    UNKNOWN = "unknown", _("The host’s name is not known.")
    PRIVATE = "private", _("The host is inside a network that is not public: see WEBHOOK_PRIVATE_HOSTS.")
    ADDRESS = "address", _("The address can’t be used any more.")
    AWAY = "away", _("There is no connection to the host.")
    CERTIFICATE = "certificate", _("The host’s certificate can’t be trusted.")
    SELF_SIGNED = "self_signed", _("The host’s certificate can’t be trusted: it is signed by itself alone.")
    LATE = "late", _("There was no answer in time.")
    UNREADABLE = "unreadable", _("The answer can’t be read.")
    ELSEWHERE = "elsewhere", _("The receiver names another address: redirects are not followed.")
    REFUSED = "refused", _("The receiver did not take it.")
    GONE = "gone", _("The receiver wants no more messages.")
