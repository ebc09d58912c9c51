"""Documents: what a form is, its fields, checks, types and printing."""
