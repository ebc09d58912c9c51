"""where the invoices of a billing account go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('billing_accounts', sa.Column('delivery_channel', sa.String(), nullable=True))
    op.add_column('billing_accounts', sa.Column('delivery_address', sa.String(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column('billing_accounts', 'delivery_address')
    op.drop_column('billing_accounts', 'delivery_channel')
