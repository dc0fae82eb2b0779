"""How work is run: threads that supervise, spawned engine processes that work."""
