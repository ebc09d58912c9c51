"""Database, tenancy, journal, queue, errors, clock, money and Excel: what every domain stands on."""
