"""Outgoing webhooks: what people are told, told to their own systems too, signed as Standard Webhooks are."""
