"""The XMPP side: one component connection, watching rooms without being in them."""
