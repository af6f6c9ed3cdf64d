"""Figures, not tests: what the daemon and its module cost and how fast they are. docs/bench.md explains each."""
