"""The pure decisions of accounts: is this password good enough, is this token current, is this guess one too many.

Nothing here reads a clock or a database, and nothing keeps a secret.
"""
