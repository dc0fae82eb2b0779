"""Keys: who gets in, and who no longer does."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import Conflict, NotFound, Unauthenticated
from app.models import ApiKey, KeySecret, Scope
from app.models.types import utc_now
from app.services import Database, KeyService
from app.services.key_format import KeyText, parse


@pytest.fixture
def statements(database: Database) -> list[str]:
    """Every statement that reaches the database from now on."""
    seen: list[str] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        seen.append(statement)

    return seen


def code_of(keys: KeyService, text: str | None) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        keys.authenticate(text)
    return refusal.value.code


def expire(database: Database, key: ApiKey) -> None:
    with database.writing() as session:
        session.get_one(ApiKey, key.id).expires_at = utc_now() - timedelta(seconds=1)


def test_a_key_opens_with_the_text_it_was_issued_with(keys: KeyService) -> None:
    issued = keys.create("script", Scope.WRITE)

    key = keys.authenticate(issued.text)

    assert (key.id, key.scope) == (issued.key.id, Scope.WRITE)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), id="checksum"),
        pytest.param(lambda text: text[:20] + text[21] + text[20] + text[22:], id="swapped"),
        pytest.param(lambda text: text[:-1], id="short"),
        pytest.param(lambda text: text + "0", id="long"),
        pytest.param(lambda text: "xx" + text[2:], id="prefix"),
        pytest.param(lambda text: "nd_' OR 1=1 --", id="injection"),
    ],
)
def test_a_mistyped_key_is_refused_before_any_query(
    keys: KeyService, statements: list[str], spoil: Callable[[str], str]
) -> None:
    text = "nd_0123456789AB_" + "aBcD" * 8
    whole = KeyText("0123456789AB", "aBcD" * 8).reveal()
    assert whole.startswith(text)

    assert code_of(keys, spoil(whole)) == "malformed-key"
    assert statements == []


def test_no_key_is_another_matter_than_a_bad_one(keys: KeyService) -> None:
    assert code_of(keys, None) == "missing-key"
    assert code_of(keys, "") == "missing-key"


def test_a_well_formed_key_that_was_never_issued_is_unknown(keys: KeyService) -> None:
    assert code_of(keys, KeyText.new().reveal()) == "unknown-key"


def test_the_id_of_a_key_with_another_secret_does_not_open(keys: KeyService) -> None:
    issued = keys.create("script", Scope.READ)

    assert code_of(keys, KeyText.new(issued.key.id).reveal()) == "unknown-key"


def test_only_a_digest_of_the_secret_is_at_rest(keys: KeyService, tmp_path: Path) -> None:
    issued = keys.create("script", Scope.READ)
    given = parse(issued.text)
    assert given is not None

    files = b"".join(path.read_bytes() for path in tmp_path.glob("neatdata.db*"))

    assert given.secret.encode() not in files
    assert given.digest in files


def test_an_expired_key_does_not_open(keys: KeyService, database: Database) -> None:
    issued = keys.create("script", Scope.WRITE, expires_in_days=1)
    keys.authenticate(issued.text)

    expire(database, issued.key)

    assert code_of(keys, issued.text) == "expired-key"
    assert keys.live_among([issued.key.id]) == set()


def test_a_revoked_key_does_not_open_and_stays_revoked(keys: KeyService) -> None:
    issued = keys.create("script", Scope.WRITE)

    first = keys.revoke(issued.key.id).revoked_at
    again = keys.revoke(issued.key.id).revoked_at

    assert code_of(keys, issued.text) == "revoked-key"
    assert first == again
    with pytest.raises(Unauthenticated):
        keys.live(issued.key.id)


def test_a_rotation_keeps_the_key_and_lets_both_secrets_open(keys: KeyService) -> None:
    old = keys.create("script", Scope.WRITE)

    new = keys.rotate(old.key.id)

    assert new.text != old.text
    assert keys.authenticate(old.text).id == keys.authenticate(new.text).id == old.key.id


def test_the_old_secret_closes_when_the_overlap_is_over(keys: KeyService) -> None:
    old = keys.create("script", Scope.WRITE)

    new = keys.rotate(old.key.id, overlap=timedelta(0))

    assert code_of(keys, old.text) == "unknown-key"
    assert keys.authenticate(new.text).id == old.key.id


def test_a_second_rotation_never_prolongs_an_older_secret(
    keys: KeyService, database: Database
) -> None:
    key_id = keys.create("script", Scope.WRITE).key.id
    keys.rotate(key_id, overlap=timedelta(hours=1))

    keys.rotate(key_id, overlap=timedelta(days=30))

    with database.reading() as session:
        first = session.scalars(sa.select(KeySecret).order_by(KeySecret.id)).first()
    assert first is not None
    assert first.expires_at is not None
    assert first.expires_at < utc_now() + timedelta(hours=2)


def test_a_key_that_no_longer_opens_cannot_be_rotated(
    keys: KeyService, database: Database
) -> None:
    revoked = keys.create("a", Scope.READ).key
    expired = keys.create("b", Scope.READ, expires_in_days=1).key
    keys.revoke(revoked.id)
    expire(database, expired)

    for key in (revoked, expired):
        with pytest.raises(Conflict):
            keys.rotate(key.id)
    with pytest.raises(NotFound):
        keys.rotate("no-such-key")


def test_the_last_use_is_stored_in_the_background_only(
    keys: KeyService, database: Database, statements: list[str]
) -> None:
    issued = keys.create("script", Scope.READ)
    statements.clear()
    keys.authenticate(issued.text)
    assert not any(statement.startswith(("UPDATE", "INSERT")) for statement in statements)

    keys.flush_last_used()

    (key,) = keys.all()
    assert key.last_used_at is not None


def test_the_first_start_writes_the_admin_key_for_its_owner_only(
    keys: KeyService, tmp_path: Path
) -> None:
    file = tmp_path / "admin.key"

    keys.ensure_admin(None, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.authenticate(file.read_text()).scope is Scope.ADMIN


def test_a_later_start_makes_no_second_admin_key(keys: KeyService, tmp_path: Path) -> None:
    file = tmp_path / "admin.key"
    keys.ensure_admin(None, file)
    before = file.read_text()

    keys.ensure_admin(KeyText.new().reveal(), file)

    assert file.read_text() == before
    assert len(keys.all()) == 1


def test_a_readable_leftover_does_not_lend_its_mode_to_the_admin_key(
    keys: KeyService, tmp_path: Path
) -> None:
    file = tmp_path / "admin.key"
    file.write_text("old")
    file.chmod(0o644)

    keys.ensure_admin(None, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_first_start_takes_the_admin_key_it_is_given(
    keys: KeyService, tmp_path: Path
) -> None:
    given = KeyText.new().reveal()

    keys.ensure_admin(given, tmp_path / "admin.key")

    assert keys.authenticate(given).scope is Scope.ADMIN


def test_a_given_admin_key_in_another_format_is_refused_without_being_shown(
    keys: KeyService, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="NEATDATA_ADMIN_KEY") as refusal:
        keys.ensure_admin("hunter2", tmp_path / "admin.key")

    assert "hunter2" not in str(refusal.value)
    assert keys.all() == []


def test_an_admin_key_that_cannot_be_written_down_is_not_stored(
    keys: KeyService, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="no-such-folder"):
        keys.ensure_admin(None, tmp_path / "no-such-folder" / "admin.key")

    assert keys.all() == []


@pytest.mark.parametrize(
    ("scope", "other", "included"),
    [
        (Scope.ADMIN, Scope.WRITE, True),
        (Scope.WRITE, Scope.READ, True),
        (Scope.READ, Scope.READ, True),
        (Scope.READ, Scope.WRITE, False),
        (Scope.WRITE, Scope.ADMIN, False),
    ],
)
def test_a_scope_includes_those_before_it(scope: Scope, other: Scope, included: bool) -> None:
    assert scope.includes(other) is included
