"""Templates of trades: lists, fields and talk guides that a company of one trade would make itself.

data/*.json  one template each, in three languages
templates    reading them
lists        where each part goes, and whether a row is in use
services     what loading would add, loading, taking back
pages        settings: the templates, and the short lists themselves
"""
