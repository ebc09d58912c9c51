"""Set where the invoices of a billing account go: by e-mail, on paper or by electronic document exchange."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit
from sandbox.targets.accounts import ACCOUNTS, Account
from sandbox.targets.target import Refusal, with_characteristic

UNFIT = Refusal("deliveryAddressUnfit", "The address does not fit the channel or is too long.")
SAME_DELIVERY_ADDRESS = Refusal("sameDeliveryAddress", "Invoices of the account go to this address already.")
NAME = "invoiceDelivery"
MAX_ADDRESS = 250
ADDRESSES = {
    "email": re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+"),
    "paper": re.compile(r".*\S.*"),
    "edo": re.compile(r"[0-9A-Za-z][0-9A-Za-z@._-]*"),
}
"""What an address must look like, by channel."""
FIELDS = {"email": "emailAddress", "paper": "street1", "edo": "edoId"}
"""Where the contact medium of the account has the address, by channel; the last is not in the official file."""


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    if not isinstance(value, dict):
        raise Unfit(f"{NAME}: an object is expected.")
    channel, address = value.get("channel"), value.get("address")
    if not isinstance(channel, str) or channel not in ADDRESSES:
        raise Unfit(f"{NAME}.channel: one of {', '.join(ADDRESSES)} is expected.")
    # Whether the address fits is asked of the single item, not of the whole order.
    if not isinstance(address, str) or not address.isprintable():
        raise Unfit(f"{NAME}.address: a text in one line is expected.")
    return {"channel": channel, "address": address.strip()}


def _refusal(account: Account, args: Args, _context: Context) -> Refusal | None:
    address = args["address"]
    if len(address) > MAX_ADDRESS or not ADDRESSES[args["channel"]].fullmatch(address):
        return UNFIT
    present = account.characteristics.get(NAME)
    is_same = present is not None and (present["channel"], present["address"]) == (args["channel"], address)
    return SAME_DELIVERY_ADDRESS if is_same else None


def _apply(account: Account, args: Args, context: Context) -> None:
    delivery = {**args, "since": context.today.isoformat()}
    account.characteristics = with_characteristic(account.characteristics, NAME, delivery)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    delivery = (row["characteristics"] or {}).get(NAME)
    if delivery is None:
        return {}
    channel = delivery["channel"]
    medium = {
        "mediumType": channel,
        "preferred": True,
        "characteristic": {FIELDS[channel]: delivery["address"]},
    }
    contact = {
        "contactType": NAME,
        "validFor": {"startDateTime": f"{delivery['since']}T00:00:00Z"},
        "contactMedium": [medium],
    }
    return {"contact": [contact]}


OPERATION = SandboxOperation(
    kind="setInvoiceDelivery",
    target=ACCOUNTS,
    asked_by=NAME,
    read=_read,
    refusals=(UNFIT, SAME_DELIVERY_ADDRESS),
    refusal=_refusal,
    apply=_apply,
    shown=_shown,
)
