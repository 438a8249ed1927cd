"""A light client for served computer-vision models."""
