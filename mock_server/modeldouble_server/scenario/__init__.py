"""Scenario files: models, stubs, faults and platform content in YAML, checked before anything of it is served."""
