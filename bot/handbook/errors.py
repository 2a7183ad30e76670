"""What can go wrong with a handbook, told by who acts next: the person who runs `coach handbook index`."""

INDEX_FIX = "run `coach handbook index PATH...` with the folder of your handbook"


class HandbookError(Exception):
    """Base of this room's errors; the message always ends in the fix."""


class NoIndex(HandbookError):  # noqa: N818 - says what is the matter
    """There is no index that can be read: never built, moved away or damaged."""


class IndexMismatch(HandbookError):  # noqa: N818 - says what is the matter
    """The index was built by another embedding model or program version than the one asking."""


class NothingToIndex(HandbookError):  # noqa: N818 - says what is the matter
    """Not one usable page was found; an index in service stays as it was."""


class IndexBusy(HandbookError):  # noqa: N818 - says what is the matter
    """Another process is building this index right now."""


class ModelMissing(HandbookError):  # noqa: N818 - says what is the matter
    """The embedding model is not installed or its file is not the pinned one."""


class EmbeddingFailed(HandbookError):  # noqa: N818 - says what is the matter
    """The embedding service gave no usable answer. A search goes on by keywords; an indexing run stops."""
