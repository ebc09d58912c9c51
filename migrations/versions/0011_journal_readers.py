"""how far readers of the journal have come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.row_security import APPLICATION_ROLE, wall

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('journal_readers',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('reader', sa.String(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('no', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'reader', name=op.f('pk_journal_readers'))
    )
    for statement in wall("journal_readers"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON journal_readers TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Take back."""
    op.drop_table('journal_readers')
