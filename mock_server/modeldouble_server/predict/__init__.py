"""Who predicts, and how settings act on what was predicted."""
