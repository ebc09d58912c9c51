"""What the mail about the outcome of a request says."""

from __future__ import annotations

from forms.requests.jobs import outcome
from runs.models import Run


def test_what_happened_to_no_number_is_left_out() -> None:
    run = Run(total=12, done=12, refused=0, failed=0, cancelled=0)
    assert outcome(run, "en") == "Numbers in all: 12. Done: 12."
    run = Run(total=12, done=9, refused=2, failed=1, cancelled=0)
    assert outcome(run, "ru") == "Всего номеров: 12. Выполнено: 9, отказано: 2, не выполнено: 1."
    assert outcome(Run(total=0, done=0, refused=0, failed=0, cancelled=0), "en") == "Numbers in all: 0."
