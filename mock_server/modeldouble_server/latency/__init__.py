"""How long a model takes: times, a queue, and profiles that were measured."""
