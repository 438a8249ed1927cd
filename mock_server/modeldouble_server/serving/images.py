"""Pictures: by id, by file, by URL, one or many, at once or as a job."""

import asyncio
import hashlib
from collections.abc import Sequence

from aiohttp import web

from .. import wire
from ..address import is_http
from ..answer import answer, raw_answer
from ..pixels import decoded_digest
from ..refusal import Refused, shown
from ..results import Terms, bare_body, image_prediction, image_query
from ..scene import Origin, Query, Subject
from ..wire import Json, State
from ..work import files_work, images_work
from ..world import Entity, image_subject
from .call import Call
from .forms import Form, Upload, check_names, examine, read_form
from .start import start_or_fail

_UNFETCHED_SIZE = (1280, 720)


async def image_id(call: Call) -> web.Response:
    """inference_image_id"""
    state = await call.state()
    terms = call.terms(state.settings())
    image = await call.entity("image", state.needed(wire.IMAGE_ID))
    [query] = await call.take([image_query(image, terms)])
    return answer(await call.model.work(lambda: image_prediction(call.model, image, query)))


async def batch_ids(call: Call) -> web.Response:
    """inference_batch_ids: answers in the order of the ids, a repeated id twice, an unknown one 404 for all."""
    state = await call.state()
    terms = call.terms(state.settings())
    call.batch(state)
    ids = _ids(call, state)
    if call.dialect.has("batch-size-counted"):
        _check_count(call, len(ids), "state.batch_ids")
    if not ids and call.dialect.has("empty-ids-fail"):
        raise Refused(400, "state.batch_ids is empty; send ids", "value", "IndexError('list index out of range')")
    if len(set(ids)) < len(ids) and call.dialect.has("ids-differ"):
        raise Refused(400, "state.batch_ids has an id twice; send each once", "value")
    images = await call.entities("image", ids)
    queries = await call.take([image_query(image, terms) for image in images])
    asked = list(zip(images, queries, strict=True))
    return answer(await call.model.work(lambda: [image_prediction(call.model, *one) for one in asked]))


async def image_id_async(call: Call) -> web.Response:
    """inference_image_id_async"""
    state = await call.state()
    return await _ids_job(call, state, [state.needed(wire.IMAGE_ID)], {"alone": True})


async def batch_ids_async(call: Call) -> web.Response:
    """inference_batch_ids_async"""
    state = await call.state()
    return await _ids_job(call, state, _ids(call, state), {})


def _ids(call: Call, state: State) -> list[int]:
    names: Sequence[str] = wire.IMAGE_IDS
    if call.dialect.has("ids-by-one-name"):
        names = ("images_ids" if call.route.endswith("_async") else "batch_ids",)
        if state.first(names) is None:
            raise Refused(400, f"state.{names[0]} is missing; send ids", "ids-missing", f"KeyError({names[0]!r})")
    return state.ids(names, call.fake.limits.ids)


async def project_async(call: Call) -> web.Response:
    """inference_project_id_async: the pictures of a project, or of those of its datasets that are named."""
    state = await call.state()
    terms = call.terms(state.settings())
    project_id = state.needed(wire.PROJECT_ID)
    datasets = None if state.first(["dataset_ids"]) is None else set(state.ids(["dataset_ids"], call.fake.limits.ids))

    if call.dialect.has("project-looked-up-first"):
        _check_type(await call.entity("project", project_id))

    async def work() -> tuple[int, Json]:
        project = await call.entity("project", project_id)
        if call.dialect.has("project-type-in-job"):
            _check_type(project)
        world = call.model.world
        inside = [one["id"] for one in await world.within("dataset", project_id)]
        chosen = [one for one in inside if datasets is None or one in datasets]
        images = [image for dataset in chosen for image in await world.within("image", dataset)]
        return len(images), await _images_work(call, images, terms) | {"project": True}

    return await start_or_fail(call, work, call.batch(state))


def _check_type(project: Entity) -> None:
    if project["type"] != "images":
        text = f"state.projectId names a project of {project['type']}; name one of images"
        raise Refused(400, text, "project-type", "ValueError('Only images projects are supported.')")


async def _ids_job(call: Call, state: State, ids: list[int], more: Json) -> web.Response:
    terms = call.terms(state.settings())

    async def work() -> tuple[int, Json]:
        return len(ids), await _images_work(call, await call.entities("image", ids), terms) | more

    return await start_or_fail(call, work, call.batch(state))


