"""Excel and CSV reports: ordered, made by a worker, kept for a while, repeated on a schedule."""
