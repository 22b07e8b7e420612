"""Trains the handwriting recogniser. Needs torch (training/requirements.txt); nothing here is needed for reading."""
