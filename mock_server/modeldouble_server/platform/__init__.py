"""The small part of the platform around a served model: one file per kind of entity, one table of methods."""
