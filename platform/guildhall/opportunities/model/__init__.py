"""What opportunities store."""
