"""The web console: the only folder that knows Flask."""
