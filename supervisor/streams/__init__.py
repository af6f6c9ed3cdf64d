"""Witnesses of live streams: adapters that observe, and say what they saw as evidence."""
