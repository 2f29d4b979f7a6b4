"""Conversations: a visitor's, a candidate's with the proctors, a gig's; none loses a message, one desk serves all."""
