"""What programs ask: the operator's events, health and metrics, the JSON API."""
