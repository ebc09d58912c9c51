"""The machine that carries runs out: claims, sending, looking up, outcomes, sweeping."""
