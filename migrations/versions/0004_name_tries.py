"""tries of names that are nobody's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.row_security import APPLICATION_ROLE

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('name_tries',
    sa.Column('name_hash', sa.String(), nullable=False),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name_hash', name=op.f('pk_name_tries'))
    )
    op.create_index('ix_name_tries_at', 'name_tries', ['at'], unique=False)
    # No wall: the rows belong to no company, and name nobody.
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON name_tries TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_name_tries_at', table_name='name_tries')
    op.drop_table('name_tries')
