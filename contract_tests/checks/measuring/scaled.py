"""A distributed run that is made up: pops on so many workers, each reading alike."""

from collections.abc import Mapping, Sequence

from modeldouble_contract.bench.distributed.asking import POP
from modeldouble_contract.bench.distributed.workers import ALONE, OURS, case_name, workload
from modeldouble_contract.bench.run import Measured, Taken
from modeldouble_contract.bench.workload import Reading, Role

ROUNDS = 6


def taken(name: str, cpu_us: Mapping[int, float], absent: str = "", **more: float) -> Taken:
    """Of one who takes part, by the number of workers; requests per second are those of a core."""
    role = Role.OURS if name == OURS else Role.LIMIT
    readings: dict[str, Sequence[Reading]] = {
        case_name(POP, count): [Reading(1e6 / cpu, {"cpu_us": cpu, "worker_mb": 60.0, **more})] * ROUNDS
        for count, cpu in cpu_us.items()
    }
    return Taken(name, role, readings, absent)


def scaled(cpu_us: Mapping[int, float], redis_us: float = 25.0, operations: float = 2.0) -> Measured:
    """Workers of which a request takes so many microseconds, beside an own store of 250."""
    ours = taken(OURS, cpu_us, redis_us=redis_us, redis_operations=operations)
    alone = taken(ALONE, {1: 250.0})
    made = workload()
    kept = [case for case in made.cases if case.curve == POP]
    return Measured(made._replace(entries=(), cases=kept), [ours, alone], dict(alone.readings), took_s=100.0)
