"""People, sign-in, sessions and load_actor()."""
