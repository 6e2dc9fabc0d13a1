"""Every error a user can meet, drawn once.

    SleeptimeError              one clear sentence; `hint` says what to do about it
    ├── RepositoryError         the folder, or a file in it, cannot be read as asked
    ├── SettingsError           a setting has a value that means nothing
    ├── EvaluationError         questions, or answers to them, cannot be compared as asked
    ├── StoreError              the store cannot be opened or written
    │   ├── CorruptStoreError   its bytes are damaged; it was set aside, nothing was deleted
    │   └── NewerStoreError     a newer Sleeptime wrote it
    ├── ModelError              the engine could not answer
    │   ├── ModelMissingError   the weights are not on this machine
    │   ├── DownloadError       they could not be fetched, or their hash was wrong
    │   ├── ContextOverflowError  the prompt is longer than the model's context
    │   └── EngineDiedError     the engine stopped in the middle
    └── WorkerError             the worker process cannot be reached or refused

Broken source code is not an error: the index reports it as data. Being cancelled is not an error
either: a cancelled answer is a result with `finish == "cancelled"`.
"""


class SleeptimeError(Exception):
    """Base of every error shown to a person: a sentence, and a hint that says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class RepositoryError(SleeptimeError):
    """The folder, or a file in it, cannot be read as asked."""


class SettingsError(SleeptimeError):
    """A setting has a value that means nothing."""


class EvaluationError(SleeptimeError):
    """Questions, or answers to them, cannot be compared as asked."""


class StoreError(SleeptimeError):
    """The store cannot be opened or written."""


class CorruptStoreError(StoreError):
    """The store's bytes are damaged; the file was set aside, never deleted."""


class NewerStoreError(StoreError):
    """A newer Sleeptime wrote this store; this one leaves it alone."""


class ModelError(SleeptimeError):
    """The engine could not answer."""


class ModelMissingError(ModelError):
    """The model's weights are not on this machine."""


class DownloadError(ModelError):
    """No source delivered the model's bytes, or their hash was wrong."""


class ContextOverflowError(ModelError):
    """The prompt and the room asked for the answer do not fit the model's context."""


class EngineDiedError(ModelError):
    """The engine stopped in the middle of an answer."""


class WorkerError(SleeptimeError):
    """The worker process cannot be reached, or refused what was asked."""
