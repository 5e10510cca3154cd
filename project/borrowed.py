"""Words of the desk that are Unfold's and Django's own. Unfold has no translations and some of Django's are missing, or
say something else; named here, they stand in our catalogues, which come first.
"""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("- Select an option -"),
    gettext_noop("After you've created a user, you’ll be able to edit more user options."),
    gettext_noop("Apply Filters"),
    gettext_noop("Available shortcuts"),
    gettext_noop("Cancel"),
    gettext_noop("Changelist shortcuts"),
    gettext_noop("Choose file to upload"),
    gettext_noop("Command tool shortcuts"),
    gettext_noop("Create new record"),
    gettext_noop("Dark"),
    gettext_noop("Date"),
    gettext_noop("Disabled"),
    gettext_noop("Enabled"),
    gettext_noop("False"),
    gettext_noop("Filters"),
    gettext_noop("General"),
    gettext_noop("Global shortcuts"),
    gettext_noop("Go back"),
    gettext_noop("History"),
    gettext_noop("Light"),
    gettext_noop("Logout"),
    gettext_noop("Navigate"),
    gettext_noop("No results found"),
    gettext_noop("Nothing matched your search"),
    gettext_noop("Open command tool"),
    gettext_noop("Open selection"),
    gettext_noop("Open selection in new tab"),
    gettext_noop("Open shortcuts list"),
    gettext_noop("Password-based authentication"),
    gettext_noop("Recent searches"),
    gettext_noop("Reset filters"),
    gettext_noop("Reset password"),
    gettext_noop("Return to site"),
    gettext_noop("Select"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("System"),
    gettext_noop("This page yielded into no results."),
    gettext_noop("Toggle dark/light mode"),
    gettext_noop("Toggle filter"),
    gettext_noop("Toggle password visibility"),
    gettext_noop("Toggle sidebar"),
    gettext_noop("True"),
    gettext_noop("Type to search"),
    gettext_noop("Welcome back to"),
    gettext_noop(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
        "authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    gettext_noop("You have been successfully logged out from the administration"),
)
