"""What `generate.py` writes, a page a file, each drawn from the running tables and models."""
