"""`locust -f contract_tests/load/locustfile.py`, for those who know Locust; the journey is shipped in the wheel."""

from modeldouble_contract.load.locustfile import Source

__all__ = ["Source"]
