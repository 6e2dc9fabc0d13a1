import asyncio
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

import sleeptime
from fakes.home import Home, own_home
from sleeptime.core import messages as say
from sleeptime.core.errors import ModelMissingError, RepositoryError, WorkerError
from sleeptime.core.meeting import MeetingPoint, log_directory, meeting_point
from sleeptime.core.settings import ModelSettings, Settings
from sleeptime.lsp import worker_client
from sleeptime.lsp.worker_client import WorkerClient

FAKE_WORKER = Path(__file__).parents[2] / "fakes" / "worker_process.py"


class Launcher:
    """Starts fake workers and remembers them."""

    def __init__(self, version: str = sleeptime.__version__) -> None:
        self.version = version
        self.started: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(FAKE_WORKER), self.version]
        self.started.append(subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL))
        return self.started[-1]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with own_home(monkeypatch) as home:
        yield home


@pytest.fixture
async def client(home: Home) -> AsyncIterator[WorkerClient]:
    client = WorkerClient("test", Settings(), launch=Launcher())
    yield client
    await client.close()


def ask(home: Home, question: str = "what?") -> say.Ask:
    return say.Ask(root=str(home.path), question=question)


async def test_an_absent_worker_is_started_by_the_first_request(home: Home, client: WorkerClient) -> None:
    assert isinstance(await client.request(ask(home)), say.Answered)
    assert client.connected


async def test_nothing_is_started_when_that_is_not_wanted(home: Home) -> None:
    launcher = Launcher()
    with pytest.raises(WorkerError, match="No worker is running"):
        await WorkerClient("test", Settings(), launch=launcher).connect(start=False)
    assert launcher.started == []


async def test_two_clients_that_start_together_share_one_worker(home: Home) -> None:
    clients = [WorkerClient("test", Settings(), launch=Launcher()) for _ in range(2)]
    statuses = await asyncio.gather(*(client.request(say.GetStatus()) for client in clients))
    assert len({status.pid for status in statuses if isinstance(status, say.Status)}) == 1
    for client in clients:
        await client.close()


async def test_a_killed_worker_fails_the_request_clearly_and_the_next_one_works(
    home: Home, client: WorkerClient
) -> None:
    with pytest.raises(WorkerError, match="stopped in the middle of this request"):
        await client.request(ask(home, "die"))
    assert isinstance(await client.request(ask(home)), say.Answered)


async def test_a_worker_killed_from_outside_is_replaced_by_whoever_stays_connected(home: Home) -> None:
    connections = asyncio.Queue[int]()
    client = WorkerClient("test", Settings(), launch=Launcher())

    async def connected() -> None:
        status = await client.request(say.GetStatus())
        assert isinstance(status, say.Status)
        connections.put_nowait(status.pid)

    staying = asyncio.create_task(client.keep_connected(connected))
    first = await asyncio.wait_for(connections.get(), 20)
    psutil.Process(first).kill()
    second = await asyncio.wait_for(connections.get(), 20)
    assert first != second
    staying.cancel()
    await client.close()


async def test_after_many_losses_it_gives_up_with_one_sentence(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_client, "BACKOFF_SECONDS", (0.0,) * 5)
    heard: list[say.AnyWorkerMessage] = []
    client = WorkerClient("test", Settings(), heard.append, Launcher())
    for _ in range(5):
        with pytest.raises(WorkerError, match="stopped in the middle"):
            await client.request(ask(home, "die"))
    with pytest.raises(WorkerError, match="stopped 5 times within ten minutes"):
        await client.request(ask(home))
    assert say.Status(state="stopped", detail="The worker stopped; it is started again.") in heard


async def test_an_older_worker_is_asked_to_end_and_replaced(home: Home) -> None:
    old = WorkerClient("test", Settings(), launch=Launcher("0.0.1"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sleeptime, "__version__", "0.0.1")
        await old.connect()
    client = WorkerClient("test", Settings(), launch=Launcher())
    status = await client.request(say.GetStatus())
    assert isinstance(status, say.Status)
    assert status.version == sleeptime.__version__
    await asyncio.gather(old.close(), client.close())


async def test_a_newer_worker_is_left_alone(home: Home) -> None:
    with pytest.raises(WorkerError, match=r"A newer Sleeptime's worker \(99\.0\) is running"):
        await WorkerClient("test", Settings(), launch=Launcher("99.0")).connect()
    assert len(home.processes()) == 1


async def test_a_worker_that_cannot_start_is_said_with_its_log(home: Home) -> None:
    def broken() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])

    with pytest.raises(WorkerError, match=r"could not start \(exit code 3\).*state/sleeptime"):
        await WorkerClient("test", Settings(), launch=broken).connect()


async def test_an_unknown_path_and_a_missing_model_keep_their_classes(home: Home, client: WorkerClient) -> None:
    with pytest.raises(RepositoryError, match=r"There is no folder /nowhere\."):
        await client.request(say.OpenRepository(root="/nowhere"))
    client.settings = Settings(model=ModelSettings(name="missing"))
    await client.greet_again()
    with pytest.raises(ModelMissingError, match="sleeptime model pull missing"):
        await client.request(ask(home))


async def test_the_socket_and_its_directory_are_the_users_alone(home: Home, client: WorkerClient) -> None:
    await client.connect()
    socket = meeting_point().socket
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


async def test_a_socket_left_by_a_dead_worker_does_no_harm(home: Home, client: WorkerClient) -> None:
    status = await client.request(say.GetStatus())
    assert isinstance(status, say.Status)
    await client.close()
    psutil.Process(status.pid).kill()
    psutil.Process(status.pid).wait() if psutil.pid_exists(status.pid) else None
    assert meeting_point().socket.exists()
    again = WorkerClient("test", Settings(), launch=Launcher())
    assert isinstance(await again.request(ask(home)), say.Answered)
    await again.close()


async def test_where_there_are_no_unix_sockets_a_token_guards_the_port(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.path / ("long" * 30)))
    (home.path / ("long" * 30)).mkdir(mode=0o700)
    meeting = meeting_point()
    assert not meeting.has_unix_sockets
    client = WorkerClient("test", Settings(), launch=Launcher())
    assert isinstance(await client.request(ask(home)), say.Answered)
    assert stat.S_IMODE(meeting.card.stat().st_mode) == 0o600
    port, _ = meeting.card.read_text().split()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(b"guess\n" + say.encode(say.GetStatus(id=1)))
    assert await reader.read() == b""
    writer.close()
    await client.close()


async def test_a_worker_ends_cleanly_and_takes_its_address_with_it(home: Home, client: WorkerClient) -> None:
    link = await client.connect()
    await client.request(say.Shutdown())
    await asyncio.wait_for(link.lost.wait(), 10)
    async with asyncio.timeout(10):
        while home.processes():  # noqa: ASYNC110 - another process's end is no event here
            await asyncio.sleep(0.01)
    assert not meeting_point().socket.exists()
    assert "The worker ended." in (log_directory() / "worker.log").read_text()


def test_the_meeting_point_depends_on_the_caches(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    one: MeetingPoint = meeting_point()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home.path / "other"))
    assert meeting_point().socket != one.socket
