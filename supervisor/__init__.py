"""jitsi-supervisor: watches the Jitsi sessions that must not fail in public."""
