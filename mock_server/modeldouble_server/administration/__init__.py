"""The server's side of `/__admin/` and `/metrics`; the client of both is `modeldouble_server.admin`."""
