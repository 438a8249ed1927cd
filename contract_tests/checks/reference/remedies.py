"""Of every error that a user meets: who raises it, and what to do then. What it means, its docstring says."""

from typing import NamedTuple


class Remedy(NamedTuple):
    """A row of docs/errors.md."""

    raised_by: str
    do: str


_ANY = "every call of `Session`, `AsyncSession` and `Api`"
_JOB = "a job, while one goes through its frames"

CLIENT = {
    "ModelDoubleError": Remedy("never itself", "Catch it where all errors of the client are one to you"),
    "Misuse": Remedy("never itself", "Catch it where the call is to be changed; a repetition does not help"),
    "BadArgument": Remedy("any call, before it asks", "Give what the message says of `field`"),
    "BadImage": Remedy(
        "calls that take or decode a picture", "Look at the file: is it there, has it bytes, is it a picture"
    ),
    "BadSettings": Remedy(
        "`Session(...)`, `set_inference_settings`, `update_inference_settings`",
        "Take a name from `acceptable`, or ask `get_default_inference_settings()`",
    ),
    "UnknownClass": Remedy(
        "`prediction.labels`, `Annotation.from_json`, conversions with numbers of classes",
        "Ask `get_model_meta()` anew if the model may have got classes since",
    ),
    "MissingExtra": Remedy(
        "calls that need arrays, pictures, event loops", "Install the extra that is named in `extra`"
    ),
    "MissingCredentials": Remedy(
        "`Api()` without arguments; `Session(session_url=...)` at an app of early 2023",
        "Set `SERVER_ADDRESS` and `API_TOKEN` together; give such an app's session an `Api` too",
    ),
    "NoJob": Remedy("`Session.stop_async_inference`", "Start a job first, or keep the job and stop that"),
    "JobClosed": Remedy("a job whose loop was left", "Start it again; go through a job once, to its end"),
    "Refused": Remedy(_ANY, "Read `reason`: the server names field, value and remedy where it is this fake"),
    "WrongToken": Remedy(_ANY, "Give a token of this platform, of somebody who may see the task"),
    "NotFound": Remedy(_ANY, "Look the id up on the platform that the app itself asks"),
    "NameTaken": Remedy("`create`, `upload_*` of `Api`", "Use what is there, by `id`, or another name"),
    "WrongTask": Remedy("`Session(api, task_id=...)`", "Give the task of an app that runs and serves a model"),
    "ServerFault": Remedy("never itself", "Catch it where a later try, or another server, may help"),
    "Unreachable": Remedy(_ANY, "Start the server, or mend address, proxy, firewall; then simply repeat"),
    "AnswerLost": Remedy(_ANY, "Repeat what may be done twice; it was tried already where that is safe"),
    "TimedOut": Remedy(_ANY, "Give `HttpTransport` longer timeouts, or ask for less at once"),
    "DeadlineExceeded": Remedy("calls under `deadline`", "Give more seconds, or ask for less at once"),
    "ServerFailed": Remedy(_ANY, "Read `reason`; ask again after `retry_after` if it is 429 or 503"),
    "NotDeployed": Remedy("`Session(...)`, inferences", "Deploy the model in the app, then connect again"),
    "NotAServingApp": Remedy("`Session(...)`, any call", "Give the URL below which `/get_session_info` answers"),
    "HtmlAnswer": Remedy("`Session(...)`, any call", "A proxy or a login page stands before the app: go round it"),
    "EmptyAnswer": Remedy("`Session(...)`, any call", "Give the URL of the app, and not of what stands before it"),
    "Redirected": Remedy("`Session(...)`, any call", "Give the address that stands in `location`"),
    "BadAnswer": Remedy(_ANY, "Judge the app with `modeldouble contract`; report it to its author"),
    "CreateUncertain": Remedy("`create` of `Api`", "Look whether `names` are there before you create them again"),
    "UploadFailed": Remedy("`upload_*` of `Api`", "Upload the files of `names` again"),
    "ListIncomplete": Remedy("`get_list` of `Api`", "Ask again when nobody adds or removes meanwhile"),
    "JobError": Remedy("never itself", "Catch it where every bad end of a job is one to you; `received` frames came"),
    "JobFailed": Remedy(_JOB, "Read `traceback`: it is the model's. Mend that, then start again"),
    "JobStalled": Remedy(_JOB, "Look at the app; give `stall_after` more seconds if its frames are slow"),
    "JobForgotten": Remedy(_JOB, "Start a job over `missing`, or over all of it if that is None"),
    "ResultsLost": Remedy(
        f"{_JOB}; `inference_image_paths`, `inference_image_ids`",
        "Infer what `missing` names again; [which faults lead here](recovery.md)",
    ),
    "StartUncertain": Remedy("the start of a job", "Wait until a job that may be running has ended, then start again"),
}

SERVER = {
    "CannotServe": Remedy("`Server(...)`, `start()`; the command line, with status 1", "Do what the text says"),
    "BadScenario": Remedy(
        "`Server(scenario=...)`, `modeldouble validate`", "Go through `problems`: each has line and remedy"
    ),
    "OutOfTime": Remedy("`modeldouble profile`", "Give `--deadline` more seconds, or measure fewer `--requests`"),
    "UnusedStub": Remedy(
        "the fixture `served_model`, `ServedModel.check`", "Remove the stub, or find out why nothing asked for it"
    ),
    "Raised": Remedy("a predictor of yours that wants to fail by a class's name", "The caller gets a 500 with both"),
    "StoreDown": Remedy("a store; callers get a 503 from the server", "Start the Redis again, or give the folder room"),
    "AdminError": Remedy("every method of `Admin` and its `Model`", "Read `status` and `text`"),
    "Unreachable": Remedy("every method of `Admin` and its `Model`", "Start the fake, or give its address"),
    "CannotCheck": Remedy("`modeldouble contract`, which ends with status 2", "Do what the text says"),
    "Finding": Remedy(
        "a check of `modeldouble contract`, which ends with status 1", "Mend the app, or name its release with `--sdk`"
    ),
}
"""Of the fake and of the suite, by name."""

INSIDE = {
    "_GivenUp": "`infer_many` gives up what nobody waits for",
    "Refused": "becomes an answer, a 4xx or 501 with field, value and remedy",
    "Busy": "becomes a 429 or 503 with `Retry-After`",
    "NotAllowed": "becomes a 401",
    "WrongMethod": "becomes a 405 with `Allow`",
    "Taken": "becomes a 400 NONUNIQUE",
    "NotRecorded": "becomes a 400, which no client repeats",
    "Lost": "becomes a 503: the store forgot what it had",
    "Unknown": "becomes a 503: servers of two releases share a store",
    "Behind": "the server catches up, and answers then",
    "ModelFailed": "becomes a 500 with the model's text, or a job that failed",
    "BadPart": "becomes a 400 of a form",
    "NotSent": "becomes a `StoreDown`",
    "Unmatched": "becomes a 400, and fails the test",
    "Tied": "becomes a 400, and fails the test",
    "Unasked": "a row of `--compare` that says why it is empty",
    "NotRight": "ends a benchmark",
    "Wrong": "ends a benchmark, or is an error in the report of a load test",
    "NotUnderstood": "ends a benchmark",
    "Missing": "leaves a peer of a benchmark out, and says so",
}
"""Errors that never reach a caller of Python, and what becomes of them."""

OTHERWISE = {
    "modeldouble_contract.bench.distributed.resp.Refused": "ends a benchmark",
    "modeldouble_contract.bench.registry.Unknown": "ends `modeldouble bench` with the names that there are",
}
"""Those that have the name of another one."""
