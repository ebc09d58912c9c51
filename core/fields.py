"""Fields that operations, reports and documents ask for: marshmallow fields that also say how people see them.

Those that need lines, accounts or departments are in `lines/fields.py`; docs/fields.md lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, TypedDict, Unpack

from marshmallow import Schema, ValidationError, fields, missing, validate

from core import clock, emails
from core.emails import NOT_AN_EMAIL
from core.i18n import N_
from core.messages import Message
from core.money import AmountAmbiguous, AmountTooFine, AmountUnreadable, Money, read_amount

FILL_IN = N_("Fill this in.")
CHOOSE = N_("Choose one of the list.")
NOT_COME = N_("This day has not come yet.")
NOT_A_DATE = N_("Give a date as day, month and year.")
TOO_LONG = N_("This is too long.")
NOT_AN_AMOUNT = N_("Type an amount in roubles, such as 1500.50.")
AMOUNT_TOO_FINE = N_("An amount has at most two digits behind the point: %(typed)s.")
AMOUNT_AMBIGUOUS = N_(
    "“%(typed)s” can be read in two ways. Type thousands without a sign between them, such as 1500, or kopecks "
    "with two digits, such as 1.50."
)
AMOUNT_WITHIN = N_("Type an amount from %(min)s to %(max)s.")
NUMBER_WITHIN = N_("Type a whole number from %(min)s to %(max)s.")

TEXT: Final = "text"
AREA: Final = "area"
CHOICE: Final = "choice"
DAY: Final = "day"
MONEY: Final = "money"
NUMBER: Final = "number"
EMAIL: Final = "email"
DIGITS: Final = "digits"

LONGEST: Final = 200
"""Characters of a field that says nothing else."""
LONGEST_AREA: Final = 4000
LONGEST_NUMBER: Final = 30
MOST_SAID: Final = 10
"""So many wrong parts of a list are named."""
LEAST_AMOUNT, LARGEST_AMOUNT = Decimal("0.01"), Decimal(10**9)
FIRST_ZONE: Final = timedelta(hours=14)
"""How much earlier than in UTC a day begins somewhere on earth."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)
INFO: Final = "info"
_BLANKS: Final = dict.fromkeys(map(ord, " \t\u00a0\u2009\u202f-"))


class Only(NamedTuple):
    """Another field and those of its choices for which a field counts; for the others it is hidden."""

    field: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class FieldInfo:
    """The presentation of a field; texts are message ids.

    `default` is what a form begins with, `prefill` the column of the company or of the person that it begins with
    ("company.inn", "user.phone"). `groups` are the lengths of the groups in which digits stand on paper. `unit` stands
    behind the value. `none` is the text of choosing none, where that means something of its own.
    """

    label: str
    widget: str
    hint: str = ""
    default: str | int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    prefill: str = ""
    only: Only | None = None
    longest: int = LONGEST
    groups: tuple[int, ...] = ()
    unit: str = ""
    none: str = ""


class More(TypedDict, total=False):
    """The options of every field beside its label: see FieldInfo."""

    hint: str
    prefill: str
    only: Only
    groups: tuple[int, ...]


def info_of(declared: fields.Field[Any]) -> FieldInfo:
    """The presentation of a field; raises TypeError for one that no builder of ours made."""
    info = declared.metadata.get(INFO)
    if not isinstance(info, FieldInfo):
        raise TypeError(f"{declared.name}: declare it with core.fields or lines.fields")
    return info


class FieldSchema(Schema):
    """Base of the schemas of operations, reports and documents.

    A field that another choice hides is neither checked nor kept: it loads as None, whatever was sent in it. Checks of
    the whole schema do not find it in their data.
    """

    def load(
        self,
        data: Any,
        *,
        many: bool | None = None,
        partial: bool | Sequence[str] | Set[str] | None = None,
        unknown: Literal["exclude", "include", "raise"] | None = None,
    ) -> Any:
        """The values that count, read; raises ValidationError with everything that is wrong with them."""
        if not isinstance(data, Mapping):
            return super().load(data, many=many, partial=partial, unknown=unknown)
        hidden = [name for name in self.fields if not self.counts(name, data)]
        counted = {name: value for name, value in data.items() if name not in hidden}
        loaded = super().load(counted, many=many, partial=hidden or partial, unknown=unknown)
        return {**loaded, **dict.fromkeys(hidden)}

    def counts(self, name: str, data: Mapping[str, Any]) -> bool:
        """Whether the field of this name is asked for at all, the other values being these."""
        only = info_of(self.fields[name]).only
        if only is None:
            return True
        chosen = data.get(only.field)
        if chosen in (None, ""):
            default = self.fields[only.field].load_default
            chosen = None if default is missing else default
        return chosen in only.choices and self.counts(only.field, data)


