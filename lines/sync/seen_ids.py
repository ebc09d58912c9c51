"""The operator's ids that came by in a list, so that what is missing from it can be found."""

from __future__ import annotations

from array import array
from bisect import bisect_left


class SeenIds:
    """The operator's ids that came by: eight bytes each, so that a million lines stay small.

    Keeps hashes; two ids with the same one would only hide that a line is missing.
    """

    def __init__(self) -> None:
        self._buckets = [array("q") for _ in range(256)]
        self._is_sorted = True
        self.has_nameless = False

    def add(self, operator_id: str) -> None:
        """Remember an id; an empty one means that nobody knows any more which are missing."""
        if not operator_id:
            self.has_nameless = True
            return
        key = hash(operator_id)
        self._buckets[key & 255].append(key)
        self._is_sorted = False

    def __contains__(self, operator_id: str) -> bool:
        if not self._is_sorted:
            self._buckets = [array("q", sorted(bucket)) for bucket in self._buckets]
            self._is_sorted = True
        key = hash(operator_id)
        bucket = self._buckets[key & 255]
        place = bisect_left(bucket, key)
        return place < len(bucket) and bucket[place] == key
