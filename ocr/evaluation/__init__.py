"""Readings held against truth: accuracy, certainty, refusals and registration, per field."""
