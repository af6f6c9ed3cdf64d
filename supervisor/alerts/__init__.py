"""What becomes of readings: the alert's life, what is told of it, and in which words."""
