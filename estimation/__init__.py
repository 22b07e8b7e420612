"""Estimates with error bars: totals over all cards, of which people have keyed a random part. Pure but for `sample`."""
