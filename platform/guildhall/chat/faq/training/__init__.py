"""How a matcher is made, in a process of its own: seconds of arithmetic stay out of the one that serves.

`python -m guildhall.chat.faq.training` reads one JSON `Lesson` from its standard input and writes one `Learned`.
"""
