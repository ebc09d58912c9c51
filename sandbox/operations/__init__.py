"""The operations of the operator: one file each, put together in this tuple."""

from typing import Any

from sandbox.operations import (
    block,
    change_number,
    change_tariff,
    remove_limit,
    replace_sim,
    set_invoice_delivery,
    set_limit,
    unblock,
)
from sandbox.operations.operation import SandboxOperation

OPERATIONS: tuple[SandboxOperation[Any], ...] = (
    block.OPERATION,
    unblock.OPERATION,
    set_limit.OPERATION,
    remove_limit.OPERATION,
    change_tariff.OPERATION,
    replace_sim.OPERATION,
    change_number.OPERATION,
    set_invoice_delivery.OPERATION,
)
