"""The worker's loop on a real socket in this process, with fake repositories and a model that only has a name."""

import asyncio
from pathlib import Path

import sleeptime
from fakes.model import FakeModel
from fakes.place import FakePlace
from sleeptime.core import messages as say
from sleeptime.core.clock import SystemClock
from sleeptime.core.errors import RepositoryError
from sleeptime.core.settings import Settings, SleepSettings
from sleeptime.lsp.link import Link
from sleeptime.worker.loop import Collaborators, Worker

CONSENT = Settings(sleep=SleepSettings(consent="yes", quiet_seconds=0))


class Bench:
    """A worker on a real socket in this process, with fake repositories."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[str, FakePlace] = {}
        self.models: list[FakeModel] = []
        self.worker = Worker(
            Collaborators(
                self.open_place, self.open_model, lambda settings: ("echo", "It was asked for."), SystemClock()
            )
        )
        self.ended: asyncio.Task[None] | None = None

    def open_place(self, root: str) -> FakePlace:
        if root.startswith("/nowhere"):
            raise RepositoryError(f"There is no folder {root}.", "Check the path.")
        return self.places.setdefault(root, FakePlace(root))

    def open_model(self, settings: Settings) -> FakeModel:
        self.models.append(FakeModel(settings.model.name))
        return self.models[-1]

    async def start(self, linger_seconds: float = 60.0) -> None:
        self.server = await asyncio.start_unix_server(self.worker.serve, self.path)
        self.ended = asyncio.create_task(self.worker.run(linger_seconds))

    async def link(
        self, settings: Settings | None = None, heard: list[say.AnyWorkerMessage] | None = None, client: str = "test"
    ) -> Link:
        streams = await asyncio.open_unix_connection(self.path)
        link = Link(*streams, heard.append if heard is not None else lambda _: None, lambda: None)
        hello = say.Hello(version=sleeptime.__version__, client=client, settings=settings or Settings())
        await link.request(hello, lambda _: None)
        return link

    async def stop(self) -> None:
        self.worker.finished.set()
        assert self.ended
        await self.ended
        self.server.close()
