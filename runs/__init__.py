"""The bulk engine: a run, its items, preview, submit, runner, sweeper."""
