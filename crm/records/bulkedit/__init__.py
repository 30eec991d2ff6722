"""One change to many records of a list: chosen on a page, written by a job, taken back while nobody has touched them.

actions   what a reader may do to many records of a kind, and how one record is written and put back
models    a change with its rows: what each was before, what became of it
services  asking for a change or its undo;  running  what the worker does
"""
