"""Errors in customer files: found when a file is saved, counted by the report on data quality.

numbers   check digits of tax and identity numbers
checks    what is wrong with the values of a customer, field by field
storing   keeping what was found with the customer
"""
