"""The attributes of a line: pages, filters, sorting, reports, results, the journal and the API are made from them.

The order is that of the list's columns. docs/adding-a-field.md says how one is added.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from core import clock
from core.i18n import N_, NN_
from hierarchy.models import BillingAccount
from lines.attribute import ApiField, Attribute, CardFact, Kind, ListColumn, Owner, ReportColumn
from lines.attribute_filters import VALUE_ALONE, AnyOf, AtLeast, Contains, OneId, Presence
from lines.search import LineEntity
from lines.sorting import BY_ACTIVITY, BY_NUMBER, BY_USED, by_column, parse_amount
from lines.words import BLOCK_REASONS, LIMIT_PERIODS, STATES
from operators.models import Tariff
from rbac.permissions import Permission

STATE, LIMIT = N_("State"), N_("Limit")


def _used_from(line: LineEntity, percent: int) -> list[ColumnElement[bool]]:
    return [line.limit_amount > 0, line.spent * 100 >= line.limit_amount * percent]


def _idle_for(line: LineEntity, days: int) -> list[ColumnElement[bool]]:
    since = clock.now().date() - timedelta(days=days)
    return [or_(line.last_activity.is_(None), line.last_activity < since)]


def api(column: str, kind: Kind = Kind.TEXT, **options: Any) -> tuple[ApiField, ...]:
    """The one field of an attribute that the API calls as its column is called."""
    return (ApiField(column, f"line.{column}", kind, **options),)


def text(code: str, label: str) -> Attribute:
    """An attribute of a text column that is never null: shown, filtered, sorted and exported everywhere."""
    return Attribute(
        code,
        label,
        Kind.TEXT,
        column=code,
        sort=by_column(code),
        filters=(Contains(code, label, label, code),),
        in_list=ListColumn(),
        on_card=CardFact(),
        in_report=ReportColumn(code, width=24),
        in_api=api(code),
    )


ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        "number",
        N_("Number"),
        Kind.MSISDN,
        column="msisdn",
        owner=Owner.OPERATOR,
        sort=BY_NUMBER,
        in_report=ReportColumn("msisdn", 10, width=16),
        in_api=api("msisdn", description="E.164 without plus."),
    ),
    Attribute(
        "state",
        STATE,
        Kind.WORDS,
        column="state",
        owner=Owner.OPERATOR,
        words=STATES,
        filters=(AnyOf("state", STATE, STATE, "state", STATES, chip=VALUE_ALONE),),
        in_list=ListColumn(cell="state", is_usual=True),
        in_report=ReportColumn("state", 60, width=16),
        in_api=api("state"),
    ),
    Attribute(
        "block_reason",
        N_("Block reason"),
        Kind.WORDS,
        column="block_reason",
        owner=Owner.OPERATOR,
        words=BLOCK_REASONS,
        filters=(
            AnyOf(
                "reason", N_("Blocked"), STATE, "block_reason", BLOCK_REASONS, chip=N_("Blocked: %(value)s")
            ),
        ),
        in_report=ReportColumn("block_reason", 70, width=20),
        in_api=api("block_reason", is_nullable=True),
    ),
    Attribute(
        "employee",
        N_("Employee"),
        Kind.TEXT,
        column="employee",
        owner=Owner.OPERATOR_UNTIL_SET,
        sort=by_column("employee_sort"),
        filters=(
            Presence(
                "employee",
                N_("Employee"),
                N_("Employee"),
                {"none": N_("No employee")},
                lambda line: line.employee_sort != "",
                chip=VALUE_ALONE,
            ),
        ),
        in_list=ListColumn(is_usual=True),
        on_card=CardFact(10, macro="employee"),
        in_report=ReportColumn("employee", 30, width=30),
        in_api=api("employee"),
    ),
    Attribute(
        "department",
        N_("Department"),
        Kind.REFERENCE,
        column="department_id",
        path="department",
        in_list=ListColumn(cell="text", is_usual=True),
        on_card=CardFact(20, macro="department"),
        in_report=ReportColumn("department", 40, width=34, words="department"),
        in_api=(
            ApiField("department_id", "line.department_id", "id"),
            ApiField("department", "department", Kind.TEXT),
        ),
    ),
    Attribute(
        "tariff",
        N_("Tariff"),
        Kind.TARIFF,
        column="tariff_id",
        owner=Owner.OPERATOR,
        at_operator="tariff",
        path="tariff",
        filters=(AnyOf("tariff", N_("Tariff"), N_("Tariff"), "tariff_id", names="tariff", chip=VALUE_ALONE),),
        in_list=ListColumn(is_usual=True),
        on_card=CardFact(30),
        in_report=ReportColumn("tariff", 50, width=20, select=Tariff.name, words="text"),
        in_api=(
            ApiField("tariff_id", "line.tariff_id", Kind.TEXT),
            ApiField("tariff", "tariff", Kind.TEXT, is_nullable=True),
        ),
    ),
    Attribute(
        "planned_tariff",
        N_("Tariff from the next period"),
        Kind.TARIFF,
        column="planned_tariff_id",
        owner=Owner.OPERATOR,
    ),
    Attribute(
        "used",
        N_("Limit used"),
        Kind.PERCENT,
        path="line",
        sort=BY_USED,
        filters=(
            Presence(
                "limit",
                N_("Spending limit"),
                LIMIT,
                {"yes": N_("With a limit"), "no": N_("Without a limit")},
                lambda line: line.limit_amount.is_not(None),
                chip=VALUE_ALONE,
            ),
            AtLeast(
                "used",
                N_("Used from, %"),
                LIMIT,
                0,
                1000,
                N_("From 0 to 1000 per cent."),
                _used_from,
                chip=N_("Limit used from %(value)s %%"),
            ),
        ),
        in_list=ListColumn(cell="used", is_usual=True),
    ),
    Attribute(
        "spent",
        N_("Spent this month"),
        Kind.MONEY,
        column="spent",
        owner=Owner.USAGE,
        is_journaled=False,
        sort=by_column("spent", parse_amount, largest_first=True),
        in_list=ListColumn(N_("Spent"), is_usual=True),
        in_report=ReportColumn("spent", 110, N_("Spent this month, ₽"), 20, is_summed=True),
        in_api=api("spent", Kind.MONEY),
    ),
    Attribute(
        "activity",
        N_("Last activity"),
        Kind.DAY,
        column="last_activity",
        owner=Owner.USAGE,
        is_journaled=False,
        sort=BY_ACTIVITY,
        filters=(
            AtLeast(
                "idle",
                N_("No activity for more than, days"),
                N_("Idle"),
                1,
                3650,
                N_("From 1 to 3650 days."),
                _idle_for,
                chip=NN_("Idle for more than %(num)s day", "Idle for more than %(num)s days"),
            ),
        ),
        in_list=ListColumn(),
        on_card=CardFact(70),
        in_report=ReportColumn("last_activity", 120, width=16),
        in_api=api("last_activity", Kind.DAY, is_nullable=True),
    ),
    Attribute(
        "iccid",
        N_("SIM card"),
        Kind.ICCID,
        column="iccid",
        owner=Owner.OPERATOR,
        in_list=ListColumn(),
        on_card=CardFact(40),
        in_report=ReportColumn("iccid", 20, N_("SIM card (ICCID)"), 23),
        in_api=api("iccid"),
    ),
    Attribute(
        "limit",
        LIMIT,
        Kind.MONEY,
        column="limit_amount",
        owner=Owner.OPERATOR,
        at_operator="limit.amount",
        in_list=ListColumn(),
        in_report=ReportColumn("limit", 90, N_("Limit, ₽")),
        in_api=api("limit_amount", Kind.MONEY, is_nullable=True),
    ),
    Attribute(
        "limit_period",
        N_("Limit period"),
        Kind.WORDS,
        column="limit_period",
        owner=Owner.OPERATOR,
        at_operator="limit.period",
        words=LIMIT_PERIODS,
        in_report=ReportColumn("limit_period", 100, width=14),
        in_api=api("limit_period", is_nullable=True),
    ),
    Attribute(
        "limit_warn",
        N_("Warning at, %"),
        Kind.PERCENT,
        column="limit_warn",
        owner=Owner.OPERATOR,
        at_operator="limit.warn",
        in_api=api("limit_warn", Kind.PERCENT, is_nullable=True, description="Per cent."),
    ),
    Attribute(
        "account",
        N_("Account"),
        Kind.REFERENCE,
        column="account_id",
        owner=Owner.USAGE,
        permission=Permission.ACCOUNTS_VIEW,
        filters=(
            OneId(
                "account",
                N_("Billing account"),
                N_("Account"),
                "account_id",
                "account",
                chip=N_("Account %(value)s"),
            ),
        ),
        on_card=CardFact(50, N_("Billing account"), "account"),
        in_report=ReportColumn(
            "account", 80, N_("Billing account"), 18, select=BillingAccount.number, words="text"
        ),
    ),
    Attribute("contract", N_("Contract"), Kind.REFERENCE, on_card=CardFact(60, macro="contract")),
    Attribute(
        "activated",
        N_("In use since"),
        Kind.DAY,
        column="activated_on",
        owner=Owner.OPERATOR,
        in_list=ListColumn(),
        on_card=CardFact(80),
    ),
)
