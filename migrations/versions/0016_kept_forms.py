"""forms that people sent and that were not carried out, kept for an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.row_security import APPLICATION_ROLE, wall_by

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('kept_forms',
    sa.Column('key_hash', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('acted_in', sa.BigInteger(), nullable=True),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('page', sa.String(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_kept_forms_user_id')),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_kept_forms'))
    )
    op.create_index('ix_kept_forms_kept_at', 'kept_forms', ['kept_at'], unique=False)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON kept_forms TO {APPLICATION_ROLE}")
    # Whoever sees a person sees what belongs to the person.
    for statement in wall_by("kept_forms", "EXISTS (SELECT FROM users WHERE users.id = kept_forms.user_id)"):
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_kept_forms_kept_at', table_name='kept_forms')
    op.drop_table('kept_forms')
