"""Of how something was asked."""

from django.utils.translation import gettext_lazy as _

from polls import figures
from polls.refusals.base import Refusal


class Unreadable(Refusal):
    code, status = "unreadable", 400
    words = _("What was sent can’t be read.")


class TooSlow(Refusal):
    code, status = "too_slow", 408
    words = _("What was sent took too long to arrive. Please send it again.")


class TooLarge(Refusal):
    code, status = "too_large", 413
    words = _("What was sent is too large.")

    def __init__(self, megabytes: int = 0) -> None:
        """`megabytes` are what is taken, where that is worth to be told."""
        super().__init__(megabytes)
        self.megabytes = megabytes

    @property
    def sentence(self) -> str:
        if not self.megabytes:
            return super().sentence
        return _("What was sent is too large: %(megabytes)s MB are taken at once.") % {
            "megabytes": figures.count(self.megabytes)
        }


class TypeUnknown(Refusal):
    code, status = "type_unknown", 415
    words = _("This kind of content is not taken here.")


class MethodNotAllowed(Refusal):
    code, status = "method_not_allowed", 405
    words = _("This address can’t be used that way.")

    def __init__(self, *allowed: str) -> None:
        super().__init__(*allowed)
        self.allowed = allowed


class OriginForeign(Refusal):
    code, status = "origin_foreign", 403
    words = _("Votes for this poll are not taken from that site.")

    def __init__(self, *, voting: bool = True) -> None:
        """Not `voting` where polls are written."""
        super().__init__()
        self.voting = voting

    @property
    def sentence(self) -> str:
        return super().sentence if self.voting else str(_("Polls are not written from pages of other sites."))


class OriginHidden(Refusal):
    """Browsers say `Origin: null` for a frame whose sandbox has no `allow-same-origin`; any page could make one."""

    code, status = "origin_hidden", 403
    words = _(
        "No vote can be taken here: the page that shows this poll hides where votes come from. "
        "Its owner can change that: the sandbox of a frame needs allow-same-origin."
    )


class TokenUnknown(Refusal):
    """It is not ours, is revoked, or is missing where only a token may say something."""

    code, status = "token_unknown", 401
    words = _("No valid API token came with this.")


class TokenForbidden(Refusal):
    code, status = "token_forbidden", 403
    words = _("This API token may not cast ballots in this poll.")

    def __init__(self, *, casting: bool = True) -> None:
        """Not `casting` where polls are written."""
        super().__init__()
        self.casting = casting

    @property
    def sentence(self) -> str:
        return super().sentence if self.casting else str(_("This API token, or whoever made it, may not do that."))


class FormatUnknown(Refusal):
    code, status = "format_unknown", 501
    words = _("Only JSON and XML are spoken here.")


class AddressPrivate(Refusal):
    code, status = "address_private", 401
    words = _("This address belongs to one person alone and can’t be embedded.")


class HostUnknown(Refusal):
    code, status = "host_unknown", 400
    words = _("This server does not answer to that name.")
