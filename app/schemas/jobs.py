"""Jobs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.models import Job, JobStatus, ResultFormat
from app.models.types import utc_now
from app.schemas.common import (
    MAX_INTEGER,
    Moment,
    OutSchema,
    PageQuerySchema,
    PageSchema,
    SuccessSchema,
)
from app.schemas.pipeline import ModulesField, UploadId

#: Proxies in between seldom let a request take longer.
MAX_WAIT_SECONDS = 60


class SubmitSchema(ma.Schema):
    """Modules, or a recipe."""

    upload_id = UploadId(required=True)
    modules = ModulesField(required=False)
    recipe_id = ma.fields.Integer(
        strict=True, validate=ma.validate.Range(min=1, max=MAX_INTEGER)
    )
    recipe_version = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(min=1, max=MAX_INTEGER),
        metadata={"description": "By default the newest."},
    )
    column_map = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "Columns that the recipe names: what they are called here."},
    )
    change_log = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Write every change down, as Parquet."},
    )

    # The body as it came: a member that is wrong is there all the same.
    @ma.validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_pipeline(self, _loaded: Any, given: Any, **_: Any) -> None:
        if not isinstance(given, dict):
            return
        if not {"modules", "recipe_id"} & given.keys():
            raise ma.ValidationError("Give `modules` or `recipe_id`.", "modules")
        if "modules" in given and "recipe_id" in given:
            raise ma.ValidationError("Give `modules` or `recipe_id`, not both.")
        for name in ("recipe_version", "column_map"):
            if name in given and "recipe_id" not in given:
                raise ma.ValidationError("Goes with `recipe_id`.", name)


class PlannedModuleSchema(OutSchema):
    """A module as it will run: defaults filled in."""

    key = ma.fields.String()
    params = ma.fields.Dict()
    on_error = ma.fields.String(metadata={"enum": ["fail", "skip"]})


class ResultSchema(OutSchema):
    """What a completed job left, and where to fetch it."""

    file = ma.fields.String(metadata={"description": "The clean table, as CSV."})
    formats = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    rejects = ma.fields.String()
    report = ma.fields.String()
    changes = ma.fields.String(
        allow_none=True, metadata={"description": "Null unless change_log was asked for."}
    )
    file_size = ma.fields.Integer(allow_none=True, metadata={"description": "Bytes of CSV."})
    rows_in = ma.fields.Integer()
    rows_out = ma.fields.Integer()
    removed = ma.fields.Integer()
    rejected = ma.fields.Integer()


class ResultField(ma.fields.Nested):
    """The result's links and counts; null while there is none."""

    def __init__(self) -> None:
        super().__init__(ResultSchema, allow_none=True)

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return _result_of(obj)


def _result_of(job: Job) -> dict[str, Any] | None:
    if job.result_name is None or job.summary is None:
        return None
    address = f"/v1/queue/jobs/{job.id}"
    counts = ("rows_in", "rows_out", "removed", "rejected")
    return {
        "file": f"{address}/result",
        "formats": {format: f"{address}/result?format={format}" for format in ResultFormat},
        "rejects": f"{address}/rejects",
        "report": f"{address}/report",
        "changes": f"{address}/changes" if job.change_log else None,
        "file_size": job.summary.get("files", {}).get("target", {}).get("size"),
        **{name: job.summary[name] for name in counts},
    }


