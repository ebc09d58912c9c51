"""row values of uploaded lists by the code of their kind, where they had a column for each kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

# The wall around companies holds for the owner too: without this no row would be seen.
EVERY_COMPANY = "SELECT set_config('app.company', '*', true)"
NO_COMPANY = "SELECT set_config('app.company', '', true)"


def upgrade() -> None:
    """Apply."""
    op.add_column('upload_rows', sa.Column('values', postgresql.JSONB(), nullable=True))
    op.execute(EVERY_COMPANY)
    op.execute("""UPDATE upload_rows
        SET "values" = jsonb_strip_nulls(jsonb_build_object('iccid', new_iccid, 'msisdn', new_msisdn))
        WHERE new_iccid IS NOT NULL OR new_msisdn IS NOT NULL""")
    op.execute(NO_COMPANY)
    op.drop_column('upload_rows', 'new_msisdn')
    op.drop_column('upload_rows', 'new_iccid')


def downgrade() -> None:
    """Take back; values of kinds that came later are lost."""
    op.add_column('upload_rows', sa.Column('new_iccid', sa.String(), nullable=True))
    op.add_column('upload_rows', sa.Column('new_msisdn', sa.String(), nullable=True))
    op.execute(EVERY_COMPANY)
    op.execute("""UPDATE upload_rows SET new_iccid = "values" ->> 'iccid', new_msisdn = "values" ->> 'msisdn'
        WHERE "values" IS NOT NULL""")
    op.execute(NO_COMPANY)
    op.drop_column('upload_rows', 'values')
