"""What releases do otherwise on the routes around inference: speed test, deployment, cache, tracking."""

from .trait import RAN, Form, Said, Trait, crash, trait

_SPEED = "6.73.166"
_NO_BATCHES = "Batch inference is not implemented for this model."
UNDEPLOYED = (
    "The model has not yet been deployed. Please select the appropriate model in the UI and press the 'Serve' button. "
    "If this app has no GUI, it signifies that 'load_on_device' was never called."
)
"""What an app without a model raises; its own title in production goes by this text."""
UNDEPLOYED_TITLE = "Call undeployed model error"

SERVICE: dict[str, Trait] = {
    "speedtest-refused": trait(
        _SPEED, None, "answers 400", "answer 500 to a project that is none of images", RAN, *crash("project-type"),
    ),
    "speedtest-fails-late": trait(
        _SPEED, None, "answers 400", "start a job that fails when num_iterations is missing", RAN,
        Said("iterations", Form.JOB, 200, "{about}", ("run_speedtest",)),
    ),
    "speedtest-on-nothing": trait(
        _SPEED, None, "put the job in stage Error", "answer 500 to an unknown project, and never end without pictures",
        RAN, copied=False,
    ),
    "batches-not-implemented": trait(
        _SPEED, None, "names the field", "answer 501 with a message only", RAN,
        Said("batch-support", Form.FAILED, 501, _NO_BATCHES),
    ),
    "undeployed-unguarded": trait(
        None, "6.72.154", "refuses what needs a model that is not deployed", "ask a model that was never loaded",
        "ran 6.72.50, 6.73.100",
    ),
    "error-is-detail": trait(
        None, "6.73.358", "answers detail, message and success", "answer a detail only where an app names a status",
        "read 6.73.100",
    ),
    "deploy-refused": trait(
        "6.73.50", None, "answered 400 and kept its model", "answer 500, and have no model from then on", RAN,
        *crash("deploy"),
    ),
    "deployed-in-name": trait(
        "6.73.50", None, "goes on predicting as before", "load that model", RAN, copied=False,
    ),
    "cache-refused": trait(
        "6.73.285", None, "answers 400", "answer 200 and tell nobody", RAN,
        Said("cache", Form.SAID, 200, '{"message":"Cache task started."}'),
    ),
    "cache-unseen": trait(
        "6.73.285", None, "answered 200", "answer 200 too, and write the error to their own log", RAN, copied=False,
    ),
    "cache-kept-nothing": trait(
        "6.73.285", None, "kept none of them", "infer from these files when their ids are asked for", "read 6.74.51",
        copied=False,
    ),
    "track-refused": trait(
        "6.73.464", None, "answers 400", "answer 200 and tell the annotation tool", RAN,
        Said("track", Form.SAID, 200, '{"message":"Track task started."}'),
    ),
    "tracks-nothing": trait(
        "6.73.464", None, "tracked nothing", "add figures to the video, and tell the annotation tool", "read 6.74.51",
        copied=False,
    ),
}  # fmt: skip
