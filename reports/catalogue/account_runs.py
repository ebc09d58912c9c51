"""Runs on billing accounts and how each account ended in them."""

from __future__ import annotations

from sqlalchemy import select

from core.excel import Column
from core.i18n import N_
from hierarchy.models import BillingAccount, Contract
from lines.accounts import seen_accounts
from lines.bulk.account_target import ACCOUNT, IN_CONTRACT, OF_ITEM
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import RECORDS
from reports.catalogue.run_items import (
    OF_RUN,
    OUTCOME,
    OUTCOME_COLUMNS,
    RUN,
    RUN_COLUMNS,
    conditions,
    item_cells,
    operation_choice,
    outcome_choice,
)
from reports.params import PeriodParams, moments
from reports.report import Cells, Params, Report, Rows, Speech
from runs.models import Run, RunItem


class AccountRunsParams(PeriodParams):
    """The period in which the runs were started, their operation, and the outcome for the account."""

    operation = operation_choice(ACCOUNT)
    outcome = outcome_choice()


def rows(actor: Actor, params: Params) -> Rows:
    """One row per billing account of a run, the newest run first; accounts that the actor does not see stay out."""
    return (
        select(*RUN, BillingAccount.number, Contract.number, *OUTCOME)
        .select_from(RunItem)
        .join(Run, OF_RUN)
        .join(BillingAccount, OF_ITEM)
        .outerjoin(Contract, IN_CONTRACT)
        .where(
            RunItem.company_id == company_of(actor),
            seen_accounts(actor),
            seen_accounts(actor, Permission.RUNS_VIEW),
            *conditions(ACCOUNT, params, *moments(actor, params)),
        )
        .order_by(RunItem.run_id.desc(), RunItem.no)
    )


def cells(speech: Speech) -> Cells:
    """The account and its contract as they are, between the words for the run and for the outcome."""
    return item_cells(speech, tuple)


REPORT = Report(
    code="account_runs",
    title=N_("Runs on billing accounts"),
    lead=N_("What was done to billing accounts, by whom and how it ended for each of them."),
    group=RECORDS,
    permission=Permission.ACCOUNTS_VIEW,
    also=Permission.RUNS_VIEW,
    schema=AccountRunsParams,
    columns=(
        *RUN_COLUMNS,
        Column(N_("Billing account"), "account", "text", 22),
        Column(N_("Contract"), "contract", "text", 22),
        *OUTCOME_COLUMNS,
    ),
    rows=rows,
    cells=cells,
    icon="receipt",
)
