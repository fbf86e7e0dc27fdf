"""SQLite: the outbox and the ledger."""
