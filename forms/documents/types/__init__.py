"""The types of documents: one file each, put together in the tuple that pages and API read."""

from core.errors import NotFound
from forms.documents.form import FormType
from forms.documents.types import (
    claim,
    connect_console,
    credit_settlement,
    merge_split_accounts,
    numbers_and_sims,
    private_person,
    tariff_and_services,
)

TYPES: tuple[FormType, ...] = (
    numbers_and_sims.FORM,
    tariff_and_services.FORM,
    claim.FORM,
    credit_settlement.FORM,
    merge_split_accounts.FORM,
    private_person.FORM,
    connect_console.FORM,
)


def get_type(code: str) -> FormType:
    """The type of this code; raises NotFound."""
    for form in TYPES:
        if form.code == code:
            return form
    raise NotFound
