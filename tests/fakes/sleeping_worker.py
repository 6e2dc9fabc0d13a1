"""A worker process with real repositories and stores; only its model is the echo, made slow enough to be killed."""

import msgspec

from sleeptime.model import EchoModel
from sleeptime.worker.main import run
from sleeptime.worker.parts import real_collaborators

SECONDS_PER_TOKEN = 0.01


def collaborators():
    slow = EchoModel(lambda _request: "It works with `first` and `second`.", seconds_per_token=SECONDS_PER_TOKEN)
    return msgspec.structs.replace(
        real_collaborators(), open_model=lambda _settings: slow, choose_model=lambda _settings: ("echo", "for a test")
    )


if __name__ == "__main__":
    run(collaborators, linger_seconds=20)
