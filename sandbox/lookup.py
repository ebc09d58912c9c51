"""Operations by what is known of them: their kind, or what an item asks."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.operations import OPERATIONS
from sandbox.operations.operation import TECHNICAL, Args, SandboxOperation, Unfit
from sandbox.targets.target import Target

BY_KIND = {operation.kind: operation for operation in OPERATIONS}
REASONS = {
    refusal.code: refusal.text
    for operation in OPERATIONS
    for refusal in (*operation.refusals, operation.target.unknown, operation.target.ended, TECHNICAL)
}
"""The sentence of every reason."""

# Attributes of a product come before its characteristics.
_BY_NAME: dict[Target[Any], dict[str, list[SandboxOperation[Any]]]] = {}
for _operation in sorted(OPERATIONS, key=lambda operation: not operation.is_attribute):
    _names = _BY_NAME.setdefault(_operation.target, {})
    _names.setdefault(_operation.asked_by, []).append(_operation)


def shown_of(target: Target[Any]) -> list[Callable[[Mapping[str, Any]], Mapping[str, Any]]]:
    """What the target's operations show of a table row, in their order."""
    return [item.shown for item in OPERATIONS if item.target is target and item.shown is not None]


def defaults_of(target: Target[Any]) -> dict[str, Any]:
    """What the target's things show, by name, as long as nothing else is kept there."""
    return {
        item.asked_by: item.default
        for item in OPERATIONS
        if item.target is target and item.default is not None
    }


def read_change(target: Target[Any], product: Mapping[str, Any]) -> tuple[SandboxOperation[Any], Args]:
    """The operation that the product of an order's item asks for, with its arguments; raises Unfit."""
    characteristics = _characteristics(product.get("productCharacteristic", []))
    names = _BY_NAME[target]
    present = [
        name
        for name, operations in names.items()
        if name in (product if operations[0].is_attribute else characteristics)
    ]
    if len(present) != 1:
        raise Unfit(f"product: {_one_of(list(names))} is expected.")
    operations = names[present[0]]
    value = (product if operations[0].is_attribute else characteristics)[present[0]]
    for operation in operations:
        args = operation.read(value, characteristics)
        if args is not None:
            return operation, args
    place = "product." if operations[0].is_attribute else ""
    expected = " or ".join(operation.expects for operation in operations)
    raise Unfit(f"{place}{present[0]}: {expected} is expected.")


def _characteristics(value: Any) -> dict[str, Any]:
    if not isinstance(value, list):
        raise Unfit("product.productCharacteristic: a list is expected.")
    characteristics: dict[str, Any] = {}
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str) or "value" not in item:
            raise Unfit("product.productCharacteristic: name and value are expected in each.")
        characteristics[item["name"]] = item["value"]
    return characteristics


def _one_of(names: list[str]) -> str:
    if len(names) == 1:
        return f"the characteristic {names[0]}"
    return f"exactly one of {', '.join(names[:-1])} and {names[-1]}"
