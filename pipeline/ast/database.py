"""The database: tables, columns, relations and keys.

Asked of the model is only what cannot be derived. Derived are: the key `id`, `created_at`,
`updated_at`, `deleted_at` of a soft-deleted table, `<relation>_id`, and the e-mail address,
password hash and token version of an actor's table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import Amount, Ast, Name, Node, RequirementId, RuleId, Sentence, Whole
from pipeline.ast.patterns import MIXED_CASE, PATTERNS, Lengths, PatternName

Stance = Literal["actor", "session", "primary", "subsidiary", "snapshot", "junction"]


class BooleanType(Node):
    """True or false; new rows start with `default` when the caller gives none."""

    type: Literal["boolean"]
    default: bool | None


class IntegerType(Node):
    """A whole number within bounds."""

    type: Literal["integer"]
    minimum: Whole
    maximum: Whole
    default: Whole | None


class DecimalType(Node):
    """An exact number with two decimals, e.g. money."""

    type: Literal["decimal"]
    minimum: Amount
    maximum: Amount


class DoubleType(Node):
    """A floating-point number."""

    type: Literal["double"]


class TextType(Node):
    """A text of bounded length in characters.

    New rows get one that no other row has where it is generated and the caller gives none: a short
    random code, or a slug of the row's title.
    """

    type: Literal["text"]
    min_length: Annotated[int, Field(ge=0, le=100)]
    max_length: Annotated[int, Field(ge=1, le=20_000)]
    generated: Literal["code", "slug"] | None = None


class UuidType(Node):
    """A UUID that is no relation."""

    type: Literal["uuid"]


class DateType(Node):
    """A calendar day, ISO 8601."""

    type: Literal["date"]


class DatetimeType(Node):
    """A moment, ISO 8601 in UTC."""

    type: Literal["datetime"]


class UriType(Node):
    """An absolute URI."""

    type: Literal["uri"]


class EmailType(Node):
    """An e-mail address, kept in lower case; an account has its own without being asked."""

    type: Literal["email"]


class PatternType(Node):
    """A text that looks as a named pattern says.

    A slug, a code, a handle and digits can have a length: exactly `length` characters, or
    `min_length` to `max_length`.
    """

    type: Literal["pattern"]
    pattern: PatternName
    length: Annotated[int, Field(ge=4, le=30)] | None = None
    min_length: Annotated[int, Field(ge=1, le=30)] | None = None
    max_length: Annotated[int, Field(ge=1, le=30)] | None = None

    @property
    def lengths(self) -> Lengths | None:
        """The least and the greatest length, None if they are the pattern's own."""
        if self.length is not None:
            return self.length, self.length
        if self.min_length is None and self.max_length is None:
            return None
        least, most = PATTERNS[self.pattern].lengths
        return self.min_length or least, self.max_length or most


class TimeType(Node):
    """A time of day in hours and minutes, `18:30`."""

    type: Literal["time"]


class JsonType(Node):
    """An object of free form; `max_length` bounds its characters when it is written as JSON."""

    type: Literal["json"]
    max_length: Annotated[int, Field(ge=2, le=20_000)]


class EnumType(Node):
    """One of some words, in their order; new rows start with `default`, if there is one."""

    type: Literal["enum"]
    values: Annotated[tuple[Name, ...], Field(min_length=2, max_length=24)]
    default: Name | None


ColumnType = Annotated[
    BooleanType
    | IntegerType
    | DecimalType
    | DoubleType
    | TextType
    | UuidType
    | DateType
    | DatetimeType
    | UriType
    | EmailType
    | PatternType
    | TimeType
    | JsonType
    | EnumType,
    Field(discriminator="type"),
]


class Column(Node):
    """A column of the table's own."""

    name: Name
    description: Sentence
    type: ColumnType
    nullable: bool

    @property
    def has_default(self) -> bool:
        """Whether a new row needs no value from the caller."""
        return getattr(self.type, "default", None) is not None or self.is_generated or self.nullable

    @property
    def has_case(self) -> bool:
        """Whether its texts can differ in upper and lower case alone."""
        if isinstance(self.type, PatternType):
            return self.type.pattern in MIXED_CASE
        return isinstance(self.type, TextType)

    @property
    def is_generated(self) -> bool:
        """Whether a new row gets a value of its own."""
        return isinstance(self.type, TextType) and self.type.generated is not None


class Relation(Node):
    """A foreign key `<name>_id` to the key of `target`.

    `owner` says that the row belongs to the account it points at.
    """

    name: Name
    description: Sentence
    target: Name
    owner: bool
    cardinality: Literal["many_to_one", "one_to_one"]
    on_delete: Literal["cascade", "restrict", "set_null"]
    nullable: bool

    @property
    def column(self) -> str:
        """Name of the foreign key column."""
        return f"{self.name}_id"


