"""A fake of the serving app and of the small part of the platform around it."""
