"""A person's own account: signing in, profile, sessions."""
