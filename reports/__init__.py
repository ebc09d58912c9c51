"""Excel reports (to come: issue of its own)."""
