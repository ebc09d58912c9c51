"""statistics of the lines, which the application may have renewed."""

from __future__ import annotations

from alembic import op

from core.row_security import APPLICATION_ROLE

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # Only an owner may analyse a table; the function lends that right for these tables and nothing else.
    op.execute("""CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ ANALYZE public.lines, public.sim_cards, public.departments $$""")
    op.execute("REVOKE ALL ON FUNCTION refresh_statistics() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_statistics() TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP FUNCTION refresh_statistics()")
