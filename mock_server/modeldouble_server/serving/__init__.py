"""The serving app's routes: one handler each, in one table."""
