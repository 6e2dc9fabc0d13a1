"""What is known about a repository, in one SQLite file. The only folder with SQL."""

from sleeptime.store.answers import Answers
from sleeptime.store.database import is_outdated, set_aside, store_path, stores_dir
from sleeptime.store.encoding import EncodedOutline, encode_outline, encode_skipped
from sleeptime.store.jobs import Jobs
from sleeptime.store.ledger import Asked, Entry, Ledger, Totals
from sleeptime.store.modules import Counts, FileRow, Modules, StoredFile
from sleeptime.store.outlines import WorktreeOutlines
from sleeptime.store.search import Hit, Search
from sleeptime.store.store import Store, open_reader, open_writer
from sleeptime.store.threads import Thread, Threads, Turn
from sleeptime.store.vectors import Vectors
from sleeptime.store.visits import Visit, Visits
from sleeptime.store.words import split_name

__all__ = [
    "Answers",
    "Asked",
    "Counts",
    "EncodedOutline",
    "Entry",
    "FileRow",
    "Hit",
    "Jobs",
    "Ledger",
    "Modules",
    "Search",
    "Store",
    "StoredFile",
    "Thread",
    "Threads",
    "Totals",
    "Turn",
    "Vectors",
    "Visit",
    "Visits",
    "WorktreeOutlines",
    "encode_outline",
    "encode_skipped",
    "is_outdated",
    "open_reader",
    "open_writer",
    "set_aside",
    "split_name",
    "store_path",
    "stores_dir",
]
