"""What is made of a run: JSON with every reading, a page with tables, and pictures of how things grow."""
