"""numbers that the operator would give out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.row_security import APPLICATION_ROLE

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('pool_numbers',
    sa.Column('msisdn', sa.String(collation='C'), nullable=False),
    sa.Column('number_class', sa.String(), nullable=False),
    sa.Column('price', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('party_id', sa.String(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('msisdn', name=op.f('pk_pool_numbers'))
    )
    # No wall: the pool is the operator's and the same for all, like its catalogue.
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON pool_numbers TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Take back."""
    op.drop_table('pool_numbers')
