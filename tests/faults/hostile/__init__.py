"""Hostile files: those that crash, hang or bloat decoders, made anew from a kind, a strength and a seed."""