async def _images_work(call: Call, images: Sequence[Entity], terms: Terms) -> Json:
    return images_work(images, await call.take([image_query(image, terms) for image in images]), terms)


async def image_file(call: Call) -> web.Response:
    """inference_image: one file."""
    form = await read_form(call)
    terms = call.terms(form.state.settings())
    if len(form.uploads) != 1:
        count = len(form.uploads)
        text = f"Only one file expected but got {count}; send many files to inference_batch"
        raise Refused(400, text, "files-count", str(count))
    if call.dialect.has("file-unread"):
        raise Refused(400, "files cannot be read; send them to inference_batch", "picture", "TypeError('coroutine')")
    check_names(call, form.uploads, single=True)
    [query] = await call.take([await _query(call, form.uploads[0], terms)])
    return raw_answer(await call.model.work(lambda: bare_body(call.model, query)))


async def batch(call: Call) -> web.Response:
    """inference_batch: files in order, also those with equal names."""
    form = await read_form(call)
    queries = await _batch(call, form, call.terms(form.state.settings()))
    made = await call.model.work(lambda: [bare_body(call.model, one) for one in queries])
    return raw_answer(b"[%b]" % b",".join(made))


async def batch_async(call: Call) -> web.Response:
    """inference_batch_async"""
    form = await read_form(call)
    terms = call.terms(form.state.settings())
    queries = await _batch(call, form, terms)

    async def work() -> tuple[int, Json]:
        return len(queries), files_work(queries, terms)

    return await start_or_fail(call, work, call.batch(State({})))


async def _batch(call: Call, form: Form, terms: Terms) -> list[Query]:
    call.check_batch_size(form.state)
    _check_count(call, len(form.uploads), "files")
    check_names(call, form.uploads)
    last = {upload.name: upload for upload in form.uploads}
    if len(last) < len(form.uploads):
        call.model.noticer.note("equal-names", "two files of a batch have the same name")
    same = call.dialect.has("equal-names")
    seen = [last[upload.name] if same else upload for upload in form.uploads]
    # All are looked at before the first takes its turn: a batch that is refused uses up no stub.
    return await call.take([await _query(call, upload, terms) for upload in seen])


def _check_count(call: Call, count: int, where: str) -> None:
    most = call.model.spec.max_batch_size
    uncounted = call.dialect.has("batch-size-asked") or call.dialect.has("batch-unlimited")
    if most is not None and count > most and not uncounted:
        text = f"Batch size should be less than or equal to {most} for this model"
        raise Refused(400, f"{text}; {where} has {count} parts: send at most {most}", "batch-size", str(most))


async def _query(call: Call, upload: Upload, terms: Terms) -> Query:
    picture = await examine(call, upload)
    subject = Subject(picture.sha256, *picture.upright)
    call.model.received.keep(picture.sha256, upload.content)
    wanted = call.model.stubs.wants_pixels
    pixels = await asyncio.to_thread(decoded_digest, upload.content) if wanted else None
    return Query(subject, terms.settings, terms.sent, Origin(terms.route, upload.name, pixels=pixels))


async def image_url(call: Call) -> web.Response:
    """inference_image_url: pictures of the world; anything else is answered without being fetched."""
    state = await call.state()
    terms = call.terms(state.settings())
    url = state.first(["image_url"])
    if not isinstance(url, str) or not is_http(url):
        raise Refused(400, f"state.image_url is {shown(url)}; send an http or https URL", "value")
    if call.dialect.has("url-answered"):
        raise Refused(400, "state.image_url is taken for a file; send an image id", "value", "FileNotFoundError(2)")
    subject = await _url_subject(call, url)
    [query] = await call.take([Query(subject, terms.settings, terms.sent, Origin(terms.route, url=url))])
    return raw_answer(await call.model.work(lambda: bare_body(call.model, query)))


async def _url_subject(call: Call, url: str) -> Subject:
    call.model.noticer.note("url-answered", f"image URL {url[:80]!r}")
    image_id = call.model.world.urls.get(url)
    if image_id is not None:
        return image_subject(await call.entity("image", image_id))
    call.model.noticer.note("url-not-fetched", f"image URL {url[:80]!r} is not of this world")
    return Subject(hashlib.sha256(url.encode("utf-8", "backslashreplace")).hexdigest(), *_UNFETCHED_SIZE)
