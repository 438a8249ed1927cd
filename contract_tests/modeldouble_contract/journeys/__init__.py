"""Journeys of an application, made by the client library: the one folder of this package that imports the client."""
