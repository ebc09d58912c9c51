"""People and their roles, the companies of operator staff, notices."""
