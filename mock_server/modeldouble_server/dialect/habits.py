"""What releases do otherwise, beyond refusing otherwise: jobs, videos, pictures. Code asks for these by name."""

from .trait import RAN, SEEN, SEEN_ALL, SEEN_OLD, Trait, crash, trait

_REWRITE = "6.73.358"
_VIDEO = "6.73.73"

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
        f"{SEEN}; what 6.73.358 to 6.73.444 put into it is not known",
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
        "6.73.122", None, "ignores batch_size", "fail on a batch_size that is 0 or no number", SEEN,
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
        "6.73.50", _REWRITE, "answers an object", "answer the text of the exception",
        "read 6.73.100; where between 6.72.50 and it that began is not known",
    ),
    "traceback-lost": trait(
        _REWRITE, "6.74.29", "sends a traceback", "send the text 'NoneType: None' for one",
        "read; it ended after 6.74.28 and by 6.74.51",
    ),
    "job-failed": trait(
        None, _REWRITE, "put the job in stage Error", "have no stage: a client waits for ever", SEEN_OLD,
    ),
}  # fmt: skip

INPUTS: dict[str, Trait] = {
    "count-one-short": trait(
        None, _VIDEO, "takes all frames unless told how many", "leave out the last frame", "read 6.69.50",
    ),
    "range-clipped": trait(
        _VIDEO, None, "clipped the frame range to the video", "fail when the range passes the end",
        SEEN, *crash("range"),
    ),
    "backward": trait(
        None, None, "went backward on framesDirection",
        "go forward, or give no frames before 6.73.73 (6.73.358 and later read `direction`)", SEEN_ALL,
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
        None, _REWRITE, "takes any file name", "fail on a file that has no image extension",
        SEEN_OLD, *crash("name"),
    ),
    "ids-differ": trait(
        None, _REWRITE, "answers an id as often as it is asked for", "answer 500 when an id is asked for twice",
        SEEN_OLD,
    ),
    "project-looked-up-first": trait(
        None, _REWRITE, "starts a job that fails", "answer 500 to the start over an unknown project",
        "seen 6.73.100",
    ),
    "empty-ids-fail": trait(
        None, _REWRITE, "answers an empty list", "answer 500 to an empty list of ids", SEEN_OLD,
    ),
    "garbage-is-empty": trait(
        _REWRITE, None, "answers 400", "finish a job without results when the file is no video", SEEN,
    ),
    "more-videos-ignored": trait(
        _REWRITE, None, "answers 400", "take the first of several video files", "read 6.74.51",
    ),
    "batch-size-asked": trait(
        "6.73.122", None, "counts the files too", "look at batch_size alone, and split more files into batches",
        "read 6.74.51",
    ),
    "session-only-in-production": trait(
        None, None, "tells the task's id", "tell no session_id in development", SEEN_ALL,
    ),
    "region-beyond": trait(
        _REWRITE, None, "cut the region at the picture's border", "answer 500, which clients retry for 25 s", RAN,
        copied=False,
    ),
    "region-in-windows": trait(
        _REWRITE, None, "cut the region out of the picture, and then windows out of it",
        "take the region as one of each window, or answer 500", RAN, copied=False,
    ),
    "setting-unknown": trait(
        None, None, "ignored it", "ignore it too, so a misspelt setting goes unnoticed", SEEN, copied=False,
    ),
}  # fmt: skip
