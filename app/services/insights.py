"""A look into a table before anything is done to it: rows, profile, suggestions, preview."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from app.errors import Busy, EngineRefusal, FieldFault, NotFound, Unprocessable
from app.models import ApiKey, Upload
from app.services.pipelines import reading_of, refused
from app.services.ports import EngineLane
from app.services.uploads import UploadService
from app.storage import LocalStorage

#: A profile of 10 million rows takes about a minute.
PROFILE_TIMEOUT = 300.0  # seconds
#: Suggestions and previews look at so many rows at most that they take some seconds.
LOOK_TIMEOUT = 120.0  # seconds
#: Who finds another look under way waits this long before it is told to come again.
WAIT_SECONDS = 30.0
#: Rows behind so many are not found in a moment.
NEAR_ROWS = 200_000
#: Profiles kept: an upload never changes, so its profile does not either.
KEPT_PROFILES = 32


class InsightService:
    def __init__(self, storage: LocalStorage, lane: EngineLane, uploads: UploadService) -> None:
        self._storage = storage
        self._lane = lane
        self._uploads = uploads
        #: One look through a large table at a time: the lane has few engines, and others have
        #: quick questions.
        self._looks = threading.Semaphore(1)
        self._profiles: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def profile(self, caller: ApiKey, upload_id: int) -> dict[str, Any]:
        """What each column holds. Raises NotFound; EngineTimeout when the table is too large to
        be looked through while somebody waits.
        """
        upload = self._uploads.get(caller, upload_id)
        with self._lock:
            known = self._profiles.get(upload.id)
        if known is None:
            known = self._look("profile", self._source(upload), PROFILE_TIMEOUT)
            with self._lock:
                self._profiles[upload.id] = known
                while len(self._profiles) > KEPT_PROFILES:
                    self._profiles.popitem(last=False)
        return known

    def rows(
        self, caller: ApiKey, upload_id: int, *, offset: int, limit: int
    ) -> dict[str, Any]:
        """`limit` rows at most after the first `offset`, as they stand in the file; with
        `total_rows` and `next_offset`. Raises as `profile`.
        """
        upload = self._uploads.get(caller, upload_id)
        where = {"offset": offset, "limit": limit}
        ask = self._call if offset <= NEAR_ROWS else self._look
        found = ask("rows", {**self._source(upload), **where}, LOOK_TIMEOUT)
        behind = offset + len(found["rows"])
        return {
            **found,
            "total_rows": upload.rows,
            "offset": offset,
            "next_offset": behind if found.pop("has_more") else None,
        }

    def suggest(
        self, caller: ApiKey, table: dict[str, Any], modules: list[Any]
    ) -> dict[str, Any]:
        """What the table needs once `modules` have run. `table`: {"data"} or {"upload_id"}.

        Raises Unprocessable with every fault; EngineTimeout.
        """
        source = self._table(caller, table)
        return self._look("suggest", {**source, "modules": modules}, LOOK_TIMEOUT)

    def preview(
        self, caller: ApiKey, table: dict[str, Any], modules: list[Any]
    ) -> dict[str, Any]:
        """Before and after of some rows. Raises as `suggest`."""
        source = self._table(caller, table)
        return self._look("preview", {**source, "modules": modules}, LOOK_TIMEOUT)

    def _table(self, caller: ApiKey, table: dict[str, Any]) -> dict[str, Any]:
        if "data" in table:
            return {"data": table["data"]}
        try:
            return self._source(self._uploads.get(caller, table["upload_id"]))
        except NotFound as error:
            fault = FieldFault(pointer="/upload_id", message=error.detail)
            raise Unprocessable(error.detail, code=error.code, faults=[fault]) from None

    def _source(self, upload: Upload) -> dict[str, Any]:
        return {
            "source": str(self._storage.upload_path(upload.storage_name)),
            "filename": upload.filename,
            "reading": reading_of(upload.inspection),
        }

    def _look(self, op: str, args: dict[str, Any], timeout: float) -> dict[str, Any]:
        if not self._looks.acquire(timeout=WAIT_SECONDS):
            raise Busy("Somebody else's table is being looked through; try again in a moment.")
        try:
            return self._call(op, args, timeout)
        finally:
            self._looks.release()

    def _call(self, op: str, args: dict[str, Any], timeout: float) -> dict[str, Any]:
        try:
            return self._lane.call(op, args, timeout=timeout)
        except EngineRefusal as error:
            raise refused(error) from None
