"""Mobile lines, their rules and their operations."""
