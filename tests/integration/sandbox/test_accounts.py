"""Where invoices of billing accounts go: shown with the account, changed by orders as lines are."""

from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from tests.integration.sandbox import schemas
from tests.integration.sandbox.operator import ORDERS, Listener, Operator, set_characteristic, wait_until

ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
EMAIL = {"channel": "email", "address": "accounts@example.org"}
FIELDS = {"email": "emailAddress", "paper": "street1", "edo": "edoId"}


def accounts(operator: Operator, company: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = operator.call("GET", f"{ACCOUNTS}?relatedParty.id={company}&limit=1000")
    for account in items:
        Draft202012Validator(schemas.BILLING_ACCOUNT).validate(account)
    return items


def delivery(operator: Operator, key: str) -> dict[str, Any] | None:
    contacts = operator.call("GET", f"{ACCOUNTS}/{key}").get("contact", [])
    if not contacts:
        return None
    (medium,) = contacts[0]["contactMedium"]
    channel = medium["mediumType"]
    return {"channel": channel, "address": medium["characteristic"][FIELDS[channel]]}


def order(company: str, changes: list[tuple[str, Any]], key: str = "run-1") -> dict[str, Any]:
    items = [
        {
            "id": f"{key}-{n}",
            "action": "modify",
            "quantity": 1,
            "billingAccount": {"id": account},
            "product": set_characteristic("invoiceDelivery", value),
        }
        for n, (account, value) in enumerate(changes)
    ]
    party = [{"id": company, "role": "customer", "@referredType": "Organization"}]
    return {"externalId": key, "category": "test", "relatedParty": party, "productOrderItem": items}


def place(operator: Operator, company: str, *changes: tuple[str, Any]) -> list[str]:
    taken = operator.call("POST", f"{ORDERS}/productOrder", order(company, list(changes)))
    body = operator.finished(taken["id"])
    Draft202012Validator(schemas.ORDER).validate(body)
    assert [item["billingAccount"] for item in body["productOrderItem"]] == [
        {"id": key} for key, _ in changes
    ]
    return [item.get("statusReason", {}).get("code", item["state"]) for item in body["productOrderItem"]]


def test_seeded_accounts_have_every_channel_and_none(operator: Operator) -> None:
    company = operator.company(900, "АО «Счета»")
    deliveries = [delivery(operator, account["id"]) for account in accounts(operator, company)]
    assert {item["channel"] if item else None for item in deliveries} == {"email", "paper", "edo", None}


def test_many_accounts_in_one_order(operator: Operator) -> None:
    company = operator.company(900, "АО «Много счетов»")
    before = accounts(operator, company)
    keys = [account["id"] for account in before]
    values = [
        EMAIL,
        {"channel": "paper", "address": "  125009, Москва, ул. Тверская, 7  "},
        {"channel": "edo", "address": "2BM-7701234567-770101001"},
        EMAIL,
    ]
    changes = list(zip(keys, values, strict=False))
    assert place(operator, company, *changes) == ["completed"] * 4
    for key, value in changes:
        assert delivery(operator, key) == {**value, "address": value["address"].strip()}
    after = accounts(operator, company)
    assert all(new["lastModified"] > old["lastModified"] for new, old in zip(after[:4], before, strict=False))
    assert after[4:] == before[4:]
    untouched = ("contact", "lastModified")
    assert [{k: v for k, v in item.items() if k not in untouched} for item in after] == [
        {k: v for k, v in item.items() if k not in untouched} for item in before
    ]


def test_refusals_item_by_item(operator: Operator) -> None:
    company, other = operator.company(700, "АО «Отказы»"), operator.company(5, "АО «Чужие счета»")
    first, second, third = (account["id"] for account in accounts(operator, company)[:3])
    foreign = accounts(operator, other)[0]["id"]
    operator.call("POST", f"/admin/accounts/{third}", {"state": "closed"})
    outcomes = place(
        operator,
        company,
        (first, EMAIL),
        (first, EMAIL),
        (first, {"channel": "edo", "address": "2BM-1"}),
        (first, EMAIL),
        (foreign, EMAIL),
        ("A9999999999", EMAIL),
        ("x", EMAIL),
        ("P0000000001", EMAIL),
        (third, EMAIL),
        (second, {"channel": "email", "address": "nobody"}),
        (second, {"channel": "email", "address": f"{'x' * 250}@example.org"}),
        (second, {"channel": "paper", "address": " "}),
        (second, {"channel": "edo", "address": "два слова"}),
    )
    assert outcomes == [
        "completed",
        "sameDeliveryAddress",
        "completed",
        "completed",
        *["accountNotFound"] * 4,
        "accountClosed",
        *["deliveryAddressUnfit"] * 4,
    ]
    operator.call("POST", f"/admin/accounts/{third}", {"state": "active"})
    assert place(operator, company, (third, EMAIL)) == ["completed"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "accounts@example.org",
        {"address": "accounts@example.org"},
        {"channel": "fax", "address": "1"},
        {"channel": ["email"], "address": "accounts@example.org"},
        {"channel": "email"},
        {"channel": "email", "address": "a\0b@example.org"},
        {"channel": "paper", "address": "two\nlines"},
    ],
)
def test_wrong_values_refuse_the_order(operator: Operator, value: Any) -> None:
    company = operator.company(5, "АО «Не то»")
    key = accounts(operator, company)[0]["id"]
    body = order(company, [(key, EMAIL), (key, value)])
    answer = operator.request("POST", f"{ORDERS}/productOrder", body)
    assert answer.status == 400
    assert b"productOrderItem[1]: invoiceDelivery" in answer.data
    assert operator.stats()["ordersReceived"] == 0


