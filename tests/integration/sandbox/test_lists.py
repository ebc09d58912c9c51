"""Data and lists as a gateway reads them."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.sandbox import schemas
from tests.integration.sandbox.operator import PRODUCTS, Operator, read_characteristic

LISTS = [
    ("/tmf-api/party/v4/organization", schemas.ORGANIZATION),
    ("/tmf-api/accountManagement/v4/partyAccount", schemas.CONTRACT),
    ("/tmf-api/accountManagement/v4/billingAccount", schemas.BILLING_ACCOUNT),
    ("/tmf-api/productCatalogManagement/v4/productOffering", schemas.OFFERING),
    ("/tmf-api/resourceInventoryManagement/v4/resource", schemas.RESOURCE),
    ("/tmf-api/productInventory/v4/product", schemas.PRODUCT),
]


def valid(schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize(("path", "schema"), LISTS, ids=[path.rsplit("/", 1)[1] for path, _ in LISTS])
def test_every_list_and_each_of_its_things(operator: Operator, path: str, schema: dict[str, Any]) -> None:
    for name in ("ООО «Проба»", "ООО «Опыт»"):
        operator.company(40, name)
    answer = operator.request("GET", f"{path}?limit=3&offset=1")
    items = json.loads(answer.data)
    assert answer.headers["X-Result-Count"] == str(len(items))
    assert int(answer.headers["X-Total-Count"]) >= len(items) > 0
    for item in items:
        valid(schema, item)
        assert operator.call("GET", f"{path}/{item['id']}") == item
        assert operator.call("GET", item["href"]) == item
    assert set(operator.call("GET", f"{path}?fields=name")[0]) == {"id", "href", "name"}
    missing = operator.request("GET", f"{path}/nothing")
    assert missing.status == 404
    valid(schemas.ERROR, json.loads(missing.data))


def test_demo_data_comes_once(operator: Operator) -> None:
    first = operator.call("POST", "/admin/seed", {"preset": "demo"})
    assert [item["lines"] for item in first["created"]] == [25, 1_000, 20_000]
    lines = operator.lines(first["created"][0]["id"])
    again = operator.call("POST", "/admin/seed", {"preset": "demo"})
    assert again["created"] == []
    assert len(again["existing"]) == 3
    assert operator.lines(first["created"][0]["id"]) == lines
    answer = operator.request("GET", f"{PRODUCTS}/product?limit=1")
    assert answer.headers["X-Total-Count"] == "21025"


def test_all_pages_by_key_hold_each_line_once(operator: Operator) -> None:
    company, other = operator.company(2_345, "АО «Листы»"), operator.company(10, "АО «Чужие»")
    keys: list[str] = []
    while page := operator.lines(company, f"&id.gt={keys[-1]}" if keys else ""):
        keys += [line["id"] for line in page]
    assert len(set(keys)) == len(keys) == 2_345
    assert keys == sorted(keys)
    assert [line["id"] for line in operator.lines(company, "&offset=2000")] == keys[2_000:]
    assert not set(keys) & {line["id"] for line in operator.lines(other)}
    numbers = operator.request("GET", f"{PRODUCTS}/product?relatedParty.id={company}&id.gt={keys[2000]}")
    assert numbers.headers["X-Total-Count"] == "2345"


def test_filters(operator: Operator) -> None:
    company = operator.company(400, "АО «Отбор»")
    everyone = operator.lines(company)
    suspended = operator.lines(company, "&status=suspended")
    assert suspended == [line for line in everyone if line["status"] == "suspended"] != []
    assert all(read_characteristic(line, "blockReason") for line in suspended)
    latest = max(line["lastUpdate"] for line in everyone)
    assert operator.lines(company, f"&lastUpdate.gt={latest}") == []
    operator.call("POST", f"/admin/products/{everyone[5]['id']}", {"spentThisMonth": "12.50"})
    changed = operator.lines(company, f"&lastUpdate.gt={latest}")
    assert [line["id"] for line in changed] == [everyone[5]["id"]]
    assert read_characteristic(changed[0], "spentThisMonth") == "12.50"
    accounts = operator.call("GET", f"/tmf-api/accountManagement/v4/billingAccount?relatedParty.id={company}")
    in_arrears = [item["id"] for item in accounts if item["paymentStatus"] == "inArrears"]
    assert in_arrears
    assert operator.lines(company, f"&billingAccount.id={in_arrears[0]}")


def test_totals_follow_changes(operator: Operator) -> None:
    company = operator.company(30, "АО «Счёт»")
    path = f"{PRODUCTS}/product?relatedParty.id={company}&status=active&limit=1"
    before = int(operator.request("GET", path).headers["X-Total-Count"])
    active = operator.lines(company, "&status=active")[0]["id"]
    operator.call("POST", f"/admin/products/{active}", {"status": "terminated"})
    assert int(operator.request("GET", path).headers["X-Total-Count"]) == before - 1


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "offset=-1", "limit=x&offset=y", "status=aborted", "lastUpdate.gt=soon"],
)
def test_wrong_queries(operator: Operator, query: str) -> None:
    answer = operator.request("GET", f"{PRODUCTS}/product?{query}")
    assert answer.status == 400
    valid(schemas.ERROR, json.loads(answer.data))


def test_nul_and_blank_in_queries(operator: Operator) -> None:
    assert operator.request("GET", f"{PRODUCTS}/product?productOffering.id=%00").status == 400
    assert operator.call("GET", f"{PRODUCTS}/product?status=aborted%20") == []


def test_tokens(operator: Operator) -> None:
    assert operator.request("GET", f"{PRODUCTS}/product", Authorization="Bearer wrong").status == 401
    assert operator.request("GET", "/admin/stats", Authorization="Bearer operator-token").status == 401
    assert operator.request("GET", "/health", Authorization="none").status == 200
    assert operator.request("GET", "/nothing").status == 404
