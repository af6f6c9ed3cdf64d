"""Witnesses of the public stream: each says what it sees, and UNKNOWN where it sees nothing."""
