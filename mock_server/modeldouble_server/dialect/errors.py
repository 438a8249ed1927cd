"""How releases refuse: rows whose `said` replace a refusal of the fake's, by its kind."""

from .trait import SEEN, SEEN_ALL, SEEN_OLD, Form, Said, Trait, crash, trait

ENDING = ("stop_inference", "clear_inference_request")
STARTS = (
    "inference_image_id_async", "inference_batch_ids_async", "inference_video_id_async", "inference_project_id_async",
)  # fmt: skip
FORM_STARTS = ("inference_batch_async", "inference_video_async")
_NO_UUID = "Error: 'inference_request_uuid' is required."
_NO_OBJECT = "Settings is not json object"
_NO_FRAMES = '{"ann":[]}'
_MISSING = '[{"type":"missing","loc":["body","files"],"msg":"Field required","input":null}]'
_MISSING_OLD = '[{"loc":["body","files"],"msg":"field required","type":"value_error.missing"}]'
_NO_NAME = (
    '[{"type":"value_error","loc":["body","files",0],"msg":"Value error, Expected UploadFile, received: '
    '<class \'str\'>","input":"","ctx":{"error":{}}}]'
)
_NO_NAME_OLD = (
    '[{"loc":["body","files",0],"msg":"Expected UploadFile, received: <class \'str\'>","type":"value_error"}]'
)
_CLIENTS_RETRY = "which clients retry for 25 s"
_ABOUT = "{about}"


