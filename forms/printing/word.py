"""A document as DOCX: a template built by python-docx at first use, filled in by docxtpl."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from docxtpl import DocxTemplate

from forms.printing.document import Document, Fact
from forms.printing.word_template import Shape, build

RULE = "\t"
"""A tab up to a stop with a line before it: a line to write on."""


def draw(document: Document, path: Path) -> None:
    """Write the DOCX; texts that people typed are escaped."""
    is_blank = not document.date
    shape = Shape(len(document.head), bool(document.annex), len(document.signers), is_blank)
    template = DocxTemplate(BytesIO(_template(shape)))
    context = document.as_json()
    rows = context["numbers"]
    context["rows"] = [{f"c{place}": cell for place, cell in enumerate(row)} for row in rows]
    context["heads"] = {f"c{place}": cell for place, cell in enumerate(document.head)}
    context["facts"] = [row for fact in document.facts for row in _fact(fact)]
    first, *rest = document.sender
    context["sender_name"] = _said(first)
    context["sender"] = _pairs(rest) if is_blank else [_said(fact) for fact in rest]
    context["heading"] = document.heading.upper()
    context["signer"], *context["others"] = context["signers"]
    context["footer"] = f"{document.title} {document.number}".strip()
    context["before_page"], _, rest_of_page = document.labels.page.partition("{page}")
    context["between_pages"] = rest_of_page.partition("{pages}")[0]
    template.render(context, autoescape=True)
    template.save(path)


def _fact(fact: Fact) -> list[dict[str, object]]:
    """Rows of the table of facts: one, or one for each line to write on."""
    if fact.value:
        return [{"label": fact.label, "value": fact.value, "kind": "wide" if fact.is_wide else "text"}]
    return [{"label": "" if place else fact.label, "kind": "line"} for place in range(fact.lines)]


def _said(fact: Fact) -> str:
    """Of the sender: what it is where that must be said, then what it says or a line to write on."""
    return f"{fact.label} {fact.value or RULE}".strip(" ")


def _pairs(facts: Sequence[Fact]) -> list[str]:
    """Lines to write on, two beside each other."""
    return [" ".join(_said(fact) for fact in facts[at : at + 2]) for at in range(0, len(facts), 2)]


@lru_cache(maxsize=10)
def _template(shape: Shape) -> bytes:
    made = build(shape)
    target = BytesIO()
    made.save(target)
    return target.getvalue()
