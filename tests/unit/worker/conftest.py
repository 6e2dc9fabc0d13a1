from collections.abc import AsyncIterator

import pytest

from fakes.loop import Bench


@pytest.fixture
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("w") / "s")
    await bench.start()
    yield bench
    await bench.stop()
