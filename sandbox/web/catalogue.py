"""TMF620: the catalogue of tariffs."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.tariffs import BY_ID, TARIFFS, Tariff
from sandbox.web.errors import not_found
from sandbox.web.http_json import read_page, send_list, send_one

BASE = "/tmf-api/productCatalogManagement/v4"
blueprint = Blueprint("catalogue", __name__, url_prefix=BASE)


def offering(tariff: Tariff) -> dict[str, Any]:
    """A tariff as a TM Forum product offering."""
    return {
        "id": tariff.id,
        "href": f"{BASE}/productOffering/{tariff.id}",
        "name": tariff.name,
        "description": tariff.description,
        "isBundle": False,
        "isSellable": tariff.is_sellable,
        "lifecycleStatus": "Active" if tariff.is_sellable else "Retired",
        "category": [{"id": "tariff", "name": "tariff"}],
        "productOfferingPrice": [
            {
                "id": f"{tariff.id}-monthly",
                "name": "monthly",
                "priceType": "recurring",
                "recurringChargePeriodType": "month",
                "recurringChargePeriodLength": 1,
                "price": {"unit": "RUB", "value": float(tariff.monthly)},
            },
            {
                "id": f"{tariff.id}-switch",
                "name": "switch",
                "priceType": "oneTime",
                "price": {"unit": "RUB", "value": float(tariff.switching)},
            },
        ],
        "@type": "ProductOffering",
    }


@blueprint.get("/productOffering")
def list_offerings() -> Response:
    """All tariffs, by `lifecycleStatus` and `isSellable` where asked."""
    page = read_page()
    offerings = [offering(tariff) for tariff in sorted(TARIFFS, key=lambda tariff: tariff.id)]
    status, sellable = request.args.get("lifecycleStatus"), request.args.get("isSellable")
    if status is not None:
        offerings = [item for item in offerings if item["lifecycleStatus"] == status]
    if sellable is not None:
        offerings = [item for item in offerings if item["isSellable"] == (sellable.lower() == "true")]
    return send_list(offerings[page.offset : page.offset + page.limit], len(offerings), page)


@blueprint.get("/productOffering/<key>")
def get_offering(key: str) -> Response:
    """One tariff."""
    tariff = BY_ID.get(key)
    if tariff is None:
        raise not_found("product offering", key)
    return send_one(offering(tariff))
