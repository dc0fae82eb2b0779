"""Pipelines: which modules there are, whether they fit a table, and short runs that are
answered at once.
"""

from __future__ import annotations

from typing import Any

from app.errors import EngineRefusal, FieldFault, NeatDataError, Unprocessable
from app.models import Upload
from app.services.ports import EngineLane
from app.storage import LocalStorage

#: Asking what a module list means; the engine answers within milliseconds.
PLAN_TIMEOUT = 30.0  # seconds
#: A synchronous run that takes longer becomes a job.
RUN_TIMEOUT = 10.0  # seconds
#: Larger uploads become a job at once: their rows would not fit an answer anyone wants.
RUN_MAX_BYTES = 4 * 1024 * 1024
#: What an inspection found that reading can be told.
READING_SETTINGS = (
    "encoding",
    "delimiter",
    "quotechar",
    "escapechar",
    "skip_space",
    "header",
    "header_rows",
    "skip_lines",
    "pad_short",
    "sheet",
)


class PipelineService:
    def __init__(self, storage: LocalStorage, lane: EngineLane) -> None:
        self._storage = storage
        self._lane = lane
        self._catalogue: dict[str, Any] | None = None

    def catalogue(self) -> dict[str, Any]:
        """core_modules, custom_modules and broken (custom files that do not load, each with
        its reason).

        Asked of the engine once: modules are loaded when an engine process starts.
        """
        if self._catalogue is None:
            self._catalogue = self._lane.call("catalogue", {}, timeout=PLAN_TIMEOUT)
        return self._catalogue

    def plan(self, modules: list[Any], columns: list[str]) -> dict[str, Any]:
        """Normalised modules, and warnings. Raises Unprocessable with every fault, pointers
        below /modules.
        """
        try:
            return self._lane.call(
                "plan", {"modules": modules, "columns": columns}, timeout=PLAN_TIMEOUT
            )
        except EngineRefusal as error:
            raise refused(error) from None

    def plan_upload(
        self,
        upload: Upload,
        modules: list[Any],
        *,
        reading: dict[str, Any] | None,
        column_map: dict[str, str],
    ) -> dict[str, Any]:
        """As `plan`, over the header of an upload read by other settings. Raises Unprocessable,
        pointers below /column_map too; also for settings that the file cannot be read with.
        """
        args = {
            "source": str(self._storage.upload_path(upload.storage_name)),
            "filename": upload.filename,
            "reading": reading_of(upload.inspection) if reading is None else reading,
            "modules": modules,
            "column_map": column_map,
        }
        try:
            return self._lane.call("plan", args, timeout=PLAN_TIMEOUT)
        except EngineRefusal as error:
            raise refused(error) from None

    def fits_sync_run(self, upload: Upload) -> bool:
        return upload.file_size <= RUN_MAX_BYTES

    def run_upload(self, upload: Upload, modules: list[Any]) -> dict[str, Any]:
        """Clean an upload and answer with its rows.

        Raises Unprocessable; EngineTimeout when it takes too long (the caller makes it a job).
        """
        source = {
            "source": str(self._storage.upload_path(upload.storage_name)),
            "filename": upload.filename,
            "reading": reading_of(upload.inspection),
        }
        return self._run(source, modules)

    def run_data(self, data: dict[str, list[Any]], modules: list[Any]) -> dict[str, Any]:
        """Clean a small table given in the request: {column: [values]}. Raises as
        `run_upload`.
        """
        return self._run({"data": data}, modules)

    def _run(self, table: dict[str, Any], modules: list[Any]) -> dict[str, Any]:
        try:
            return self._lane.call("run", {**table, "modules": modules}, timeout=RUN_TIMEOUT)
        except EngineRefusal as error:
            raise refused(error) from None


def reading_of(inspection: dict[str, Any]) -> dict[str, Any]:
    """The reading settings that give the very table that was inspected."""
    return {name: inspection[name] for name in READING_SETTINGS if name in inspection}


def refused(error: EngineRefusal) -> NeatDataError:
    """The engine's refusal as a domain error: 422 with its faults; its own mishaps stay 500."""
    code = error.error["code"]
    if code in ("internal_error", "rows_do_not_add_up"):
        return NeatDataError(str(error), code=code.replace("_", "-"))
    faults = [
        FieldFault(pointer=_pointer(fault["pointer"]), message=fault["message"])
        for fault in error.error.get("faults", [])
    ]
    return Unprocessable(str(error), code=code.replace("_", "-"), faults=faults)


def _pointer(within: str) -> str:
    """A pointer into the list of modules, or into the column map, from the body's root."""
    return within if within.startswith("/column_map/") else "/modules" + within
