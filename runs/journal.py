"""The journal of runs: what is written of them and of what their operations do, with its words."""

from __future__ import annotations

from collections.abc import Iterable

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords
from runs.operation import Operation

RUN_SUBMITTED = Action("run.submitted", N_("Run started"))
RUN_STOPPED = Action("run.stopped", N_("Run stopped"))

WORDS = JournalWords(
    areas=(Area("run", N_("Runs")),),
    actions=(RUN_SUBMITTED, RUN_STOPPED),
    fields={
        "operation": N_("Operation"),
        "params": N_("Parameters"),
        "total": N_("Numbers"),
        "allowed": N_("Go through"),
        "cancelled": N_("Not sent"),
    },
)


def operation_action(operation: Operation) -> Action:
    """The action of an operation on a line, or another thing: it is called as the operation is."""
    return Action(f"{operation.target}.{operation.code}", operation.words.title)


def operation_words(operations: Iterable[Operation]) -> JournalWords:
    """The actions of operations, as the words of one more domain."""
    return JournalWords(actions=tuple(operation_action(operation) for operation in operations))
