"""What happens when nobody is waiting. The jobs themselves live in their domains' `jobs.py`."""
