"""What a browser loads. `routes` serves what `make pages` has built from the TypeScript beside it."""
