"""Logarithm, power and the normal distribution's quantile out of + - * / and sqrt alone.

These five are the same to the last bit on every machine; `math.log` and `math.exp` are whatever the C library has.
"""

import math

_LN2 = 0.6931471805599453
_HALVES = 6
_TERMS = 12
# P. J. Acklam's rational approximation, off by less than 1.2e-9 of the value: nanoseconds of a second.
_CENTRE = (
    (-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690, -30.66479806614716,
     2.506628277459239),
    (-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1.0),
)  # fmt: skip
_TAIL = (
    (-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
     2.938163982698783),
    (0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1.0),
)  # fmt: skip
_OUTER = 0.02425


def logarithm(value: float) -> float:
    """The natural logarithm of a number over 0."""
    part, power = math.frexp(value)
    # ln(m) = 2 artanh((m - 1) / (m + 1)); with m from 1/sqrt(2) to sqrt(2) the terms fall by 1/34 each.
    if part < 0.7071067811865476:
        part, power = part * 2, power - 1
    ratio = (part - 1) / (part + 1)
    square, total = ratio * ratio, 0.0
    for odd in range(2 * _TERMS + 1, 0, -2):
        total = total * square + 1 / odd
    return 2 * ratio * total + power * _LN2


def exponential(power: float) -> float:
    """e to a power from -700 to 700."""
    doublings = int(power / _LN2)
    rest = (power - doublings * _LN2) / (1 << _HALVES)
    total = 1.0
    for term in range(_TERMS, 0, -1):
        total = 1 + total * rest / term
    for _ in range(_HALVES):
        total *= total
    return math.ldexp(total, doublings)


def normal_quantile(part: float) -> float:
    """The number below which a standard normal one lies with this probability, which is over 0 and below 1."""
    if part > 0.5:
        return -normal_quantile(1 - part)
    if part < _OUTER:
        return _ratio(_TAIL, math.sqrt(-2 * logarithm(part)))
    off = part - 0.5
    return off * _ratio(_CENTRE, off * off)


def _ratio(terms: tuple[tuple[float, ...], tuple[float, ...]], at: float) -> float:
    above, below = (_polynomial(one, at) for one in terms)
    return above / below


def _polynomial(factors: tuple[float, ...], at: float) -> float:
    total = 0.0
    for one in factors:
        total = total * at + one
    return total
