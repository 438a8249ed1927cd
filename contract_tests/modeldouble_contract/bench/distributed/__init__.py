"""One fake in several processes on one Redis: what each request costs them, and where that ends.

`modeldouble bench --distributed` runs it; `python -m modeldouble_contract.bench.distributed RESULTS` makes the page.
"""
