"""A session's report for the minutes: drawn from its sealed record alone, so whoever has that can redo it."""
