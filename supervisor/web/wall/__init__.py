"""The wall page: every session at a glance, for support staff."""
