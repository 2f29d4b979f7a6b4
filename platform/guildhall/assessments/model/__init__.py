"""What assessments keep. Frozen; changed only through `store`."""