def test_which_thing_an_item_is_about(operator: Operator) -> None:
    company = operator.company(30, "АО «Чьё»")
    key, line = accounts(operator, company)[0]["id"], operator.lines(company)[0]["id"]
    item = order(company, [(key, EMAIL)])["productOrderItem"][0]
    wrong: tuple[tuple[dict[str, object], bytes], ...] = (
        ({"billingAccount": {}}, b"billingAccount.id: a text is expected"),
        ({"billingAccount": [{"id": key}]}, b"billingAccount.id: a text is expected"),
        ({"product": {"status": "active"}}, b"the characteristic invoiceDelivery is expected"),
        ({"product": {"id": line, **item["product"]}}, b"exactly one of status"),
    )
    for part, text in wrong:
        body = {**order(company, []), "productOrderItem": [{**item, **part}]}
        answer = operator.request("POST", f"{ORDERS}/productOrder", body)
        assert answer.status == 400
        assert text in answer.data
    changed = {**item, "product": {"id": line, "status": "suspended"}}
    both = {**order(company, []), "productOrderItem": [{**changed, "id": "line"}, {**item, "id": "account"}]}
    body = operator.finished(operator.call("POST", f"{ORDERS}/productOrder", both)["id"])
    assert [item.get("product", item.get("billingAccount")) for item in body["productOrderItem"]] == [
        {"id": line},
        {"id": key},
    ]
    assert operator.line(line)["status"] == "suspended"
    assert delivery(operator, key) == EMAIL


def test_outcomes_come_as_an_event_and_are_found_by_key(operator: Operator, listener: Listener) -> None:
    company = operator.company(30, "АО «Ключ»")
    first, second = (account["id"] for account in accounts(operator, company)[:2])
    operator.call("POST", f"{ORDERS}/hub", {"callback": listener.url})
    body = order(company, [(first, EMAIL), (second, {"channel": "email", "address": "nobody"})], "run-5")
    operator.call("POST", f"{ORDERS}/productOrder", body)
    (event,) = wait_until(lambda: listener.events)
    assert event["eventType"] == "ProductOrderStateChangeEvent"
    outcome = event["event"]["productOrder"]
    assert (outcome["externalId"], outcome["state"]) == ("run-5", "partial")
    assert outcome["productOrderItem"] == [
        {"id": "run-5-0", "action": "modify", "state": "completed"},
        {
            "id": "run-5-1",
            "action": "modify",
            "state": "rejected",
            "statusReason": {
                "code": "deliveryAddressUnfit",
                "message": "The address does not fit the channel or is too long.",
            },
        },
    ]
    (body,) = operator.call("GET", f"{ORDERS}/productOrder?externalId=run-5")
    assert [item["state"] for item in body["productOrderItem"]] == ["completed", "rejected"]
    assert [item["productId"] for item in operator.call("GET", "/admin/items?externalIdPrefix=run-5")] == [
        first,
        second,
    ]


def test_items_fail_and_are_counted_like_those_of_lines(operator: Operator) -> None:
    company = operator.company(30, "АО «Сбои»")
    first, second = (account["id"] for account in accounts(operator, company)[:2])
    operator.call("PUT", "/admin/faults", {"itemFailRate": 1.0})
    before = delivery(operator, first)
    assert place(operator, company, (first, EMAIL), (second, EMAIL)) == ["technical"] * 2
    assert delivery(operator, first) == before
    operator.call("DELETE", "/admin/faults")
    assert place(operator, company, (first, EMAIL), (second, EMAIL)) == ["completed"] * 2
    stats = operator.stats()
    assert (stats["linesOrderedMoreThanOnce"], stats["linesAcceptedMoreThanOnce"]) == (2, 0)


def test_accounts_of_a_database_from_before(own_operator: Operator) -> None:
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 60})
    company = own_operator.company(30, "АО «Давно»")
    key, line = accounts(own_operator, company)[0]["id"], own_operator.lines(company)[0]["id"]
    waiting = {**order(company, [(key, EMAIL)]), "productOrderItem": []}
    waiting["productOrderItem"] = [
        {"id": "old", "action": "modify", "product": {"id": line, "status": "suspended"}}
    ]
    taken = own_operator.call("POST", f"{ORDERS}/productOrder", waiting)
    own_operator.stop()
    with psycopg.connect(own_operator.database_url, autocommit=True) as conn:
        conn.execute("ALTER TABLE billing_account DROP COLUMN characteristics, DROP COLUMN last_modified")
        conn.execute("ALTER TABLE product DROP COLUMN characteristics")
        conn.execute("ALTER TABLE order_item ADD COLUMN product_id bigint")
        conn.execute("UPDATE order_item SET product_id = 1")
        conn.execute("UPDATE product_order SET ready_at = now()")
    own_operator.start()
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 0})
    assert own_operator.finished(taken["id"])["state"] in ("completed", "rejected")
    assert own_operator.line(line)["status"] == "suspended"
    assert delivery(own_operator, key) is None
    assert place(own_operator, company, (key, EMAIL)) == ["completed"]
    assert delivery(own_operator, key) == EMAIL
