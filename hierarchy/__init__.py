"""Companies, contracts, billing accounts and departments."""
