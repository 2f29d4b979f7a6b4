"""Opportunities: work that clients post, who applies for it, and the offers that lead to a contract."""
