"""Permission words, roles, grants and the decision."""
