"""What is spent on winning and keeping customers, beside the service that cases and contacts tell of."""
