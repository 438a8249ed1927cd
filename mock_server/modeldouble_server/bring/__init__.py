"""Pictures and annotations of the operator's own: a folder becomes a project, its files read in place."""