def without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Values without those that were left empty, which count as absent."""
    return {name: value for name, value in data.items() if value not in (None, "")}


def plain(text: str) -> str:
    """The text without the blanks and hyphens that people put between digits, in capitals."""
    return text.translate(_BLANKS).upper()


class Checked(fields.String):
    """A text that is kept in one plain form and checked: `check` says what is wrong with it, None for nothing."""

    def __init__(self, check: Callable[[str], str | None], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = plain(super()._deserialize(value, attr, data, **kwargs))
        problem = self._check(text)
        if problem is not None:
            raise ValidationError(problem)
        return text


class Listed(fields.String):
    """Several of a kind, one a line; commas part them too. Kept one a line, each in its plain form.

    `read` makes the plain form, None of what is wrong; `wrong` is a message id over %(typed)s. `show` writes a plain
    form for people.
    """

    def __init__(
        self, read: Callable[[str], str | None], show: Callable[[str], str], wrong: str, **options: Any
    ) -> None:
        super().__init__(**options)
        self._read, self.show, self._wrong = read, show, wrong

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        lines = super()._deserialize(value, attr, data, **kwargs).replace(",", "\n").splitlines()
        typed = [part.strip() for part in lines if part.strip()]
        read = [self._read(part) for part in typed]
        wrong = [part for part, value in zip(typed, read, strict=True) if value is None]
        if wrong:
            raise ValidationError([Message(self._wrong, typed=part[:40]) for part in wrong[:MOST_SAID]])
        return "\n".join(value for value in read if value)


def options(
    info: FieldInfo, required: bool, wrong: str = FILL_IN, *, absent: str = FILL_IN
) -> dict[str, Any]:
    """Arguments of a marshmallow field: `wrong` is said of what cannot be read, `absent` where it is needed."""
    errors = {
        **dict.fromkeys(("required", "null"), absent),
        **dict.fromkeys(("invalid", "validator_failed", "format", "special", "too_large"), wrong),
    }
    arguments: dict[str, Any] = {"required": required, "error_messages": errors, "metadata": {INFO: info}}
    if not required:
        arguments |= {"load_default": info.default, "allow_none": info.default is None}
    return arguments


def text(label: str, *, required: bool = True, longest: int = LONGEST, **more: Unpack[More]) -> fields.String:
    """One line of text."""
    return _text(FieldInfo(label, TEXT, longest=longest, **more), required)


def area(
    label: str, *, required: bool = True, longest: int = LONGEST_AREA, **more: Unpack[More]
) -> fields.String:
    """Several lines of text."""
    return _text(FieldInfo(label, AREA, longest=longest, **more), required)


def _text(info: FieldInfo, required: bool) -> fields.String:
    length = validate.Length(min=1, max=info.longest, error=TOO_LONG)
    return fields.String(validate=length, **options(info, required))


def choice(
    label: str,
    choices: Mapping[str, str],
    *,
    required: bool = True,
    default: str | None = None,
    **more: Unpack[More],
) -> fields.String:
    """One of these values, each with its message id. A form begins with `default`, without one with the first.

    Where it is not required, what is not sent is the default too.
    """
    first = next(iter(choices), None) if default is None else default
    info = FieldInfo(label, CHOICE, choices=dict(choices), default=first, **more)
    listed = validate.OneOf(choices, error=CHOOSE)
    return fields.String(validate=listed, **options(info, required, CHOOSE, absent=CHOOSE))


def day(label: str, *, required: bool = True, is_past: bool = False, **more: Unpack[More]) -> fields.Date:
    """A date; with `is_past` one that has come, today included."""
    info = FieldInfo(label, DAY, **more)
    checks: list[Callable[[date], Any]] = [validate.Range(min=FIRST_DAY, max=LAST_DAY, error=NOT_A_DATE)]
    if is_past:
        checks.append(_has_come)
    return fields.Date(validate=checks, **options(info, required, NOT_A_DATE))


def _has_come(value: date) -> None:
    if value > (clock.now() + FIRST_ZONE).date():
        raise ValidationError(NOT_COME)


def money(
    label: str,
    *,
    required: bool = True,
    lowest: Decimal = LEAST_AMOUNT,
    highest: Decimal = LARGEST_AMOUNT,
    **more: Unpack[More],
) -> fields.Decimal:
    """An amount in roubles, both bounds included."""
    info = FieldInfo(label, MONEY, unit="₽", longest=LONGEST_NUMBER, **more)
    wrong, absent = NOT_AN_AMOUNT, FILL_IN
    if (lowest, highest) != (LEAST_AMOUNT, LARGEST_AMOUNT):
        wrong = absent = Message(AMOUNT_WITHIN, min=Money(lowest), max=Money(highest))
    bounds = validate.Range(min=lowest, max=highest, error=wrong)
    return Amount(places=2, as_string=True, validate=bounds, **options(info, required, wrong, absent=absent))


class Amount(fields.Decimal):
    """An amount as people or programs write it: what could be meant otherwise is refused, nothing is rounded."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any
    ) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            raise self.make_error("invalid", input=value)
        typed = str(value)[:LONGEST_NUMBER]
        try:
            amount = read_amount(value) if isinstance(value, str) else _exact(value)
        except AmountAmbiguous:
            raise ValidationError(Message(AMOUNT_AMBIGUOUS, typed=typed)) from None
        except AmountTooFine:
            raise ValidationError(Message(AMOUNT_TOO_FINE, typed=typed)) from None
        except AmountUnreadable:
            raise self.make_error("invalid", input=value) from None
        read: Decimal = super()._deserialize(amount, attr, data, **rest)
        return read


