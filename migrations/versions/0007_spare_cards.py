"""spare SIM cards are found without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index('ix_sim_cards_spare', 'sim_cards', ['company_id', 'iccid'], unique=False, postgresql_where=sa.text("state = 'spare'"))


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_sim_cards_spare', table_name='sim_cards', postgresql_where=sa.text("state = 'spare'"))