ERRORS: dict[str, Trait] = {
    "crash-is-text": trait(
        "6.72.190", None, "answers every refusal as JSON", "answer an uncaught exception as plain text, in development",
        f"{SEEN}; seen 6.73.100; read 6.72.189, which answers JSON in both modes",
    ),
    "json-refused": trait(
        None, None, "answered 400", f"answer 500 for malformed JSON, {_CLIENTS_RETRY}", SEEN_ALL,
        *crash("json", "body", "content-type"),
    ),
    "content-type-ignored": trait(
        None, None, "answered 400", "do not look at a body of another content type where they need none", SEEN_ALL,
    ),
    "state-refused": trait(
        None, None, "answered 400", f"answer 500 on the routes of a job, {_CLIENTS_RETRY}", SEEN_ALL,
        *crash("state"),
    ),
    "state-validated": trait(
        "6.73.358", None, "names the field in the text", "answer 400 with another text on routes that infer", SEEN,
        Said("state", Form.OBJECT, 400, _NO_OBJECT, (
            "inference_image_id", "inference_batch_ids", "inference_image_url", "inference_video_id", *STARTS,
        )),
    ),
    "setting-refused": trait(
        None, None, "answered 400", f"answer 500, {_CLIENTS_RETRY}", SEEN_ALL,
        *crash("value", "setting"),
    ),
    "model-raises": trait(
        None, None, "answers title and message", "answer an uncaught exception", SEEN_ALL, *crash("model"),
    ),
    "id-unknown": trait(
        None, None, "answered 404", f"answer 500, {_CLIENTS_RETRY}, or 200 with no frames for a video", SEEN_ALL,
        *crash("id-unknown"),
    ),
    "error-in-job": trait(
        None, None, "refuses the start", "start a job that fails", SEEN_ALL,
        *(Said(kind, Form.JOB, 200, _ABOUT, STARTS) for kind in ("value", "setting")),
        Said("setting", Form.JOB, 200, _ABOUT, FORM_STARTS),
    ),
    "state-error-in-job": trait(
        None, "6.73.358", "refuses the start", "start a job that fails", SEEN_OLD,
        Said("state", Form.JOB, 200, _ABOUT, STARTS),
    ),
    "ids-state-first": trait(
        "6.73.173", "6.73.358", "answers 400", "answer 500 to the start over ids without a state",
        "read 6.73.173, 6.73.357", Said("state", Form.CRASH, 500, _ABOUT, ("inference_batch_ids_async",)),
    ),
    "video-state-first": trait(
        "6.73.186", "6.73.358", "answers 400", "answer 500 to the start over a video without a state",
        "read 6.73.186, 6.73.357", Said("state", Form.CRASH, 500, _ABOUT, ("inference_video_id_async",)),
    ),
    "project-fails-first": trait(
        None, "6.73.358", "answers 400", "answer 500 to the start over what is no project", "seen 6.73.100",
        *(Said(kind, Form.CRASH, 500, _ABOUT, ("inference_project_id_async",)) for kind in ("value", "state")),
    ),
    "sync-video-swallows": trait(
        "6.73.358", None, "answers the error", "answer 200 with no frames when anything goes wrong", SEEN,
        *(Said(kind, Form.SAID, 200, _NO_FRAMES, ("inference_video_id",))
          for kind in ("value", "setting", "id-unknown", "model", "range")),
    ),
    "setting-error-in-form": trait(
        None, "6.73.358", "names the setting", "answer 400, as for settings that are no JSON", SEEN_OLD,
        Said("setting", Form.TEXT, 400, "Cannot decode settings: {about}", ("inference_image", "inference_batch")),
    ),
    "body-checked-first": trait(
        "6.69.57", "6.69.66", "reads of a body what the route needs",
        "answer 500 to a JSON body without context, token or with a wrong state, whatever the route",
        "seen 6.69.58; read 6.69.66, where only apps with a page still fail, on a state that is null",
    ),
    "ids-swallow": trait(
        "6.73.358", "6.73.561", "answers the error", "answer 200 with an empty list when anything goes wrong",
        "seen 6.73.467",
        *(Said(kind, Form.SAID, 200, "[]", ("inference_batch_ids",))
          for kind in ("value", "setting", "id-unknown", "model")),
    ),
    "batch-swallows": trait(
        "6.73.358", None, "answers the error", "answer 200 with an empty list when the model raises", SEEN,
        *(Said(kind, Form.SAID, 200, "[]", ("inference_batch",)) for kind in ("setting", "model")),
    ),
    "picture-refused": trait(
        None, None, "answered 400", f"answer 500, {_CLIENTS_RETRY}", SEEN_ALL, *crash("picture"),
    ),
    "uuid-missing": trait(
        None, None, "answers detail, message and success", "answer 400 with a message only", SEEN_ALL,
        Said("uuid", Form.MESSAGE, 400, _NO_UUID), Said("uuid", Form.FAILED, 400, _NO_UUID, ENDING),
    ),
    "job-unknown": trait(
        None, None, "answered 404", f"answer 500, {_CLIENTS_RETRY}", SEEN_ALL, *crash("job-unknown"),
    ),
    "clear-of-anything": trait(
        "6.73.358", None, "refuses a clear of what is no uuid", "answer 200 to a clear of anything", SEEN,
        Said("job-unknown", Form.SAID, 200, '{"success":true}', ("clear_inference_request",)),
    ),
    "form-settings": trait(
        "6.73.358", None, "names the part in the text", "answer 400 with the error alone", SEEN,
        Said("form-json", Form.OBJECT, 400, "Cannot decode settings: {about}"),
        Said("form-object", Form.OBJECT, 400, _NO_OBJECT),
        Said("files-count", Form.OBJECT, 400, "Only one file expected but got {about}"),
        Said("batch-size", Form.OBJECT, 400, "Batch size should be less than or equal to {about} for this model."),
    ),
    "form-settings-bare": trait(
        None, "6.73.358", "answers an object", "answer 400 with a bare JSON string", SEEN_OLD,
        Said("form-json", Form.TEXT, 400, "Cannot decode settings: {about}"),
        Said("form-object", Form.TEXT, 400, _NO_OBJECT),
        Said("files-count", Form.TEXT, 400, "Only one file expected but got {about}"),
    ),
    "files-missing": trait(
        "6.73.358", None, "answers a text", "answer 422 with FastAPI's list", SEEN,
        Said("files-missing", Form.LISTED, 422, _MISSING), Said("file-name", Form.LISTED, 422, _NO_NAME),
    ),
    "files-missing-old": trait(
        None, "6.73.358", "answers a text", "answer 422 with the list of pydantic before its second version",
        SEEN_OLD,
        Said("files-missing", Form.LISTED, 422, _MISSING_OLD), Said("file-name", Form.LISTED, 422, _NO_NAME_OLD),
    ),
    "files-many": trait(
        "6.73.358", None, "names the limit and the remedy", "answer 400 with a detail only", "read 6.74.51",
        Said("files-many", Form.DETAIL, 400, "Too many files. Maximum number of files is {about}."),
    ),
    "route-unknown": trait(
        None, None, "lists the routes", "answer 404 or 405 with a detail only, and no HEAD", SEEN_ALL,
        Said("route", Form.DETAIL, 404, "Not Found"), Said("method", Form.DETAIL, 405, "Method Not Allowed"),
    ),
    "token-of-128": trait(
        None, "6.73.219", "takes any token", "answer 500 unless api_token has 128 characters",
        f"{SEEN_OLD}; read 6.73.218", *crash("token"),
    ),
}  # fmt: skip
"""Traits of refusals. What a release answers is decided by kind and route; a row that names the route wins."""
