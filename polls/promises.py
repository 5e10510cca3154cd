"""The promises of a poll are locked by its first ballot, in the database itself, against form and console alike.

The triggers are made by a migration. SQLite loses a table's triggers when a later migration makes the table anew, so
such a migration runs `lock` again; a test fails when they are gone.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOCKED = ("policy", "network_allowance", "reveal", "anonymous", "ballots_published", "changes_allowed")
"""Columns of a poll that may not change once it has a ballot."""
NAME = "poll_promises_locked"


def lock(editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of this database, in place of older ones."""
    unlock(editor)
    for statement in _sqlite() if editor.connection.vendor == "sqlite" else _postgresql():
        editor.execute(statement)


def unlock(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")
        return
    editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON polls_poll")
    editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


def _broken(differs: str) -> str:
    """True when a promise would be broken: one that can be loosened only, or one of those that are fixed."""
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in LOCKED)
    weaker = "(OLD.edits_forbidden AND NOT NEW.edits_forbidden)"
    sooner = (
        "(OLD.earliest_close IS NOT NULL AND (NEW.earliest_close IS NULL OR NEW.earliest_close < OLD.earliest_close))"
    )
    longer = (
        "(OLD.retention_days IS NOT NULL AND (NEW.retention_days IS NULL OR NEW.retention_days > OLD.retention_days))"
    )
    return f"({changed} OR {weaker} OR {sooner} OR {longer})"


def _sqlite() -> list[str]:
    return [
        f"""CREATE TRIGGER {NAME} BEFORE UPDATE ON polls_poll
            WHEN {_broken("IS NOT")} AND EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.id)
            BEGIN SELECT RAISE(ABORT, '{NAME}'); END"""
    ]


def _postgresql() -> list[str]:
    return [
        f"""CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.id) THEN
                    RAISE EXCEPTION '{NAME}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$""",
        f"""CREATE TRIGGER {NAME} BEFORE UPDATE ON polls_poll FOR EACH ROW
            WHEN ({_broken("IS DISTINCT FROM")}) EXECUTE FUNCTION {NAME}()""",
    ]
