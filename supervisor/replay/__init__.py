"""The event log of a session: written while it is supervised, exported, and played through the engine again."""
