"""Where notices go; each channel is one file."""
