"""Automatic answers in conversations: from the FAQ, from an AI that rests on it, or by handing on to people."""
