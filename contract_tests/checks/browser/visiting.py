"""Visits to the page: each in a browser context of its own, and what went wrong in any of them is not forgotten."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect

from modeldouble_server.admin import Admin
from modeldouble_server.served import ServedModel

from .programs import PATIENCE

SIZE = {"width": 1280, "height": 900}
_VIOLATIONS = """
addEventListener("securitypolicyviolation", one => console.error(`policy: ${one.violatedDirective} ${one.blockedURI}`))
"""


class Visits:
    """Opens pages, and notes errors, dialogs, violations of the policy, and requests to others than the server."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._allowed: list[str] = []
        self._wrong: list[str] = []
        self._changes: dict[str, dict[str, str]] = {}
        self.changed: list[str] = []
        """Files of the page that were sent otherwise than they are."""
        self.requests: list[str] = []
        """Addresses, in the order in which they were asked for."""

    def context(self, origin: str, **options: Any) -> BrowserContext:
        """A fresh one, whose pages may ask `origin` and nobody else. Options are those of Playwright's contexts."""
        context = self._browser.new_context(**{"viewport": SIZE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_VIOLATIONS)
        context.on("console", lambda said: self._note(f"console: {said.text}", said.type == "error"))
        context.on("weberror", lambda raised: self._note(f"raised: {raised.error}"))
        context.on("request", lambda request: self._asked(origin, request.url))
        context.on("dialog", self._refused)
        for file in self._changes:
            context.route(f"**/__page/{file}", self._altered)
        self._contexts.append(context)
        return context

    def open(self, address: str, number: int | None = None, *, within: BrowserContext | None = None) -> Page:
        """The page of the server at `address`, live, with its model `number` if that is not the first."""
        page = (within or self.context(address)).new_page()
        page.goto(f"{address}/")
        return ready(page, number)

    def of(self, model: ServedModel, **options: Any) -> Page:
        """The page with a model, in a fresh context of these options."""
        return self.open(model.server_address, number(model), within=self.context(model.server_address, **options))

    def change(self, file: str, texts: Mapping[str, str]) -> None:
        """Let visits from now on see a file of the page in which these texts stand instead of others."""
        self._changes[file] = dict(texts)

    def allow(self, *texts: str) -> None:
        """Take what has any of these texts for what has to go wrong in this check."""
        self._allowed += texts

    def wrong(self) -> list[str]:
        """What went wrong so far, without what was allowed."""
        return [one for one in self._wrong if not any(text in one for text in self._allowed)]

    def close(self) -> None:
        """End all visits."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _refused(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        # Who listens has to close it.
        dialog.dismiss()

    def _altered(self, route: Route) -> None:
        file, answer = route.request.url.rpartition("/")[2], route.fetch()
        content = answer.text()
        for old, new in self._changes[file].items():
            if old not in content:
                raise LookupError(f"{file} does not have {old!r} any more; say what else to break")
            content = content.replace(old, new)
        self.changed.append(file)
        route.fulfill(response=answer, body=content)

    def _asked(self, origin: str, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url.removeprefix("blob:"))
        self._note(f"another host: {url}", f"{parts.scheme}://{parts.netloc}" != origin)

    def _note(self, text: str, wrong: bool = True) -> None:
        if wrong:
            self._wrong.append(text)


def ready(page: Page, number: int | None = None) -> Page:
    """Wait until the page is live, and choose a model by its number."""
    expect(page.locator("#state")).to_have_text("live")
    if number is not None:
        page.locator("#models").select_option(str(number))
        # It has the model's address once all its parts were told of it.
        page.wait_for_url(f"**/?model={number}")
        expect(page.locator("#state")).to_have_text("live")
    return page


def number(model: ServedModel) -> int:
    """What the admin API calls a model."""
    with Admin(model.server_address) as admin:
        return next(one.id for one in admin.models() if one.session_url == model.session_url)
