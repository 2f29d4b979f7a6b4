"""An agent's way in: profile, skills, documents, consents, an exam, a review by people, and then COMPLETED."""
