"""Why a job failed, as its exception is told."""

from ..jobs import Failure


def failure(kind: str, text: str) -> Failure:
    """Why a job failed, with a traceback as a real server would send one."""
    return Failure(kind, text, f'Traceback (most recent call last):\n  File "modeldouble", in infer\n{kind}: {text}\n')