class UniqueKey(Node):
    """A set of columns, foreign keys included, whose values no two rows share.

    With `ignore_case`, texts are compared without regard to upper and lower case.
    """

    columns: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]
    rules: tuple[RuleId, ...]
    ignore_case: bool = False


class Index(Node):
    """A plain index, composite allowed."""

    columns: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]


class Table(Node):
    """A table: `name` is the singular noun, `plural` the name in SQL and in paths."""

    name: Name
    plural: Name
    stance: Stance
    entity: Name
    purpose: Sentence
    requirements: tuple[RequirementId, ...]
    soft_delete: bool
    columns: Annotated[tuple[Column, ...], Field(max_length=12)]
    relations: Annotated[tuple[Relation, ...], Field(max_length=6)]
    uniques: tuple[UniqueKey, ...]
    indexes: tuple[Index, ...]

    def column(self, name: str) -> PhysicalColumn | None:
        """Return the physical column called `name`, if there is one."""
        return next((c for c in self.physical() if c.name == name), None)

    def relation_of(self, column: str) -> Relation | None:
        """Return the relation whose foreign key is `column`, if there is one."""
        return next((r for r in self.relations if r.column == column), None)

    def physical(self) -> tuple[PhysicalColumn, ...]:
        """Return all columns in the order of the SQL table, derived ones included."""
        found = [PhysicalColumn("id", UuidType(type="uuid"), False, "Primary key.", "key")]
        for relation in self.relations:
            found.append(
                PhysicalColumn(
                    relation.column,
                    UuidType(type="uuid"),
                    relation.nullable,
                    relation.description,
                    "relation",
                )
            )
        if self.stance == "actor":
            email = TextType(type="text", min_length=3, max_length=254)
            digest = TextType(type="text", min_length=1, max_length=200)
            found.append(PhysicalColumn("email", email, False, "Sign-in address.", "email"))
            found.append(
                PhysicalColumn("password_hash", digest, False, "Salted password hash.", "secret")
            )
            version = IntegerType(type="integer", minimum=0, maximum=1_000_000, default=0)
            text = "Raised by signing out: tokens of a lower version have ended."
            found.append(PhysicalColumn("token_version", version, False, text, "secret"))
        for column in self.columns:
            found.append(
                PhysicalColumn(column.name, column.type, column.nullable, column.description, "own")
            )
        moment = DatetimeType(type="datetime")
        found.append(PhysicalColumn("created_at", moment, False, "Creation time.", "stamp"))
        found.append(
            PhysicalColumn("updated_at", moment, False, "Time of the last change.", "stamp")
        )
        if self.soft_delete:
            found.append(
                PhysicalColumn("deleted_at", moment, True, "Time of deletion, if deleted.", "stamp")
            )
        return tuple(found)

    def unique_keys(self) -> tuple[tuple[str, ...], ...]:
        """Return every unique set of columns: the table's own, one-to-one relations, e-mail,
        and what is generated."""
        keys = [("email",)] if self.stance == "actor" else []
        keys += [(r.column,) for r in self.relations if r.cardinality == "one_to_one"]
        keys += [unique.columns for unique in self.uniques]
        keys += [(column.name,) for column in self.columns if column.is_generated]
        return tuple(dict.fromkeys(keys))

    def folded(self, key: tuple[str, ...]) -> frozenset[str]:
        """Return the columns of a unique key that are compared whatever their case."""
        unique = next((each for each in self.uniques if each.columns == key), None)
        if unique is None or not unique.ignore_case:
            return frozenset()
        return frozenset(c.name for c in self.columns if c.name in key and c.has_case)


@dataclass(frozen=True)
class PhysicalColumn:
    """A column as SQL has it: the table's own or a derived one."""

    name: str
    type: ColumnType
    nullable: bool
    description: str
    origin: Literal["key", "relation", "email", "secret", "own", "stamp"]


class Database(Ast):
    """All tables of the backend."""

    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return the table called `name`; KeyError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


class TableEntry(Node):
    """One line of the table list: a table before its columns."""

    name: Name
    stance: Literal["session", "primary", "subsidiary", "snapshot", "junction"]
    entity: Name
    purpose: Sentence


class TableList(Node):
    """The first form of the stage. Tables of actors are derived and not listed."""

    tables: Annotated[tuple[TableEntry, ...], Field(min_length=1, max_length=48)]


class TableForm(Node):
    """The form of one table. Its keys and indexes are derived."""

    soft_delete: bool
    relations: Annotated[tuple[Relation, ...], Field(max_length=6)]
    columns: Annotated[tuple[Column, ...], Field(max_length=12)]
