"""SQL statements per line over a whole run of 20,000, as PostgreSQL itself counts them, BEGIN and COMMIT included."""

from collections.abc import Iterator

import psycopg

from benchmarks.harness import Result
from devtools.factory import running
from devtools.servers.roles import APPLICATION, DATABASE

LINES = 20_000
AT_MOST = 0.05
COUNTING = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_utility": "on"}
COUNT = """
    SELECT coalesce(sum(calls), 0)::int, coalesce(sum(calls) FILTER (WHERE query ~* '^(begin|commit|rollback)'), 0)::int
    FROM pg_stat_statements AS found JOIN pg_roles AS role ON role.oid = found.userid WHERE role.rolname = %s"""


def main() -> Iterator[Result]:
    """Yields the statements of preview, submission, worker, sweeper and listener, per line."""
    with running(LINES, database=COUNTING) as factory:
        factory.wait_until_quiet()
        with psycopg.connect(factory.postgres.url(DATABASE), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            connection.execute("SELECT pg_stat_statements_reset()")
            run_id = factory.preview("set_limit", {"amount": "321.01", "period": "month", "warn_at": 80})
            factory.submit(run_id)
            factory.seconds_of(run_id)
            row = connection.execute(COUNT, [APPLICATION]).fetchone()
        assert row is not None
        assert factory.run(run_id).done == LINES
        extra = {"statements": row[0], "of_them_begin_commit": row[1], "lines": LINES}
        yield Result(
            "sql_per_line",
            row[0] / LINES,
            "statements",
            AT_MOST,
            row[0] / LINES / AT_MOST,
            at_most=1.0,
            extra=extra,
        )
