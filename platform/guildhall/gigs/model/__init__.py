"""What gigs store."""
