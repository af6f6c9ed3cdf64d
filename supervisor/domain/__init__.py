"""What the daemon knows, without I/O or a clock: kinds, bookings, events."""
