from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models.constraints import BaseConstraint


class BelongsTo(BaseConstraint):
    """A foreign key over several columns: `fields` of this row must be found together as `columns` of `table`.

    Django knows only foreign keys of one column, yet "this choice belongs to that question" needs two.
    It is part of CREATE TABLE, which SQLite needs too, and is checked at the commit.
    """

    def __init__(self, *, fields: Sequence[str], table: str, columns: Sequence[str], name: str) -> None:
        super().__init__(name=name)
        self.fields, self.table, self.columns = tuple(fields), table, tuple(columns)

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        ours = ", ".join(quote(str(model._meta.get_field(field).column)) for field in self.fields)  # type: ignore[union-attr]
        theirs = ", ".join(quote(column) for column in self.columns)
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({ours}) REFERENCES {quote(self.table)} ({theirs})"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(  # type: ignore[override]  # Django's own return statements too
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement | None:
        assert model is not None
        assert schema_editor is not None
        if schema_editor.connection.vendor == "sqlite":
            schema_editor._remake_table(model)  # type: ignore[attr-defined]
            return None
        clause = self.constraint_sql(model, schema_editor)
        table = schema_editor.quote_name(model._meta.db_table)
        return Statement("ALTER TABLE %(table)s ADD %(clause)s", table=table, clause=clause)

    def remove_sql(  # type: ignore[override]  # Django's own return statements too
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement | None:
        assert model is not None
        assert schema_editor is not None
        if schema_editor.connection.vendor == "sqlite":
            schema_editor._remake_table(model)  # type: ignore[attr-defined]
            return None
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=quote(model._meta.db_table),
            name=quote(self.name),
        )

    def validate(self, model: type[models.Model], instance: models.Model, exclude: Any = None, using: str = "") -> None:
        """Left to the database: the domain never builds such a row from a form."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BelongsTo) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), kwargs | {"fields": self.fields, "table": self.table, "columns": self.columns}
