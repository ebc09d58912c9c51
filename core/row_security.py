"""The second wall as SQL for migrations: row-level security on every table that belongs to companies."""

from __future__ import annotations

from collections.abc import Iterable

APPLICATION_ROLE = "vm_app"

FUNCTIONS = (
    """CREATE FUNCTION app_companies() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN coalesce(current_setting('app.company', true), '') IN ('', '*') THEN '{}'::bigint[]
                ELSE string_to_array(current_setting('app.company', true), ',')::bigint[] END $$""",
    """CREATE FUNCTION app_everything() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('app.company', true), '') = '*' $$""",
)


def wall(table: str, column: str = "company_id") -> list[str]:
    """The statements that hide rows of other companies and refuse to write them, from the owner too."""
    # The sub-select is evaluated once per statement, not once per row.
    return wall_by(table, f"{column} = ANY ((SELECT app_companies())::bigint[])")


def wall_by(table: str, own: str) -> list[str]:
    """The same for a table that says otherwise which rows are in scope: `own` is the condition on them."""
    condition = f"{own} OR (SELECT app_everything())"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY company ON {table} USING ({condition}) WITH CHECK ({condition})",
    ]


def application_grants(append_only: Iterable[str]) -> list[str]:
    """The grants of the application's role: nothing that changes tables, and no rewriting of the journal."""
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION_ROLE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}",
    ]
    statements += [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE}" for table in append_only
    ]
    return statements
