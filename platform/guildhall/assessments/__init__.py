"""Exams: what is asked, who may sit it and when, the answers, what they are worth, and what a pass becomes."""
