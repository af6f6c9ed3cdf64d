"""The HTTP API, ``/api/v1``. Each address is an `Operation`; routes and description are made of the same list."""
