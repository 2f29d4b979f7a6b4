"""What opportunities decide, without any I/O."""
