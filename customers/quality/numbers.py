"""Check digits of Chinese numbers: the credit code of organisations, the identity number of persons."""

import re

CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 18 of them; the last is the check sign
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_SIGNS = "10X98765432"


def credit_check_sign(first_seventeen: str) -> str:
    total = sum(CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(first_seventeen, CREDIT_WEIGHTS, strict=True))
    return CREDIT_SIGNS[(31 - total % 31) % 31]


def is_credit_code(number: str) -> bool:
    """Whether 18 signs are a unified social credit code."""
    text = number.strip().upper()
    if not re.fullmatch(f"[{CREDIT_SIGNS}]{{18}}", text):
        return False
    return credit_check_sign(text[:17]) == text[17]


def is_identity_number(number: str) -> bool:
    """Whether 18 signs are the identity number of a resident."""
    text = number.strip().upper()
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_SIGNS[total % 11] == text[17]
