"""The stand-in operator: an HTTP service of its own that speaks TM Forum APIs."""
