"""Looks at the operator's pool of numbers over TMF639."""

from __future__ import annotations

from operators.pool import FreeNumber
from operators.tmf import parse
from operators.tmf.client import TmfClient
from operators.tmf.reading import RESOURCES, read_page

ATTEMPTS, TOKEN_SECONDS = 2, 2.0
MOST = 1000


class TmfNumberPool:
    """operators.pool.NumberPool over TMF639: one page, for somebody who waits."""

    def __init__(self, client: TmfClient) -> None:
        self._client = client

    def free_numbers(
        self,
        party_id: str,  # noqa: ARG002 - with this operator all customers choose from the same pool
        *,
        number_class: str = "",
        containing: str = "",
        limit: int = 50,
    ) -> list[FreeNumber]:
        """Numbers that nobody has."""
        asked = {"numberClass": number_class, "value.contains": _digits(containing)}
        return self._read({"resourceStatus": "available", **asked}, limit)

    def earlier_numbers(self, party_id: str, *, limit: int = 50) -> list[FreeNumber]:
        """Numbers in quarantine, of this customer."""
        return self._read({"resourceStatus": "standby", "relatedParty.id": party_id}, limit)

    def _read(self, asked: dict[str, str], limit: int) -> list[FreeNumber]:
        params = {name: value for name, value in asked.items() if value}
        params |= {"category": "MSISDN", "limit": str(max(1, min(limit, MOST)))}
        path = f"{RESOURCES}/resource"
        reply = self._client.get_json(path, params, attempts=ATTEMPTS, token_wait=TOKEN_SECONDS)
        return list(read_page("resource", reply, path, parse.free_number).records)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())
