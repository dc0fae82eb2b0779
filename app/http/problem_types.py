"""What each problem's `type` means: the pages under /problems.

code: (status, what it means, what to do about it).
"""

from __future__ import annotations

PROBLEM_TYPES: dict[str, tuple[int, str, str]] = {
    # The request itself
    "bad-request": (400, "The request is not proper HTTP.", "Read `detail`."),
    "malformed": (400, "The body is not what its Content-Type says.", "Read `detail`."),
    "invalid-json": (
        400,
        "The body is not JSON as RFC 8259 has it: UTF-8, no NaN, no name twice in one object.",
        "Have a JSON library write the body.",
    ),
    "nested-too-deeply": (400, "Lists and objects are nested too deeply.", "Flatten the body."),
    "incomplete-body": (400, "The connection ended before the body did.", "Send it again."),
    "not-found": (404, "There is nothing at this address.", "Look at /docs for what there is."),
    "method-not-allowed": (
        405,
        "The address is right and the method is not.",
        "The `Allow` header names the methods.",
    ),
    "too-large": (413, "The body is larger than `limit_bytes`.", "Send less at a time."),
    "unsupported-media": (
        415,
        "The body's Content-Type is not one this address reads.",
        "Send application/json, or multipart/form-data for a file.",
    ),
    "uri-too-long": (414, "The address is too long.", "Send less in the query."),
    "request-header-fields-too-large": (431, "A header is too long.", "Send less in it."),
    "expectation-failed": (417, "The `Expect` header is none we know.", "Leave it out."),
    "not-implemented": (501, "The Transfer-Encoding is not one we read.", "Send it plainly."),
    "range-not-satisfiable": (
        416,
        "The range lies outside the file.",
        "`Content-Range` has the file's size.",
    ),
    "invalid-input": (
        422,
        "Fields or query parameters are missing, unknown or of the wrong kind.",
        "`errors` has each fault with its JSON pointer.",
    ),
    "unprocessable": (422, "The request is understood, and wrong.", "Read `errors`."),
    "invalid-cursor": (
        422,
        "The cursor is not one that this list gave out.",
        "Start again without a cursor.",
    ),
    # Requests with an Idempotency-Key
    "bad-idempotency-key": (
        400,
        "The Idempotency-Key is empty, too long, or not plain ASCII.",
        "Send a fresh UUID for each request that means something new.",
    ),
    "request-in-progress": (
        409,
        "The first request with this Idempotency-Key is still running.",
        "Send it again after `Retry-After`.",
    ),
    "idempotency-key-reused": (
        422,
        "The Idempotency-Key stands for another request of the last 24 hours.",
        "Send a fresh key; repeat a request with the very same body.",
    ),
    # Keys
    "missing-key": (
        401,
        "There is no API key in the request.",
        "Send `X-API-Key: <key>` or `Authorization: Bearer <key>`.",
    ),
    "malformed-key": (
        401,
        "The key's format or checksum is wrong: most likely it was not copied whole.",
        "Copy it again.",
    ),
    "unknown-key": (401, "This server knows no such key.", "Check server and key."),
    "expired-key": (401, "The key's time is over.", "Ask an admin for a new one."),
    "revoked-key": (401, "The key has been revoked.", "Ask an admin for a new one."),
    "unauthenticated": (401, "The key does not open.", "Read `detail`."),
    "scope-too-small": (
        403,
        "The key may not do this: `required_scope` may.",
        "Use a key of a larger scope.",
    ),
    "forbidden": (403, "The key may not do this.", "Use another key."),
    "key-not-found": (404, "There is no key with this id.", "`GET /v1/keys` lists them."),
    "key-revoked": (409, "A revoked key stays revoked.", "Make a new key."),
    "key-expired": (409, "A key whose time is over cannot be rotated.", "Make a new key."),
    # Files
    "missing-file": (
        422,
        "The form has no file in the field `file`.",
        "curl: -F file=@table.csv",
    ),
    "several-files": (422, "The form has more than one file.", "Send one at a time."),
    "unexpected-file": (
        422,
        "The form has a file in another field than `file`.",
        "Rename the field.",
    ),
    "file-too-large": (413, "The file is larger than `limit_bytes`.", "Split the file."),
    "file-beyond-limits": (
        422,
        "Reading the file took more time or memory than a file may take.",
        "Split the file.",
    ),
    "out-of-storage": (507, "The server's disk is full.", "Tell whoever runs it."),
    "empty-file": (422, "The file holds nothing.", "Check the file."),
    "header-only": (422, "The file holds a header and no rows.", "Check the file."),
    "binary-file": (415, "The file is no text and no workbook.", "Export it as CSV or xlsx."),
    "unsupported-format": (
        415,
        "The file is of a kind that is not read.",
        "Export it as CSV or xlsx.",
    ),
    "unreadable-file": (422, "The file cannot be read as a table.", "Read `detail`."),
    "broken-workbook": (422, "The workbook cannot be opened.", "Save it anew and send that."),
    "workbook-too-large": (
        422,
        "The workbook unfolds to more than is read: it may be made to do harm.",
        "Export the sheet as CSV.",
    ),
    "encrypted-workbook": (
        422,
        "The workbook is protected by a password.",
        "Save it without one.",
    ),
    "broken-file": (422, "The file is damaged.", "Write it anew and send that."),
    "broken-archive": (422, "The packed file is damaged or cut.", "Pack it anew."),
    "encrypted-archive": (422, "The archive is protected.", "Pack it without a password."),
    "archive-too-large": (
        422,
        "The file unpacks to more than is read: it may be made to do harm.",
        "Send the file itself, or less of it.",
    ),
    "no-such-sheet": (422, "The workbook has no sheet of that name.", "Read `detail`."),
    "too-many-columns": (422, "The table has more columns than are read.", "Split the table."),
    "bad-reading-option": (
        422,
        "A reading setting cannot be, or does not fit the file.",
        "Leave it out to have it found.",
    ),
    "upload-not-found": (404, "There is no such upload, or it is someone else's.", "Check it."),
    "upload-in-use": (
        409,
        "A job is still using the upload.",
        "Wait for the job, or cancel it.",
    ),
    # Pipelines
    "bad-data": (422, "`data` is not a table.", "`{column: [cells]}`, all of one length."),
    "unknown-operation": (422, "`operations` names one that there is not.", "Read `detail`."),
    "bad-pipeline": (
        422,
        "Modules, their parameters or their columns do not fit.",
        "`errors` has each fault with its JSON pointer; `GET /v1/pipeline/available` lists "
        "modules and their parameters.",
    ),
    "module-failed": (422, "A module could not work on this table.", "Read `detail`."),
    "rows-do-not-add-up": (
        500,
        "Rows were lost or made up on the way; the outcome was thrown away.",
        "Report it, with the file if you can.",
    ),
    # Jobs
    "job-not-found": (404, "There is no such job, or it is someone else's.", "Check its id."),
    "job-ended": (409, "The job has already ended.", "Look at the job."),
    "job-not-ended": (409, "The job has not ended yet.", "Wait for it, or cancel it."),
    "no-result": (
        409,
        "The job has no result, or none yet.",
        "Ask for the job with `?wait=30`, and for its result once it is completed.",
    ),
    "does-not-fit-format": (
        422,
        "The format cannot hold the table.",
        "Ask for another, such as csv.",
    ),
    "conflict": (409, "The thing's state does not allow this.", "Read `detail`."),
    # Recipes
    "recipe-not-found": (
        404,
        "There is no such recipe or version, or it is someone else's.",
        "Check its id.",
    ),
    "not-a-recipe": (422, "The body is no recipe.", "Read `detail`."),
    "no-change-log": (
        404,
        "The job was not asked to write its changes down.",
        "Submit it again with `change_log: true`.",
    ),
    "precondition-failed": (
        412,
        "The thing has changed since you looked at it.",
        "Look again, and repeat the change with the new ETag in `If-Match`.",
    ),
    "precondition-required": (
        428,
        "A change must say which state it means to change.",
        "Send the ETag you know in `If-Match`.",
    ),
    # The server
    "too-many-requests": (
        429,
        "Too much at once.",
        "Wait as long as `Retry-After` says.",
    ),
    "too-many-pending": (
        429,
        "The key has `limit` jobs waiting, which is as many as it may.",
        "Wait until some of them have run: as long as `Retry-After` says, or longer.",
    ),
    "internal-error": (
        500,
        "Something went wrong that should not have.",
        "Report it with its `request_id`, which is in the server's log too.",
    ),
    "not-ready": (
        503,
        "A part of the service does not work, or not yet.",
        "`checks` names each part and says how it is; the server's log has more.",
    ),
    "busy": (
        503,
        "Every engine is at work.",
        "Wait as long as `Retry-After` says, and try again.",
    ),
    "engine-timeout": (
        503,
        "An engine took too long or too much memory, and was ended.",
        "Try again; make it a job if it was a short run.",
    ),
}
