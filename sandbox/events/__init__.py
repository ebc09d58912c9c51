"""Events to the hubs: put into the outbox, signed, delivered."""
