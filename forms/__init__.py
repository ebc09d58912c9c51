"""Request forms and requests (to come: issue of its own)."""
