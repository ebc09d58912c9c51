"""Documents: forms, their fields, checks, types and printing."""
