"""What must be answered about a job in a given life: whole answers, every key."""

from collections.abc import Callable

from .life import HANDFUL, Json, Life

NO_MEMORY = {"allocated": None, "total": None}
STOPPING = {"message": "Inference will be stopped.", "success": True}


def progress(life: Life, now: int) -> Json:
    """The answer to get_preparing_progress too."""
    return {"status": life.stage(now), "current": life.made(now), "total": life.total, "is_size": False}


def flags(life: Life, now: int) -> Json:
    """What all three kinds of question have in common."""
    halted = life.stopped is not None or life.cleared is not None
    finished = life.finished(now)
    return {
        "uuid": life.uuid,
        "stage": life.stage(now),
        "exception": life.lost,
        "is_inferring": not finished,
        "stopped": halted,
        "paused": False,
        "finished": finished,
    }


def status(life: Life, now: int) -> Json:
    """get_inference_status"""
    shown = {"message": life.stage(now), **progress(life, now)}
    return {**flags(life, now), "progress": shown, "gpu_memory": NO_MEMORY, "ram_memory": NO_MEMORY}


def look(life: Life, now: int, dated: Callable[[int], float]) -> Json:
    """get_inference_progress and pop_inference_results, without `pending_results`."""
    some = life.made(now) > 0 or not life.at_work(now)
    return {
        **flags(life, now),
        "progress": progress(life, now),
        "preparing_progress": progress(life, now),
        "created_at": dated(life.start),
        "updated_at": dated(life.touched),
        "cancel_inference": life.stopped is not None or life.cleared is not None,
        **dict.fromkeys(("result", "final_result", "has_result"), some),
    }


def final(life: Life, now: int) -> Json | None:
    """get_inference_result"""
    over = not life.at_work(now) and (not life.lost or life.cleared is not None)
    return {"video_ann": None} if life.video and over else None


def handful(life: Life, now: int) -> slice:
    """Which results a pop gives."""
    return slice(life.taken, life.taken + min(HANDFUL, life.ready(now)))
