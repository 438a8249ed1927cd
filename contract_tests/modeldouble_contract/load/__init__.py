"""Load on a serving app by Locust, `python -m modeldouble_contract.load URL`; only `locustfile.py` imports Locust."""
