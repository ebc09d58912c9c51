"""orders in doubt: since when the operator answers, until when an order is valid, which lines were given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.row_security import APPLICATION_ROLE

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('operator_contact',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answering_since', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator_contact'))
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON operator_contact TO {APPLICATION_ROLE}")
    op.add_column('order_batches', sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('order_batches', sa.Column('absent_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('order_batches', sa.Column('given_up', postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.create_index('ix_order_batches_given_up', 'order_batches', ['company_id', 'run_id'], unique=False, postgresql_where=sa.text('given_up IS NOT NULL'))


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_order_batches_given_up', table_name='order_batches', postgresql_where=sa.text('given_up IS NOT NULL'))
    op.drop_column('order_batches', 'given_up')
    op.drop_column('order_batches', 'absent_since')
    op.drop_column('order_batches', 'valid_until')
    op.drop_table('operator_contact')
