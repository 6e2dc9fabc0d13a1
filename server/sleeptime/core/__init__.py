"""The words everyone shares; no IO but the user's settings file."""
