"""A load generator for HTTP/1.1: requests that were made before, written as bytes, and answers that are barely read.

It is a program of its own, `python -m modeldouble_contract.bench.load`, so that it can have a core of its own.
"""
