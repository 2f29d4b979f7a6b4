"""Pure decisions of the FAQ: what a question looks like, which entry it means, how sure that is."""