class JobSchema(OutSchema):
    id = ma.fields.UUID()
    upload_id = ma.fields.Integer()
    retry_of = ma.fields.UUID(allow_none=True)
    status = ma.fields.Enum(JobStatus, by_value=True)
    modules = ma.fields.List(
        ma.fields.Pluck(PlannedModuleSchema, "key"),
        metadata={"description": "Keys, in the order they run."},
    )
    pipeline = ma.fields.List(
        ma.fields.Nested(PlannedModuleSchema),
        attribute="modules",
        dump_only=True,
        metadata={"description": "The modules with all their parameters."},
    )
    recipe_id = ma.fields.Integer(allow_none=True)
    recipe_version = ma.fields.Integer(allow_none=True)
    change_log = ma.fields.Boolean()
    warnings = ma.fields.List(ma.fields.String())
    progress_percent = ma.fields.Float(metadata={"minimum": 0, "maximum": 100})
    current_step = ma.fields.String(allow_none=True)
    step_message = ma.fields.String(allow_none=True)
    rows_done = ma.fields.Integer()
    rows_total = ma.fields.Integer(allow_none=True)
    rows_per_second = ma.fields.Float(allow_none=True)
    eta_seconds = ma.fields.Float(allow_none=True)
    attempt = ma.fields.Integer()
    seq = ma.fields.Integer(metadata={"description": "Grows whenever the job moves."})
    cancel_requested = ma.fields.Boolean()
    error_message = ma.fields.String(allow_none=True)
    error_details = ma.fields.Dict(allow_none=True)
    created_at = Moment()
    started_at = Moment(allow_none=True)
    completed_at = Moment(allow_none=True)
    updated_at = Moment()
    result = ResultField()


class JobAnswerSchema(JobSchema):
    """A job. `status` is the job's own."""

    timestamp = Moment(dump_default=utc_now)


class JobsQuerySchema(PageQuerySchema):
    status = ma.fields.Enum(JobStatus, by_value=True)


class JobsSchema(PageSchema):
    total_jobs = ma.fields.Integer(metadata={"description": "Of this status, if one is given."})
    jobs = ma.fields.List(ma.fields.Nested(JobSchema))


class JobQuerySchema(ma.Schema):
    wait = ma.fields.Float(
        load_default=0.0,
        validate=ma.validate.Range(min=0, max=MAX_WAIT_SECONDS),
        metadata={"description": "Seconds to wait for the job to move."},
    )
    after_seq = ma.fields.Integer(
        validate=ma.validate.Range(min=0, max=MAX_INTEGER),
        metadata={"description": "With `wait`: the `seq` that is known already."},
    )


class ResultQuerySchema(ma.Schema):
    format = ma.fields.Enum(
        ResultFormat,
        by_value=True,
        metadata={"description": "Wins over Accept; without either it is csv."},
    )
    spreadsheet_safe = ma.fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Mark as text what a spreadsheet would take for a formula."},
    )


class EventsQuerySchema(ma.Schema):
    after_seq = ma.fields.Integer(
        load_default=0, validate=ma.validate.Range(min=0, max=MAX_INTEGER)
    )
    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(min=1, max=500))


class UpdateSchema(OutSchema):
    """A stored update: the very object that Socket.IO sends as `job_update`."""

    job_id = ma.fields.UUID()
    seq = ma.fields.Integer()
    attempt = ma.fields.Integer()
    status = ma.fields.String(metadata={"enum": [status.value for status in JobStatus]})
    progress_percent = ma.fields.Float()
    current_step = ma.fields.String(allow_none=True)
    step_message = ma.fields.String(allow_none=True)
    rows_done = ma.fields.Integer()
    rows_total = ma.fields.Integer(allow_none=True)
    rows_per_second = ma.fields.Float(allow_none=True)
    eta_seconds = ma.fields.Float(allow_none=True)
    error_details = ma.fields.Dict(allow_none=True)
    timestamp = ma.fields.String(metadata={"format": "date-time"})


class EventsSchema(SuccessSchema):
    job_id = ma.fields.UUID()
    seq = ma.fields.Integer(metadata={"description": "The job's seq now."})
    events = ma.fields.List(ma.fields.Nested(UpdateSchema))
    next_after_seq = ma.fields.Integer(
        allow_none=True,
        metadata={"description": "Where the next page begins, if there is one."},
    )


class StatsSchema(SuccessSchema):
    total_jobs = ma.fields.Integer()
    pending = ma.fields.Integer()
    processing = ma.fields.Integer()
    completed = ma.fields.Integer()
    failed = ma.fields.Integer()
    cancelled = ma.fields.Integer()
