"""SIM replacement and change of number: what there is to be had, who gets it, and what becomes of the old one."""

import json
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from tests.integration.sandbox import schemas
from tests.integration.sandbox.operator import (
    ORDERS,
    PRODUCTS,
    Listener,
    Operator,
    order,
    read_characteristic,
    set_characteristic,
    wait_until,
)

RESOURCES = "/tmf-api/resourceInventoryManagement/v4/resource"
Change = tuple[str, dict[str, Any]]


def resources(operator: Operator, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = operator.call("GET", f"{RESOURCES}?limit=1000&{query}")
    for item in items:
        Draft202012Validator(schemas.RESOURCE).validate(item)
    return items


def spares(operator: Operator, company: str) -> list[str]:
    query = f"relatedParty.id={company}&category=SIM&resourceStatus=available"
    return [item["value"] for item in resources(operator, query)]


def free(operator: Operator, query: str = "") -> list[str]:
    query = f"category=MSISDN&resourceStatus=available&{query}"
    return [item["value"] for item in resources(operator, query)]


def resource(operator: Operator, value: str) -> dict[str, Any]:
    (item,) = resources(operator, f"value.contains={value}")
    return item


def sim(line: str, iccid: str) -> Change:
    return line, set_characteristic("iccid", iccid)


def number(line: str, msisdn: str) -> Change:
    return line, set_characteristic("msisdn", msisdn)


def place(operator: Operator, company: str, *changes: Change) -> list[str]:
    taken = operator.call("POST", f"{ORDERS}/productOrder", order(company, list(changes)))
    body = operator.finished(taken["id"])
    return [item.get("statusReason", {}).get("code", item["state"]) for item in body["productOrderItem"]]


def values(operator: Operator, line: str) -> tuple[str, str]:
    product = operator.line(line)
    pair = read_characteristic(product, "msisdn"), read_characteristic(product, "iccid")
    assert tuple(thing["value"] for thing in product["realizingResource"]) == pair
    assert product["name"] == f"+{pair[0]}"
    for thing in product["realizingResource"]:
        shown = operator.call("GET", f"{RESOURCES}/{thing['id']}")
        assert (shown["value"], shown["resourceStatus"]) == (thing["value"], "reserved")
    return pair


def test_a_new_card_and_the_old_one_is_dead(operator: Operator) -> None:
    company = operator.company(30, "АО «Карты»")
    active, suspended = (operator.lines(company, f"&status={s}")[0]["id"] for s in ("active", "suspended"))
    msisdn, old = values(operator, active)
    before = operator.line(active)["lastUpdate"]
    new, other = spares(operator, company)[:2]
    was = resource(operator, new)
    assert place(operator, company, sim(active, new), sim(suspended, other)) == ["completed"] * 2
    assert values(operator, active) == (msisdn, new)
    assert values(operator, suspended)[1] == other
    assert operator.line(active)["lastUpdate"] > before
    now = resource(operator, new)
    assert now["id"] == was["id"]
    assert read_characteristic({"productCharacteristic": now["resourceCharacteristic"]}, "msisdn") == msisdn
    dead = resource(operator, old)
    assert dead["resourceStatus"] == "suspended"
    assert (dead["operationalState"], dead["administrativeState"]) == ("disable", "locked")
    assert len(spares(operator, company)) == 8
    again = place(operator, company, sim(active, new), sim(active, old), sim(suspended, new))
    assert again == ["sameSim", "simNotAvailable", "simNotAvailable"]


def test_cards_of_others_and_cards_that_are_not(operator: Operator) -> None:
    company, other = operator.company(10, "АО «Свои»"), operator.company(10, "АО «Чужие»")
    line = operator.lines(company)[0]["id"]
    foreign, own = spares(operator, other)[0], spares(operator, company)[0]
    in_use = values(operator, operator.lines(company)[1]["id"])[1]
    operator.call("POST", f"/admin/products/{operator.lines(company)[2]['id']}", {"status": "terminated"})
    gone = operator.lines(company)[2]["id"]
    outcomes = place(
        operator,
        company,
        sim(line, foreign),
        sim(line, in_use),
        sim(line, "x"),
        sim("P9999999999", own),
        sim(gone, own),
    )
    assert outcomes == ["simNotAvailable"] * 3 + ["unknownProduct", "terminated"]


def test_the_first_of_two_gets_it(operator: Operator) -> None:
    company = operator.company(10, "АО «Двое»")
    first, second = (line["id"] for line in operator.lines(company)[:2])
    card, msisdn = spares(operator, company)[0], free(operator)[0]
    outcomes = place(operator, company, sim(first, card), sim(second, card))
    assert outcomes == ["completed", "simNotAvailable"]
    outcomes = place(operator, company, number(first, msisdn), number(second, msisdn), number(first, msisdn))
    assert outcomes == ["completed", "numberNotAvailable", "sameNumber"]
    assert values(operator, first) == (msisdn, card)


def test_a_number_goes_to_quarantine_and_only_its_customer_gets_it_back(operator: Operator) -> None:
    company, other = operator.company(10, "АО «Свои»"), operator.company(10, "АО «Чужие»")
    line, sister = (line["id"] for line in operator.lines(company)[:2])
    stranger = operator.lines(other)[0]["id"]
    old, iccid = values(operator, line)
    sisters = values(operator, sister)[0]
    new = free(operator)[0]
    assert place(operator, company, number(line, "+" + new)) == ["completed"]
    assert values(operator, line) == (new, iccid)
    kept = resource(operator, old)
    assert kept["resourceStatus"] == "standby"
    assert kept["relatedParty"][0]["role"] == "earlierCustomer"
    assert new not in free(operator)
    assert old not in free(operator)
    assert place(operator, other, number(stranger, old)) == ["numberNotAvailable"]
    assert place(operator, company, number(line, sisters)) == ["numberNotAvailable"]
    assert place(operator, company, number(sister, old)) == ["completed"]
    assert values(operator, sister)[0] == old
    assert resource(operator, sisters)["resourceStatus"] == "standby"


def test_a_number_passes_on_within_one_order(operator: Operator) -> None:
    company = operator.company(10, "АО «По кругу»")
    first, second, third = (line["id"] for line in operator.lines(company)[:3])
    own, seconds = values(operator, first)[0], values(operator, second)[0]
    card, other = spares(operator, company)[:2]
    next_number, two = free(operator)[:2]
    outcomes = place(
        operator,
        company,
        number(first, next_number),
        sim(first, card),
        number(second, own),
        sim(first, other),
        number(third, two),
        number(third, seconds),
        number(third, two),
    )
    assert outcomes == ["completed"] * 7
    assert values(operator, first) == (next_number, other)
    assert values(operator, second)[0] == own
    assert values(operator, third)[0] == two
    assert resource(operator, seconds)["resourceStatus"] == "standby"
    assert resource(operator, card)["resourceStatus"] == "suspended"


def test_there_and_back_again(operator: Operator) -> None:
    company = operator.company(10, "АО «Обратно»")
    line = operator.lines(company)[0]["id"]
    own, new = values(operator, line)[0], free(operator)[0]
    assert place(operator, company, number(line, new), number(line, own)) == ["completed"] * 2
    assert values(operator, line)[0] == own
    assert resource(operator, new)["resourceStatus"] == "standby"


def test_pages_hold_every_card_and_number_once(operator: Operator) -> None:
    company = operator.company(40, "АО «Листы»")
    operator.company(15, "АО «Другие»")
    lines = [line["id"] for line in operator.lines(company)]
    changes = [sim(line, card) for line, card in zip(lines[10:15], spares(operator, company), strict=False)]
    changes += [number(line, msisdn) for line, msisdn in zip(lines[5:12], free(operator), strict=False)]
    assert place(operator, company, *changes) == ["completed"] * 12
    base = f"relatedParty.id={company}"
    items = resources(operator, base)
    assert [item["category"] for item in items] == ["MSISDN"] * 47 + ["SIM"] * 50
    assert [item["id"] for item in items] == sorted(item["id"] for item in items)
    assert len({item["value"] for item in items}) == 97
    in_use = {thing["id"] for line in operator.lines(company) for thing in line["realizingResource"]}
    assert in_use == {item["id"] for item in items if item["resourceStatus"] == "reserved"}
    pages = [operator.call("GET", f"{RESOURCES}?{base}&limit=9&offset={n}") for n in range(0, 97, 9)]
    assert [item for page in pages for item in page] == items
    keyed, last = [], ""
    while page := operator.call("GET", f"{RESOURCES}?{base}&limit=9{last}"):
        keyed += page
        last = f"&id.gt={page[-1]['id']}"
    assert keyed == items
    for category, status, count in (
        ("SIM", "available", 5),
        ("SIM", "reserved", 40),
        ("SIM", "suspended", 5),
        ("SIM", "available,suspended", 10),
        ("MSISDN", "standby", 7),
        ("MSISDN", "reserved", 40),
        ("MSISDN", "alarm", 0),
    ):
        query = f"{base}&category={category}&resourceStatus={status}"
        answer = operator.request("GET", f"{RESOURCES}?{query}&limit=3&offset=2")
        assert answer.headers["X-Total-Count"] == str(count)
        assert len(json.loads(answer.data)) == min(3, max(0, count - 2))
        assert len(resources(operator, query)) == count


def test_the_pool(operator: Operator) -> None:
    operator.company(10, "АО «Пул»")
    base = f"{RESOURCES}?category=MSISDN&resourceStatus=available"
    counts = {
        kind: int(operator.request("GET", f"{base}&numberClass={kind}").headers["X-Total-Count"])
        for kind in ("ordinary", "fine", "golden")
    }
    assert counts == {"ordinary": 1_800, "fine": 180, "golden": 20}
    for kind, price in (("ordinary", "0.00"), ("fine", "1500.00"), ("golden", "15000.00")):
        (resource_item,) = operator.call("GET", f"{base}&numberClass={kind}&limit=1")
        characteristics = {item["name"]: item["value"] for item in resource_item["resourceCharacteristic"]}
        assert characteristics == {
            "msisdn": resource_item["value"],
            "numberClass": kind,
            "switchPrice": price,
        }
        assert resource_item["relatedParty"] == []
    part = free(operator)[0][5:9]
    some = free(operator, f"value.contains={part}")
    assert some
    assert all(part in value for value in some)


@pytest.mark.parametrize(
    "query",
    [
        "category=eSIM",
        "resourceStatus=gone",
        "category=MSISDN&numberClass=silver",
        "numberClass=fine",
        "offset=1&id.gt=S0000000001",
    ],
)
def test_wrong_queries(operator: Operator, query: str) -> None:
    assert operator.request("GET", f"{RESOURCES}?{query}").status == 400


def test_cards_are_bought(operator: Operator) -> None:
    company, other = operator.company(10, "АО «Покупатель»"), operator.company(10, "АО «Другая»")
    before = spares(operator, company)
    bought = operator.call("POST", f"/admin/cards/{company}", {"count": 3})["iccids"]
    assert spares(operator, company) == before + bought
    assert len(spares(operator, other)) == 10
    assert operator.request("POST", "/admin/cards/C0000000099", {"count": 3}).status == 404
    assert operator.request("POST", f"/admin/cards/{company}", {"count": "x"}).status == 400


def test_a_swap_in_an_office_is_told_as_an_event(operator: Operator, listener: Listener) -> None:
    company = operator.company(10, "АО «Офис»")
    operator.call("POST", f"{PRODUCTS}/hub", {"callback": listener.url})
    line = operator.lines(company)[0]["id"]
    card, msisdn = spares(operator, company)[0], free(operator)[0]
    operator.call("POST", f"/admin/products/{line}", {"iccid": card, "msisdn": msisdn})
    assert values(operator, line) == (msisdn, card)
    (event,) = wait_until(lambda: listener.events)
    assert event["eventType"] == "ProductAttributeValueChangeEvent"
    assert event["event"]["product"] == operator.line(line)
    for field, value in (("iccid", card), ("msisdn", msisdn), ("iccid", "none"), ("msisdn", "none")):
        assert operator.request("POST", f"/admin/products/{line}", {field: value}).status == 400


def test_a_database_from_before_gets_its_stock(own_operator: Operator) -> None:
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 0})
    company = own_operator.company(700, "АО «Старая»")
    own_operator.stop()
    with psycopg.connect(own_operator.database_url, autocommit=True) as conn:
        conn.execute("DROP VIEW every_sim_card, every_phone_number")
        conn.execute("DROP TABLE sim_card, phone_number")
        conn.execute("ALTER TABLE product DROP COLUMN sim_id, DROP COLUMN number_id")
    own_operator.start()
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 0})
    assert len(spares(own_operator, company)) == 14
    assert len(free(own_operator)) == 1_000
    line = own_operator.lines(company)[0]["id"]
    old = values(own_operator, line)[0]
    card, msisdn = spares(own_operator, company)[0], free(own_operator)[0]
    assert place(own_operator, company, sim(line, card), number(line, msisdn)) == ["completed"] * 2
    assert values(own_operator, line) == (msisdn, card)
    own_operator.stop()
    with psycopg.connect(own_operator.database_url, autocommit=True) as conn:
        conn.execute("UPDATE phone_number SET standby_until = current_date - 1 WHERE msisdn = %s", (old,))
    own_operator.start()
    assert wait_until(lambda: resource(own_operator, old)["resourceStatus"] == "available")
    assert resource(own_operator, old)["relatedParty"] == []
    assert len(spares(own_operator, company)) == 13
