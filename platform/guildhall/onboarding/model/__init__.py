"""Documents of onboarding."""
