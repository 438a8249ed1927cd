"""Several processes on one port: a parent that holds the sockets, and workers that serve them."""
