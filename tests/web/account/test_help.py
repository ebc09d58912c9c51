"""The page of help that everybody's menu leads to."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import SignIn, TwoCompanies


@pytest.mark.parametrize("role", ["global_admin", "viewer"])
def test_every_menu_leads_to_help_whose_links_work(
    companies: TwoCompanies, sign_in: SignIn, role: str
) -> None:
    client = sign_in(companies.home.users[role])
    assert 'href="/help"' in client.get("/profile").text
    page = client.get("/help")
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    links = set(re.findall(r'href="(/[^"]*)"', main))
    assert "/api/v1/openapi.json" in links
    assert {client.get(link, follow_redirects=True).status_code for link in links} == {200}