def _exact(value: float | Decimal) -> Decimal:
    """A number of a program, which has no separators but may have too many digits."""
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise AmountUnreadable(value)
    if amount != round(amount, 2):
        raise AmountTooFine(value)
    return amount


class WholeNumber(fields.Integer):
    """A whole number: a fraction is refused instead of cut off."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid", input=value)
        whole: int = super()._deserialize(value, attr, data, **kwargs)
        return whole


def integer(
    label: str,
    lowest: int,
    highest: int,
    *,
    required: bool = True,
    default: int | None = None,
    unit: str = "",
    wrong: str = "",
    **more: Unpack[More],
) -> fields.Integer:
    """A whole number, both bounds included; `wrong` says what is asked for in words of its own."""
    info = FieldInfo(label, NUMBER, default=default, unit=unit, longest=LONGEST_NUMBER, **more)
    error = wrong or Message(NUMBER_WITHIN, min=lowest, max=highest)
    bounds = validate.Range(min=lowest, max=highest, error=error)
    return WholeNumber(validate=bounds, **options(info, required, error, absent=error))


def percent(
    label: str, *, required: bool = True, default: int | None = None, **more: Unpack[More]
) -> fields.Integer:
    """A whole number from 1 to 100, behind which people read "%"."""
    return integer(label, 1, 100, required=required, default=default, unit="%", **more)


class Email(fields.Email):
    """An e-mail address as `core.emails` reads it, also as mail programs copy it; kept without what stood around it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = []  # the library's own pattern is another rule than that of the mail server

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        typed = super()._deserialize(value, attr, data, **rest)
        if len(typed) > LONGEST:
            raise ValidationError(TOO_LONG)
        address = emails.normal(typed)
        if address is None:
            raise self.make_error("invalid")
        return address


def email(label: str, *, required: bool = True, **more: Unpack[More]) -> Email:
    """An e-mail address."""
    return Email(**options(FieldInfo(label, EMAIL, **more), required, NOT_AN_EMAIL))


def checked(
    label: str, check: Callable[[str], str | None], *, required: bool = True, **more: Unpack[More]
) -> Checked:
    """A field of digits with a check that names the problem, such as an INN."""
    return Checked(check, **options(FieldInfo(label, DIGITS, **more), required))
