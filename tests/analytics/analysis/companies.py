"""Companies whose buying is drawn from a model of known parameters, for tests of what fits such models."""

import numpy as np
import pandas as pd


def bg_nbd_histories(
    customers: int,
    *,
    seed: int,
    r: float = 0.5,
    alpha: float = 5.0,
    a: float = 0.8,
    b: float = 2.5,
    longest: float = 52.0,
    first_chance: int = 0,
) -> pd.DataFrame:
    """Histories in whole days / 7, of customers who came at any time in the first half of `longest` weeks."""
    random = np.random.default_rng(seed)
    observed = np.round(random.uniform(longest / 2, longest, customers) * 7) / 7
    rates, chances = random.gamma(r, 1 / alpha, customers), random.beta(a, b, customers)
    rows = []
    for time, rate, chance in zip(observed, rates, chances, strict=True):
        x, last = 0, 0.0
        has_left = first_chance and random.random() < chance
        while not has_left:
            moment = last + max(np.ceil(random.exponential(1 / rate) * 7), 1) / 7
            if moment > time:
                break
            x, last = x + 1, moment
            has_left = random.random() < chance
        rows.append((x, last, time))
    frame = pd.DataFrame(rows, columns=["repeat_purchases", "time_to_last", "time_observed"])
    frame.insert(0, "customer_id", np.arange(1, customers + 1))
    return frame


def gamma_gamma_histories(customers: int, *, seed: int, p: float = 6.0, q: float = 4.0, v: float = 1_500.0):
    random = np.random.default_rng(seed)
    x = random.geometric(0.4, customers)
    rates = random.gamma(q, 1 / v, customers)
    mean = random.gamma(p * x, 1 / (rates * x))
    return pd.DataFrame({"customer_id": np.arange(customers), "repeat_purchases": x, "mean_repeat_amount": mean})
