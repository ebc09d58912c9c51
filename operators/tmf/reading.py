"""The operator's lists, read page by page, a thousand records at a time, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import structlog

from operators.errors import OddAnswer
from operators.fields import find_id
from operators.http import HttpClient, Reply
from operators.pool import FreeNumber
from operators.records import (
    AccountData,
    ContractData,
    LineData,
    Page,
    PartyData,
    SimData,
    TariffData,
)
from operators.tmf import parse

PARTY = "/tmf-api/party/v4"
ACCOUNTS = "/tmf-api/accountManagement/v4"
CATALOGUE = "/tmf-api/productCatalogManagement/v4"
PRODUCTS = "/tmf-api/productInventory/v4"
RESOURCES = "/tmf-api/resourceInventoryManagement/v4"
PAGE = 1000
T = TypeVar("T")
log = structlog.get_logger(__name__)


class TmfSource:
    """operators.port.Source over TMF632, 666, 620, 637 and 639."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def parties(self) -> Iterator[Page[PartyData]]:
        """All customers."""
        for items in self._by_offset(f"{PARTY}/organization", {}):
            yield _page("organization", items, parse.party)

    def tariffs(self) -> Iterator[Page[TariffData]]:
        """The whole catalogue, what is no longer sold included."""
        for items in self._by_offset(f"{CATALOGUE}/productOffering", {}):
            yield _page("productOffering", filter(parse.is_tariff, items), parse.tariff)

    def contracts(self, party_id: str) -> Iterator[Page[ContractData]]:
        """The contracts of a customer."""
        for items in self._by_offset(f"{ACCOUNTS}/partyAccount", {"relatedParty.id": party_id}):
            yield _page("partyAccount", items, parse.contract)

    def accounts(self, party_id: str) -> Iterator[Page[AccountData]]:
        """The billing accounts of a customer."""
        for items in self._by_offset(f"{ACCOUNTS}/billingAccount", {"relatedParty.id": party_id}):
            yield _page("billingAccount", items, parse.account)

    def lines(self, party_id: str, *, since: str = "") -> Iterator[Page[LineData]]:
        """The lines of a customer, by keyset; with `since` those that changed after that moment."""
        params = {"relatedParty.id": party_id}
        if since:
            params["lastUpdate.gt"] = since
        for items in self._by_id(f"{PRODUCTS}/product", params):
            yield _page("product", items, parse.line)

    def sims(self, party_id: str, *, spare_only: bool = False) -> Iterator[Page[SimData]]:
        """The SIM cards of a customer, by keyset: a card that changes hands meanwhile moves none of the others."""
        params = {"relatedParty.id": party_id, "category": "SIM"}
        if spare_only:
            params["resourceStatus"] = "available"
        for items in self._by_id(f"{RESOURCES}/resource", params):
            yield _page("resource", (item for item in items if _is_sim(item)), parse.sim)

    def pool(self) -> Iterator[Page[FreeNumber]]:
        """Numbers in quarantine, then free ones, by keyset."""
        for status in ("standby", "available"):
            params = {"category": "MSISDN", "resourceStatus": status}
            for items in self._by_id(f"{RESOURCES}/resource", params):
                yield _page("resource", items, parse.free_number)

    def find_line(self, line_id: str) -> LineData | None:
        """One line as the operator has it now; None where it has none or shows an odd one."""
        reply = self._client.get(f"{PRODUCTS}/product/{line_id}")
        if reply.status == 404:
            return None
        if not reply.is_ok:
            raise OddAnswer(f"http {reply.status} from product/{line_id}")
        records = _page("product", [reply.body], parse.line).records
        return records[0] if records else None

    def _by_offset(self, path: str, params: Mapping[str, str]) -> Iterator[list[Any]]:
        return self._pages(path, params, lambda seen, _last: {"offset": str(seen)} if seen else {})

    def _by_id(self, path: str, params: Mapping[str, str]) -> Iterator[list[Any]]:
        return self._pages(path, params, lambda _seen, last: {"id.gt": last} if last else {})

    def _pages(
        self, path: str, params: Mapping[str, str], onward: Callable[[int, str], dict[str, str]]
    ) -> Iterator[list[Any]]:
        """Pages until the total is reached or, where the operator names none, until one is empty.

        A short page is not the last one: an operator may give fewer than were asked for.
        """
        seen, first, last = 0, "", ""
        while True:
            query = {**params, "limit": str(PAGE), **onward(seen, last)}
            reply = self._client.get_json(path, query)
            items, total = _list(reply, path), _total(reply)
            if not items:
                if total is not None and seen < total:
                    raise OddAnswer(f"{path} ended after {seen} of {total}")
                return
            ids = [key for key in map(find_id, items) if key]
            if not ids or ids[0] == first:
                raise OddAnswer(f"{path} shows the same page again")
            yield items
            seen, first, last = seen + len(items), ids[0], ids[-1]
            if total is not None and seen >= total:
                return


def _list(reply: Reply, path: str) -> list[Any]:
    if not isinstance(reply.body, list):
        raise OddAnswer(f"{path} is not a list")
    return reply.body


def _total(reply: Reply) -> int | None:
    """The number of records in all, where the operator says so (TMF630)."""
    text = reply.headers.get("x-total-count", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _is_sim(item: Any) -> bool:
    return isinstance(item, dict) and item.get("category", "SIM") == "SIM"


def _page(kind: str, items: Any, convert: Callable[[dict[str, Any]], T]) -> Page[T]:
    page = parse.page(kind, items, convert)
    for odd in page.odd[:5]:
        log.warning("operator.odd_record", kind=odd.kind, id=odd.id, problem=odd.problem)
    return page
