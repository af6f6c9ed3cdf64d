"""Where notices go; each channel is one file, and a line in `supervisor.channels.registry`."""
