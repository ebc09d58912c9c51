"""Who acted, in the journal: people by their names, what is no person in the reader's language."""

from __future__ import annotations

from core import db
from core.journal.entries import Entry, write
from core.tenancy import company_scope
from operators.journal import COMPANY_CHANGED, OPERATOR
from rbac.actor import system_actor
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english
from users.journal import COMMAND_LINE, USER_CREATED


def test_what_is_no_person_is_named_in_the_language_of_the_page(
    companies: TwoCompanies, sign_in: SignIn
) -> None:
    company_id, line_id = companies.home.company_id, companies.home.line_ids[0]
    with company_scope(company_id), db.unit_of_work() as session:
        entries = [Entry(COMPANY_CHANGED, "line", line_id, {"name": "A"}, {"name": "B"})]
        write(session, system_actor(company_id, OPERATOR), entries)
        write(session, system_actor(company_id, COMMAND_LINE), [Entry(USER_CREATED, "user", 1, None, {})])
    client = sign_in(companies.home.users["global_admin"])
    russian = client.get("/journal").text
    assert ">Оператор <" in russian
    assert ">Командная строка <" in russian
    assert ">Оператор<" in client.get(f"/lines/{line_id}").text
    english = in_english(client).get("/journal").text
    assert ">The operator <" in english
    assert ">Command line <" in english
