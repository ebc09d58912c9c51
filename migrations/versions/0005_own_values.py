"""what each line of a run gets for itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.row_security import APPLICATION_ROLE, wall

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('run_values',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('run_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('line_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'run_id'], ['runs.company_id', 'runs.id'], name=op.f('fk_run_values_company_id_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'run_id', 'line_id', name=op.f('pk_run_values'))
    )
    op.create_index('ix_run_values_value', 'run_values', ['company_id', 'run_id', 'value'], unique=False)
    for statement in wall('run_values'):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON run_values TO {APPLICATION_ROLE}")
    op.add_column('upload_rows', sa.Column('new_iccid', sa.String(), nullable=True))
    op.add_column('upload_rows', sa.Column('new_msisdn', sa.String(), nullable=True))
    # One vocabulary for the states of SIM cards; the next synchronisation tells spare and dead ones apart.
    op.execute("UPDATE sim_cards SET state = CASE WHEN state IN ('reserved', 'suspended') THEN 'in_use' "
               "WHEN state = 'available' THEN 'spare' ELSE 'unknown' END")


def downgrade() -> None:
    """Take back."""
    op.drop_column('upload_rows', 'new_msisdn')
    op.drop_column('upload_rows', 'new_iccid')
    op.drop_index('ix_run_values_value', table_name='run_values')
    op.drop_table('run_values')
