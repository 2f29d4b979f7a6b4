"""Pure decisions of onboarding: each takes a document as it is and gives the one to write."""
