"""what of an uploaded list was read, and how many hidden rows were left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('uploads', sa.Column('hidden', sa.Integer(), server_default='0', nullable=False))
    op.add_column('uploads', sa.Column('account', postgresql.JSONB(), server_default='{}', nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column('uploads', 'account')
    op.drop_column('uploads', 'hidden')
