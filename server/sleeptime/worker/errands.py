"""What a person tells the worker besides questions: to pause, what to think about next, to forget, what is wrong."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from sleeptime.core import messages as say
from sleeptime.worker.client import Client, Request
from sleeptime.worker.nights import Nights, Resident


class Errands(Struct, frozen=True):
    """`resident` opens a repository for a client, `tell` speaks to all who have it open, `status` is the answer."""

    nights: Nights
    resident: Callable[[Client, str], Awaitable[Resident]]
    tell: Callable[[say.Changed], None]
    status: Callable[[Client, str], say.Status]

    async def control(self, client: Client, message: say.Control, _request: Request) -> say.WorkerMessage:
        """Pause or resume sleep, or say something about one target."""
        match message.action:
            case "pause":
                self.nights.pause(message.minutes * 60)
            case "resume":
                self.nights.resume()
            case _:
                resident = await self.resident(client, message.root)
                await asyncio.to_thread(resident.place.control, message.action, message.target)
                resident.stir()
                self.nights.look_again()
                self.tell(say.Changed(root=message.root, paths=(message.target.path,) if message.target.path else ()))
        return self.status(client, message.root)

    async def feedback(self, client: Client, message: say.Feedback, _request: Request) -> say.WorkerMessage:
        """Take in whether an answer was right."""
        resident = await self.resident(client, message.root)
        await asyncio.to_thread(resident.place.rated, message.key, right=message.right)
        if not message.right:
            self.tell(say.Changed(root=message.root))
        return self.status(client, message.root)

    async def delete_thread(self, client: Client, message: say.DeleteThread, _request: Request) -> say.WorkerMessage:
        """Delete a conversation."""
        resident = await self.resident(client, message.root)
        await asyncio.to_thread(resident.place.delete_thread, message.thread)
        return self.status(client, message.root)

    async def forget_questions(
        self, client: Client, message: say.ForgetQuestions, _request: Request
    ) -> say.WorkerMessage:
        """Erase what people asked, and with it what sleep learned from it."""
        resident = await self.resident(client, message.root)
        await asyncio.to_thread(resident.place.forget_questions)
        return self.status(client, message.root)
