"""TM Forum resources into the records of operators.records; strict, with a reason where one does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from operators import fields
from operators.fields import Unfit, get_id, get_object, get_text, objects
from operators.pool import FreeNumber, NumberClass
from operators.records import (
    AccountData,
    ContractData,
    LineData,
    Odd,
    Page,
    PartyData,
    SimData,
    TariffData,
)
from operators.tmf import attributes

T = TypeVar("T")
DIGITS = re.compile(r"[0-9]*")
SETTLEMENTS = ("advance", "credit")
SIM_STATES = {"available": "spare", "reserved": "in_use", "suspended": "in_use"}


def page(kind: str, items: Iterable[Any], parse: Callable[[dict[str, Any]], T]) -> Page[T]:
    """Every item that fits, and the others with the reason."""
    records: list[T] = []
    odd: list[Odd] = []
    for item in items:
        try:
            records.append(parse(get_object(item, kind)))
        except Unfit as problem:
            odd.append(Odd(kind, fields.find_id(item), str(problem)))
    return Page(records, odd)


def party(item: dict[str, Any]) -> PartyData:
    """TMF632 organisation; identification numbers that are not digits are left out."""
    numbers = {
        str(number.get("identificationType")): fields.text(number, "identificationId")
        for number in objects(item.get("organizationIdentification"))
    }
    for name, value in numbers.items():
        if not DIGITS.fullmatch(value):
            raise Unfit(f"{name[:20]} is not a number")
    return PartyData(
        id=get_id(item),
        name=get_text(item, "name"),
        inn=numbers.get("INN", ""),
        kpp=numbers.get("KPP", ""),
        ogrn=numbers.get("OGRN", ""),
    )


def contract(item: dict[str, Any]) -> ContractData:
    """TMF666 party account."""
    return ContractData(get_id(item), get_text(item, "name"), fields.text(item, "state").lower() or "active")


def account(item: dict[str, Any]) -> AccountData:
    """TMF666 billing account."""
    settlement = fields.text(item, "accountType")
    if settlement not in SETTLEMENTS:
        raise Unfit("accountType is neither advance nor credit")
    balance = Decimal(0)
    for entry in objects(item.get("accountBalance")):
        if entry.get("balanceType") == "receivable":
            balance = _roubles(entry.get("amount"), "accountBalance")
    limit = item.get("creditLimit")
    return AccountData(
        id=get_id(item),
        number=get_text(item, "name"),
        contract_id=_contract_of(item),
        settlement=settlement,
        is_in_debt=item.get("paymentStatus") == "inArrears",
        balance=balance,
        credit_limit=Decimal(0) if limit is None else _roubles(limit, "creditLimit"),
        delivery=attributes.read_delivery(item),
    )


def _roubles(value: Any, name: str) -> Decimal:
    """A money {unit, value} in roubles."""
    money = get_object(value, name)
    if money.get("unit", "RUB") != "RUB":
        raise Unfit(f"{name} is not in RUB")
    return fields.amount(money.get("value"), name)


def _contract_of(item: dict[str, Any]) -> str | None:
    for relation in objects(item.get("accountRelationship")):
        if relation.get("relationshipType") == "contract":
            return get_id(get_object(relation.get("account"), "accountRelationship.account"))
    return None


def tariff(item: dict[str, Any]) -> TariffData:
    """TMF620 product offering of the category "tariff"."""
    prices = {
        str(price.get("name")): _roubles(price.get("price"), "productOfferingPrice.price")
        for price in objects(item.get("productOfferingPrice"))
    }
    if "monthly" not in prices:
        raise Unfit("the monthly price is missing")
    return TariffData(
        id=get_id(item),
        name=get_text(item, "name"),
        description=fields.text(item, "description"),
        is_sellable=item.get("isSellable") is True and item.get("lifecycleStatus", "Active") == "Active",
        monthly=prices["monthly"],
        switch_price=prices.get("switch", Decimal(0)),
    )


def is_tariff(item: Any) -> bool:
    """Whether an offering is a tariff: a catalogue also sells other things."""
    categories = item.get("category") if isinstance(item, dict) else None
    return categories is None or any(category.get("name") == "tariff" for category in objects(categories))


def sim(item: dict[str, Any]) -> SimData:
    """TMF639 physical resource of the category "SIM"."""
    characteristics = _characteristics(item.get("resourceCharacteristic"))
    iccid = item.get("value") or characteristics.get("iccid")
    if not isinstance(iccid, str) or not attributes.ICCID.fullmatch(iccid):
        raise Unfit("the ICCID is not one")
    return SimData(
        id=get_id(item),
        iccid=iccid,
        imsi=fields.text(characteristics, "imsi"),
        state=_sim_state(item),
    )


def _sim_state(item: dict[str, Any]) -> str:
    # A suspended card may only be blocked with its line; one that is switched off and locked as well is replaced.
    if (
        item.get("resourceStatus") == "suspended"
        and item.get("operationalState") == "disable"
        and item.get("administrativeState") == "locked"
    ):
        return "dead"
    return SIM_STATES.get(fields.text(item, "resourceStatus"), "unknown")


def free_number(item: dict[str, Any]) -> FreeNumber:
    """TMF639 logical resource of the category "MSISDN" that may be had; its price must be told."""
    characteristics = _characteristics(item.get("resourceCharacteristic"))
    number_class = fields.text(characteristics, "numberClass")
    if number_class not in tuple(NumberClass):
        raise Unfit(f"the class of number {number_class[:30]!r} is not known")
    return FreeNumber(
        msisdn=attributes.digits(
            item.get("value") or characteristics.get("msisdn"), attributes.MSISDN, "the number"
        ),
        number_class=NumberClass(number_class),
        price=fields.amount(characteristics.get("switchPrice"), "switchPrice"),
        party_id=_earlier_customer(item),
    )


def _earlier_customer(item: dict[str, Any]) -> str | None:
    """For whom a number in quarantine is kept; nobody at all where that is not said."""
    for party in fields.objects(item.get("relatedParty")):
        if party.get("role") == "earlierCustomer":
            return get_id(party)
    return "" if item.get("resourceStatus") == "standby" else None


def line(item: dict[str, Any]) -> LineData:
    """TMF637 product."""
    characteristics = _characteristics(item.get("productCharacteristic"))
    party_id, employee = _parties(item)
    return LineData(
        id=get_id(item),
        party_id=party_id,
        account_id=fields.find_id(item.get("billingAccount")) or None,
        employee=employee,
        spent=fields.amount(characteristics.get("spentThisMonth", 0), "spentThisMonth"),
        last_activity=fields.find_day(characteristics.get("lastActivity"), "lastActivity"),
        activated_on=fields.find_day(item.get("startDate"), "startDate"),
        updated_at=fields.moment(item.get("lastUpdate"), "lastUpdate"),
        planned_tariff_id=fields.find_id(characteristics.get("plannedTariff")) or None,
        **attributes.read_line(item, characteristics),
    )


def _parties(item: dict[str, Any]) -> tuple[str, str]:
    customer = employee = ""
    for related in objects(item.get("relatedParty")):
        if related.get("role") == "customer":
            customer = get_id(related)
        elif related.get("role") == "user":
            employee = fields.text(related, "name")
    if not customer:
        raise Unfit("the customer is missing")
    return customer, employee


def _characteristics(value: Any) -> dict[str, Any]:
    """By name; a later one of the same name wins."""
    return {item["name"]: item.get("value") for item in objects(value) if isinstance(item.get("name"), str)}
