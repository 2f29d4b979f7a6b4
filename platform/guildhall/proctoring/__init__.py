"""Watching a session: frames in, observations judged over time, incidents stored and shown to proctors.

Reading order: `model`, `lifecycle`, `rules/` (what counts), `messages` (what crosses the sockets), `store`,
`service/` (the verbs), `namespace/` (Socket.IO), `jobs` (what tidies up after a dead process).
"""
