"""Who you are: sign-up, sign-in, sessions, second factor, organisations, roles.

Read `lifecycle.py` (the tables), `model.py` (what is kept), `rules/` (the pure decisions), then `service/`.
"""
