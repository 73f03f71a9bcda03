"""Agencies' exports as they are, turned into the tables of data/."""
