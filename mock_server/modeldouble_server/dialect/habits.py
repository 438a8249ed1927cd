"""What releases do otherwise, beyond refusing otherwise: jobs, videos, pictures. Code asks for these by name."""

from .trait import RAN, SEEN, SEEN_ALL, SEEN_OLD, Form, Said, Trait, crash, trait

_REWRITE = "6.73.358"
_PREPARING = "6.72.112"
_VIDEO = "6.73.73"
_RANGE = "6.73.98"
_BATCHES = "6.73.122"
_LIMITED = "6.73.186"
_OVER = "Batch size should be less than or equal to {about} for this model."

JOBS: dict[str, Trait] = {
    "start-has-message": trait(
        None, None, "answers no message to a start", "answer one, on which clients 6.72.112 to 6.73.106 fail",
        SEEN_ALL,
    ),
    "start-says-scheduled": trait(
        _REWRITE, None, "answers no message", "tell images and files 'Scheduled inference task.'", SEEN,
    ),
    "total-unknown-at-first": trait(
        None, None, "knows the total from the start", "show a total of 1 while they prepare", SEEN_ALL,
    ),
    "progress-reset": trait(
        _REWRITE, None, "shows the real progress in every stage", "answer 0 of 1 unless the job is running", SEEN,
    ),
    "inferring-is-running": trait(
        _REWRITE, None, "says is_inferring until the last result was handed out", "say it in the running stage only",
        SEEN,
    ),
    "finished-with-worker": trait(
        _REWRITE, None, "says finished when the last result was handed out", "say it when the last one exists", SEEN,
    ),
    "inferring-until-worker-ends": trait(
        None, _REWRITE, "says is_inferring until the last result was handed out", "say it until the last one exists",
        SEEN_OLD,
    ),
    "result-is-final": trait(
        _REWRITE, None, "says there is a result as soon as one exists", "say it of videos that ended without error",
        SEEN,
    ),
    "result-holds-final": trait(
        _REWRITE, "6.73.445", "says true or false", "answer the final result itself with every poll, or null",
        "read 6.73.358, 6.73.444",
    ),
    "result-is-object": trait(
        None, _REWRITE, "says true or false", "answer null, then all results with every poll", SEEN_OLD,
    ),
    "result-lost-by-stop": trait(
        None, _REWRITE, "says there is a result", "answer a null result for ever after a stop", SEEN_OLD,
    ),
    "pending-not-counted": trait(
        None, _REWRITE, "counts the results that wait", "answer an empty list to progress", SEEN_OLD,
    ),
    "file-result-has-ann": trait(
        _REWRITE, None, "answers the same for a file as for an id", "add an empty ann for a video file", "read 6.74.51",
    ),
    "clear-lingers": trait(
        _REWRITE, None, "forgets the results at once", "stop the job and keep it, with its results, for 60 s", SEEN,
    ),
    "clear-deletes": trait(
        None, _REWRITE, "keeps the job readable for 60 s, and clears what is unknown",
        "delete the job at once, and answer 500 to whatever asks for it, a second clear too", SEEN_OLD,
    ),
    "batches-of-16": trait(
        _VIDEO, None, "infers one by one", "infer 16 at a time, or batch_size: a stop waits for the end of a batch",
        SEEN,
    ),
    "stop-after-frame": trait(
        None, _VIDEO, "stops at once", "end the frame that is being inferred", "seen 6.69.58",
    ),
    "batch-size-read": trait(
        _LIMITED, None, "ignores batch_size",
        "fail on a batch_size that is 0 or no number (jobs over a project from 6.73.95, over ids from 6.73.173)", SEEN,
    ),
    "batch-size-not-null": trait(
        _LIMITED, "6.73.212", "takes a null for no batch_size", "fail on it", "read 6.73.211, 6.73.212",
    ),
    "preparing-on-its-own": trait(
        "6.72.112", _REWRITE, "answers the one progress", "count a download, without status until it begins",
        "read 6.73.100",
    ),
    "image-only-as-result": trait(
        "6.72.12", _REWRITE, "hands the prediction of an image job out with pop",
        "give it as the result, and pop nothing", "read 6.72.50, 6.73.100",
    ),
    "exception-is-text": trait(
        "6.73.73", _REWRITE, "answers an object", "answer the text of the exception", "read 6.73.73, 6.73.100",
    ),
    "traceback-lost": trait(
        _REWRITE, "6.74.42", "sends a traceback", "send the text 'NoneType: None' for one", "read 6.74.41, 6.74.42",
    ),
    "job-failed": trait(
        None, _REWRITE, "put the job in stage Error", "have no stage: a client waits for ever", SEEN_OLD,
    ),
}  # fmt: skip

