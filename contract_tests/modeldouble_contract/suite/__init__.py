"""The checks. pytest runs them; `modeldouble contract` starts it."""
