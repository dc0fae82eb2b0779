"""Times and enumerations as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from app.models import ApiKey, Scope
from app.models.types import iso
from app.services import Database

ISTANBUL = timezone(timedelta(hours=3))


def stored(database: Database, moment: datetime) -> datetime:
    with database.writing() as session:
        session.add(ApiKey(id="k", name="k", scope=Scope.WRITE, created_at=moment))
    with database.reading() as session:
        return session.get_one(ApiKey, "k").created_at


def test_a_time_comes_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 29, 3, 30, tzinfo=ISTANBUL)

    back = stored(database, moment)

    assert back == moment
    assert back.tzinfo is UTC
    assert back.hour == 0


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive datetime"):
        stored(database, datetime(2026, 3, 29))


def test_times_compare_in_sql_whatever_their_offset_was(database: Database) -> None:
    stored(database, datetime(2026, 3, 29, 3, 30, tzinfo=ISTANBUL))

    with database.reading() as session:
        later = sa.select(ApiKey.id).where(
            ApiKey.created_at > datetime(2026, 3, 29, 0, 29, tzinfo=UTC)
        )
        assert session.scalar(later) == "k"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(
            datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
            "2026-01-02T03:04:05.678Z",
            id="milliseconds",
        ),
        pytest.param(
            datetime(2026, 1, 1, 1, tzinfo=ISTANBUL), "2025-12-31T22:00:00.000Z", id="offset"
        ),
    ],
)
def test_times_leave_the_server_in_one_way(moment: datetime | None, text: str | None) -> None:
    assert iso(moment) == text


def test_enumerations_are_stored_by_value(database: Database) -> None:
    stored(database, datetime(2026, 1, 1, tzinfo=UTC))

    with database.reading() as session:
        assert session.scalar(sa.text("SELECT scope FROM api_keys")) == "write"
