"""browsers that people are known in, tries that count for names alone, walls around what belongs to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.row_security import APPLICATION_ROLE, wall, wall_by

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

# The wall around companies holds for the owner too: without this no row would be seen.
EVERY_COMPANY = "SELECT set_config('app.company', '*', true)"
NO_COMPANY = "SELECT set_config('app.company', '', true)"
OF_PEOPLE = ("user_sessions", "known_devices")


def upgrade() -> None:
    """Apply. A company's idle minutes were always the default, since nothing sets them: now none is chosen."""
    op.create_table('known_devices',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_known_devices_user_id')),
    sa.PrimaryKeyConstraint('token_hash', 'user_id', name=op.f('pk_known_devices'))
    )
    op.create_index('ix_known_devices_user', 'known_devices', ['user_id'], unique=False)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON known_devices TO {APPLICATION_ROLE}")
    op.add_column('name_tries', sa.Column('locks', sa.BigInteger(), server_default='0', nullable=False))
    op.alter_column('name_tries', 'locks', server_default=None)
    op.drop_column('users', 'failed_tries')
    op.drop_column('users', 'locked_until')
    op.alter_column('companies', 'idle_minutes', nullable=True)
    op.execute(EVERY_COMPANY)
    op.execute("UPDATE companies SET idle_minutes = NULL WHERE idle_minutes = 15")
    op.execute(NO_COMPANY)
    for statement in wall("portfolio_entries"):
        op.execute(statement)
    for table in OF_PEOPLE:
        # Whoever sees a person sees what belongs to the person.
        for statement in wall_by(table, f"EXISTS (SELECT FROM users WHERE users.id = {table}.user_id)"):
            op.execute(statement)


def downgrade() -> None:
    """Take back; who is locked may try again at once."""
    for table in ("portfolio_entries", "user_sessions"):
        op.execute(f"DROP POLICY company ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(EVERY_COMPANY)
    op.execute("UPDATE companies SET idle_minutes = 15 WHERE idle_minutes IS NULL")
    op.execute(NO_COMPANY)
    op.alter_column('companies', 'idle_minutes', nullable=False)
    op.add_column('users', sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('users', sa.Column('failed_tries', sa.BigInteger(), server_default='0', nullable=False))
    op.alter_column('users', 'failed_tries', server_default=None)
    op.drop_column('name_tries', 'locks')
    op.drop_table('known_devices')
