"""Why a customer has the scores it has: parts, weights, records, day of the data, formula, version of the model."""
