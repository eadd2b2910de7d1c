"""The API of an Incus daemon, as far as the connection plugin needs it."""
