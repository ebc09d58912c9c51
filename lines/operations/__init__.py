"""The operations on lines: one file each, put together in the tuple that bootstrap hands to the engine."""

from lines.operations import (
    block,
    change_number,
    change_tariff,
    place,
    remove_limit,
    replace_sim,
    set_limit,
    unblock,
)

OPERATIONS = (
    block.OPERATION,
    unblock.OPERATION,
    set_limit.OPERATION,
    remove_limit.OPERATION,
    change_tariff.OPERATION,
    replace_sim.OPERATION,
    change_number.OPERATION,
    place.OPERATION,
)
