"""What is decided about webhooks, without any input or output."""
