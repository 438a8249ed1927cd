"""How fast it is: ours, its peers and a limit, measured in one run. `modeldouble bench` runs it."""
