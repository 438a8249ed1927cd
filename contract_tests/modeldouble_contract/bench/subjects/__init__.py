"""Programs that are measured: ours, the limits, and those that run in a peer's environment. Nothing imports them."""
