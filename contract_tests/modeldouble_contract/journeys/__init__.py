"""Journeys: what an application does with a served model, done by the client library. They use its public names only."""
