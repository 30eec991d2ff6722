"""Limits and weights of the analyses: one register for the page, the JSON file and the checks of both."""
