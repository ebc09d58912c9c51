"""The filter of the list: from an address to a value and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from lines.filters import MEANT, NO_FILTER, NO_VALUE, SORTS, LineFilter, from_query, parse
from lines.words import BLOCK_REASONS


def test_nothing_asked_is_everything_by_number() -> None:
    assert from_query("") == LineFilter()
    assert LineFilter().query() == ""


def test_every_part_is_read() -> None:
    read = from_query(
        "q=67-89&state=active&state=blocked&tariff=T-1&reason=lost&limit=yes&used=80&idle=30&employee=none"
        "&department=4&direct=yes&account=7&sort=-spent"
    )
    assert read == LineFilter(
        "67-89", ("active", "blocked"), ("T-1",), ("lost",), "yes", 80, 30, "none", 4, "yes", 7, "-spent"
    )
    assert read.is_descending and read.sort_name == "spent"


def test_empty_fields_of_a_form_and_what_stands_beside_the_filter_do_not_matter() -> None:
    sent = {"q": [""], "state": [""], "used": [" "], "sort": [""], "after": ["abc"], "cols": ["state"]}
    assert parse(sent, besides=("after", "cols")) == LineFilter()


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("sttae=active", "sttae", MEANT),
        ("STATE=blocked", "STATE", MEANT),
        ("state%3Dblocked", "state=blocked", NO_FILTER),
        ("status=blocked", "status", MEANT),
        ("foo", "foo", NO_FILTER),
        ("state=active&service=x", "service", NO_FILTER),
        ("cols=state", "cols", NO_FILTER),
        ("state=", "state", NO_VALUE),
        ("state=active&q=+", "q", NO_VALUE),
    ],
)
def test_a_stored_filter_with_an_unknown_or_empty_part_is_refused(query: str, name: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_query(query)
    assert refused.value.fields == {name: [said]}


def test_a_query_of_too_many_parts_is_refused() -> None:
    with pytest.raises(InvalidInput):
        from_query("&" * 600)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=asleep", "state"),
        ("used=much", "used"),
        ("used=-1", "used"),
        ("idle=0", "idle"),
        ("limit=perhaps", "limit"),
        ("department=x", "department"),
        ("sort=iccid;drop", "sort"),
        ("q=" + "x" * 201, "q"),
        ("&".join(f"tariff=T-{number}" for number in range(51)), "tariff"),
    ],
)
def test_what_cannot_be_understood_is_said_and_never_means_everything(query: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_query(query)
    assert list(refused.value.fields) == [field]


def test_parts_are_changed_and_left_out() -> None:
    wanted = from_query("state=blocked&department=4&sort=employee")
    assert wanted.query(sort="-employee") == "state=blocked&department=4&sort=-employee"
    assert wanted.without("state", "department").query() == "sort=employee"
    assert wanted.is_narrow and wanted.is_counted
    assert not wanted.without("state").is_narrow
    assert not wanted.changed(q="x").is_counted


@given(
    st.builds(
        LineFilter,
        q=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60).map(
            lambda text: " ".join(text.split())
        ),
        state=st.sampled_from([(), ("active",), ("active", "blocked")]),
        reason=st.lists(st.sampled_from(list(BLOCK_REASONS)), unique=True).map(tuple),
        used=st.none() | st.integers(0, 1000),
        idle=st.none() | st.integers(1, 3650),
        department=st.none() | st.integers(1, 2**40),
        sort=st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
    )
)
def test_a_filter_survives_its_address(wanted: LineFilter) -> None:
    assert from_query(wanted.query()) == wanted


def test_lists_of_a_request_are_taken_as_they_come() -> None:
    assert parse({"state": ["blocked"], "q": ["  Иванов   Пётр "]}).q == "Иванов Пётр"


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "tariff=T%00", "state=active&q=%00"])
def test_characters_that_no_text_has_are_refused(query: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        from_query(query)
    assert refusal.value.fields
