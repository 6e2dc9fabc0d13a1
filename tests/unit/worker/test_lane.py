import asyncio
import threading

from sleeptime.worker import lane as lane_module
from sleeptime.worker.lane import Lane


async def test_live_work_goes_ahead_of_waiting_sleep_and_makes_it_give_way() -> None:
    lane, order = Lane(), []
    first, second = threading.Event(), threading.Event()

    def sleep(name: str, give_way: threading.Event) -> None:
        give_way.wait(10)
        order.append(name)

    sleeping = asyncio.create_task(lane.yielding(lambda: sleep("first", first), first))
    waiting = asyncio.create_task(lane.yielding(lambda: sleep("second", second), second))
    await asyncio.sleep(0.01)
    await lane.live(lambda: order.append("live"))
    second.set()
    await asyncio.gather(sleeping, waiting)
    assert order == ["first", "live", "second"]
    lane.close()


async def test_live_work_is_done_in_the_order_it_was_asked() -> None:
    lane, order = Lane(), []
    await asyncio.gather(*(lane.live(lambda number=number: order.append(number)) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
    lane.close()


async def test_work_that_fails_frees_the_lane() -> None:
    lane = Lane()
    failed = await asyncio.gather(lane.live(lambda: 1 / 0), return_exceptions=True)
    assert isinstance(failed[0], ZeroDivisionError)
    assert await lane.live(lambda: "next") == "next"
    lane.close()


async def test_work_cancelled_while_it_waits_leaves_its_place_to_the_next() -> None:
    lane, hold = Lane(), threading.Event()
    busy = asyncio.create_task(lane.live(lambda: hold.wait(10)))
    await asyncio.sleep(0)
    gone = asyncio.create_task(lane.live(lambda: "gone"))
    after = asyncio.create_task(lane.live(lambda: "after"))
    await asyncio.sleep(0)
    gone.cancel()
    hold.set()
    assert await busy
    assert await after == "after"
    lane.close()


async def test_a_sleep_that_had_its_share_gives_way_to_one_that_waits(monkeypatch) -> None:
    monkeypatch.setattr(lane_module, "FAIR_SECONDS", 0.01)
    lane, long = Lane(), threading.Event()
    sleeping = asyncio.create_task(lane.yielding(lambda: long.wait(10), long))
    await asyncio.sleep(0.03)
    assert not long.is_set()
    assert await lane.yielding(lambda: "mine", threading.Event()) == "mine"
    assert await sleeping
    lane.close()
