"""What people are told: in the house, and by mail. Each notice once, whoever is killed meanwhile."""
