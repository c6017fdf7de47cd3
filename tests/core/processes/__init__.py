"""Programs that the tests of the outbox start as processes of their own, and kill."""
