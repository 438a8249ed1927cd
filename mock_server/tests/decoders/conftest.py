"""How many examples a decoder is given: `tox -e fuzz` asks for more than a test of every day does."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "decoders", max_examples=int(os.environ.get("MODELDOUBLE_EXAMPLES", "40")), deadline=None, derandomize=True,
    database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
