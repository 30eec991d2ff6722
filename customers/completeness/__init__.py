"""How much of a customer's file is filled, and what is missing."""
