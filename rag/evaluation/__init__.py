"""Measuring answers against what is known to be right: questions asked one after another, scored, and compared."""
