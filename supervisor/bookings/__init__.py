"""Bookings from outside: TOML files, read and watched."""
