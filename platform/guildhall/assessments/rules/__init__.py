"""Decisions about exams: pure, without a clock, a socket or a database."""
