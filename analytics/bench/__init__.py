"""How quick the product is, against the least that has to be done anyway, side by side in one run."""
