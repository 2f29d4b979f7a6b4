"""Gigs: work that was agreed on. An accepted offer opens a contract here, once; what follows is done under it."""
