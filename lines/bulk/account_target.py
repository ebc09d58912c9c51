"""Billing accounts as what the bulk engine works on: choosing them, reading them, writing an effect on them."""

# ruff: noqa: ARG002 - a target is asked for more than accounts have
from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    cast,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.db import BIGINTS
from core.errors import InvalidInput
from core.fields import FieldSchema
from core.i18n import N_
from hierarchy.models import BillingAccount, Contract
from lines import field_values
from lines.accounts import seen_accounts
from lines.bulk.account_words import ACCOUNT_WORDS
from operators.port import Account
from rbac.actor import Actor, company_of
from rbac.decision import is_everywhere
from rbac.permissions import Permission
from runs.models import RunItem
from runs.operation import Refusal, TargetColumns, TargetLine
from runs.refusals import refusal_case
from runs.row_value_kind import RowValue
from runs.selection import Ids, Matching, Named, Selection

ACCOUNT: Final = "account"
NOT_SO = N_("Billing accounts are chosen one by one, all at once, or as those that failed in an earlier run.")
OF_ITEM = and_(BillingAccount.company_id == RunItem.company_id, BillingAccount.id == RunItem.target_id)
IN_CONTRACT = and_(
    Contract.company_id == BillingAccount.company_id, Contract.id == BillingAccount.contract_id
)
NOTHING = literal("")


class AccountTarget:
    """The runs.operation.Target over the table of billing accounts."""

    kind = ACCOUNT
    see = Permission.ACCOUNTS_VIEW
    words = ACCOUNT_WORDS
    columns = TargetColumns(
        BillingAccount.number, NOTHING, NOTHING, NOTHING, func.coalesce(Contract.number, "")
    )

    def of_items(self, statement: Select[Any]) -> Select[Any]:
        """A select from items joined to their accounts and contracts."""
        return statement.join(BillingAccount, OF_ITEM).outerjoin(Contract, IN_CONTRACT)

    def seen(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that the actor sees the account."""
        return seen_accounts(actor, self.see)

    def id_column(self) -> InstrumentedAttribute[int]:
        """The account's id within `chosen`."""
        return BillingAccount.id

    def sort_column(self) -> InstrumentedAttribute[str]:
        """The number that people know an account by."""
        return BillingAccount.number

    def chosen(
        self, session: Session, actor: Actor, permission: Permission, selection: Selection
    ) -> Select[Any]:
        """The ids of the chosen accounts that the actor may see, joined to their contracts.

        Raises NotFound for a run that the actor may not see, InvalidInput for what chooses lines only.
        """
        condition: ColumnElement[bool]
        match selection:
            case Matching(query=""):
                condition = true()
            case Ids(ids):
                condition = BillingAccount.id == any_(cast(list(ids), BIGINTS))
            case Named():
                selection.check(session, actor, self.kind)
                condition = selection.condition(company_of(actor), BillingAccount.id)
            case _:
                raise InvalidInput(NOT_SO, code="nothing_selected")
        return (
            select(BillingAccount.id)
            .outerjoin(Contract, IN_CONTRACT)
            .where(BillingAccount.company_id == actor.company_id, seen_accounts(actor, permission), condition)
        )

    def problems(
        self,
        session: Session,
        actor: Actor,
        permission: Permission,
        schema: FieldSchema,
        values: Mapping[str, Any],
    ) -> Mapping[str, list[str]]:
        """The problems by field of the tariffs, accounts and departments that parameters name."""
        return field_values.problems(session, actor, permission, schema, values)

    def requested(self, session: Session, selection: Selection) -> int | None:
        """The number of accounts asked for, where the selection names them one by one."""
        return len(selection.ids) if isinstance(selection, Ids) else None

    def lacks_right(self, actor: Actor, permission: Permission) -> ColumnElement[bool]:
        """The condition that the actor does not hold the permission on the whole company.

        An account is charged for lines of any department: who looks after one branch sees it, and changes nothing.
        """
        return false() if is_everywhere(actor, permission) else true()

    def lacks_right_in(self, actor: Actor, permission: Permission, department_id: int) -> ColumnElement[bool]:
        """Nothing: accounts stand in no department."""
        return false()

    def prepare(self, session: Session, company_id: int, effect: Mapping[str, Any]) -> None:
        """Nothing: what an effect on accounts needs stands in their own rows."""

    def before_sending(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        numbers: Mapping[int, int],
        refusals: Sequence[Refusal],
        *,
        has_row_value: bool = False,
    ) -> Sequence[TargetLine]:
        """These accounts in the order of their items' numbers, with the refusal that holds now."""
        query = select(BillingAccount.id, BillingAccount.operator_id, refusal_case(list(refusals))).where(
            BillingAccount.company_id == company_id,
            BillingAccount.id == any_(cast(list(numbers), BIGINTS)),
        )
        accounts = [
            TargetLine(numbers[account_id], account_id, Account(operator_id), refusal)
            for account_id, operator_id, refusal in session.execute(query)
        ]
        return sorted(accounts, key=attrgetter("no"))

    def apply(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        target_ids: Sequence[int],
        effect: Mapping[str, Any],
        row_value: RowValue | None = None,
        *,
        is_ordered: bool = True,
    ) -> Sequence[tuple[int, str, dict[str, Any], dict[str, Any]]]:
        """Write the effect on the accounts, locked in the order of their ids."""
        accounts = session.scalars(
            select(BillingAccount)
            .where(
                BillingAccount.company_id == company_id,
                BillingAccount.id == any_(cast(list(target_ids), BIGINTS)),
            )
            .order_by(BillingAccount.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        changes = []
        for account in accounts:
            before = {name: getattr(account, name) for name in effect}
            for name, value in effect.items():
                setattr(account, name, value)
            changes.append((account.id, account.number, before, dict(effect)))
        session.flush()
        return changes
