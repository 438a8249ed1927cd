"""What keeps one caller from spoiling the server for the others: connections, bytes under way, limits as options."""
