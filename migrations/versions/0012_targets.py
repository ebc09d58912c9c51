"""runs whose items are of another kind than lines: the kind stands with the run, the item names an id of that kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

# The wall around companies holds for the owner too: without this no row would be seen.
EVERY_COMPANY = "SELECT set_config('app.company', '*', true)"
NO_COMPANY = "SELECT set_config('app.company', '', true)"


def upgrade() -> None:
    """Apply."""
    op.add_column('runs', sa.Column('target', sa.String(), server_default='line', nullable=False))
    op.alter_column('run_items', 'line_id', new_column_name='target_id')
    op.alter_column('run_values', 'line_id', new_column_name='target_id')


def downgrade() -> None:
    """Take back; runs on other things than lines are lost with their items, orders and values."""
    op.execute(EVERY_COMPANY)
    op.execute("DELETE FROM runs WHERE target <> 'line'")
    op.execute(NO_COMPANY)
    op.alter_column('run_values', 'target_id', new_column_name='line_id')
    op.alter_column('run_items', 'target_id', new_column_name='line_id')
    op.drop_column('runs', 'target')
