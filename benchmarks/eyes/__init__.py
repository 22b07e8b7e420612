"""`python -m benchmarks.eyes FOLDERS`: what people key, and how true the tables' margins are, on a made population."""