INPUTS: dict[str, Trait] = {
    "count-one-short": trait(
        None, _PREPARING, "takes all frames unless told how many", "leave out the last frame", "read 6.69.50",
    ),
    "range-clipped": trait(
        _RANGE, None, "clipped the frame range to the video", "fail when the range passes the end",
        SEEN, *crash("range"),
    ),
    "range-ignored": trait(
        _VIDEO, _RANGE, "infers the frames that are asked for", "infer all frames of a video", "read 6.73.73, 6.73.97",
    ),
    "count-needed": trait(
        _PREPARING, _RANGE, "takes all frames unless told how many", "fail without framesCount",
        "read 6.72.112, 6.73.97",
    ),
    "sync-video-broken": trait(
        _PREPARING, "6.73.45", "answers frames", "answer 500 to every inference_video_id", "read 6.72.112, 6.73.44",
    ),
    "backward": trait(
        None, None, "went backward on framesDirection",
        "go forward, or give no frames before 6.73.73 (6.73.107 and later read `direction`)", SEEN_ALL,
    ),
    "backward-by-share": trait(
        None, _VIDEO, "goes backward", "give no frames backward, and go forward above 30 % of the video",
        "read 6.69.50",
    ),
    "direction-unchecked": trait(
        None, None, "answers 400", "go backward whatever the direction is, unless it is forward",
        "ran 6.74.51; read 6.69.50",
    ),
    "url-answered": trait(
        _REWRITE, None, "answered a prediction", "answer 500 for every image URL", SEEN,
    ),
    "url-not-fetched": trait(
        None, None, "answered synthetically: nothing was fetched", "fetch the URL", SEEN_OLD, copied=False,
    ),
    "equal-names": trait(
        _REWRITE, None, "answered each file", "answer the last file of that name twice", SEEN,
    ),
    "name-is-path": trait(
        _REWRITE, None, "ignores folders in a file's name", "answer 500 where many files may be sent", SEEN,
        *crash("name"),
    ),
    "extension-known": trait(
        None, _BATCHES, "takes any file name", "fail on a file that has no image extension",
        SEEN_OLD, *crash("name"),
    ),
    "ids-differ": trait(
        None, _BATCHES, "answers an id as often as it is asked for", "answer 500 when an id is asked for twice",
        SEEN_OLD,
    ),
    "project-looked-up-first": trait(
        None, _REWRITE, "starts a job that fails, or has no pictures",
        "answer 500 to the start over a project that is unknown or none of images", "seen 6.73.100",
        *crash("project-type"),
    ),
    "project-type-in-job": trait(
        _REWRITE, None, "starts a job without pictures", "start a job that fails over a project that is none of images",
        "read 6.73.358, 6.74.51", Said("project-type", Form.JOB, 200, "{about}", ("inference_project_id_async",)),
    ),
    "empty-ids-fail": trait(
        None, _BATCHES, "answers an empty list", "answer 500 to an empty list of ids", SEEN_OLD,
    ),
    "garbage-is-empty": trait(
        _REWRITE, None, "answers 400", "finish a job without results when the file is no video", SEEN,
    ),
    "more-videos-ignored": trait(
        _REWRITE, None, "answers 400", "take the first of several video files", "read 6.74.51",
    ),
    "batch-size-asked": trait(
        _REWRITE, None, "counts the files too", "look at batch_size alone, and split more files into batches",
        "read 6.73.358, 6.74.51",
    ),
    "batch-size-counted": trait(
        _LIMITED, _REWRITE, "counts files, and looks at batch_size",
        "count the files or ids of a batch that is answered at once, and look at batch_size elsewhere",
        "read 6.73.186, 6.73.357", Said("batch-size", Form.FAILED, 400, _OVER),
    ),
    "batch-unlimited": trait(
        None, _LIMITED, "refuses more than max_batch_size", "know no largest batch", "read 6.73.185",
    ),
    "ids-by-one-name": trait(
        "6.73.173", _REWRITE, "reads ids under every name",
        "read batch_ids alone where they answer at once, and images_ids alone in a job, and answer 500 without",
        "read 6.73.173, 6.73.357", *crash("ids-missing"),
    ),
    "file-unread": trait(
        _REWRITE, "6.73.372", "answers one file", "answer 500 to every file of inference_image", "read 6.73.371",
    ),
    "session-only-in-production": trait(
        "6.69.57", None, "tells the task's id", "tell no session_id in development", SEEN_ALL,
    ),
    "region-beyond": trait(
        None, None, "cut the region at the picture's border", "answer 500, which clients retry for 25 s", RAN,
        copied=False,
    ),
    "region-in-windows": trait(
        None, None, "cut the region out of the picture, and then windows out of it",
        "take the region as one of each window, or answer 500", RAN, copied=False,
    ),
    "setting-unknown": trait(
        None, None, "ignored it", "ignore it too, so a misspelt setting goes unnoticed", SEEN, copied=False,
    ),
}  # fmt: skip
