"""Settings: each has a default, each bad value one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from config import ConfigError, load


def test_without_an_environment_every_setting_has_its_default() -> None:
    assert load({}) == config.Config()
    assert load({}).database == f"sqlite:///{config.HERE / 'instance' / 'neatdata.db'}"


def test_variables_of_others_are_none_of_our_business() -> None:
    assert load({"PORT": "x", "XNEATDATA_PORT": "y", "WEB_CONCURRENCY": "4"}) == config.Config()


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("PORT", "65535", "port", 65535),
        ("ASYNC_MODE", "threading", "async_mode", "threading"),
        ("WORKERS", "64", "workers", 64),
        ("DATABASE_URL", "sqlite:////data/n.db", "database", "sqlite:////data/n.db"),
        (
            "CORS_ORIGINS",
            "https://a.example, http://localhost:3000/,",
            "cors_origins",
            ("https://a.example", "http://localhost:3000"),
        ),
        ("CORS_ORIGINS", "*", "cors_origins", ("*",)),
        ("CORS_ORIGINS", "", "cors_origins", ()),
        ("SHUTDOWN_GRACE_SECONDS", "0", "shutdown_grace_seconds", 0),
    ],
)
def test_a_value_is_read(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(load({f"NEATDATA_{name}": value}), field) == expected


def test_the_instance_folder_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load({"NEATDATA_INSTANCE_DIR": "here"})

    assert settings.instance_dir == tmp_path / "here"
    assert settings.database == f"sqlite:///{tmp_path / 'here' / 'neatdata.db'}"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("WRKERS", "3", "is not a setting of NeatData; see docs/configuration.md"),
        ("port", "1", "is not a setting of NeatData; see docs/configuration.md"),
        ("HOST", "", "must not be empty, not ''"),
        ("PORT", "0", "must be a whole number, between 1 and 65535, not '0'"),
        ("PORT", "65536", "must be a whole number, between 1 and 65535, not '65536'"),
        ("PORT", "8000 ", "must be a whole number, between 1 and 65535, not '8000 '"),
        ("WORKERS", "-1", "must be a whole number, between 1 and 64, not '-1'"),
        ("WORKERS", "two", "must be a whole number, between 1 and 64, not 'two'"),
        ("RUNNING_PER_KEY", "0", "must be a whole number, between 1 and 64, not '0'"),
        ("MAX_UPLOAD_BYTES", "2GB", "must be a whole number, at least 1, not '2GB'"),
        ("MAX_JSON_BYTES", "1", "must be a whole number, at least 1024, not '1'"),
        ("JOB_MEMORY_BYTES", "1024", "must be a whole number, at least 268435456, not '1024'"),
        ("JOB_TIMEOUT_SECONDS", "1.5", "must be a whole number, at least 1, not '1.5'"),
        (
            "SHUTDOWN_GRACE_SECONDS",
            "3601",
            "must be a whole number, between 0 and 3600, not '3601'",
        ),
        ("THREADS", "4", "must be a whole number, between 8 and 4096, not '4'"),
        ("ASYNC_MODE", "gevent", "must be one of: eventlet, threading, not 'gevent'"),
        ("QUEUE", "redis", "must be one of: threads, not 'redis'"),
        ("LOG_LEVEL", "INFO", "must be one of: debug, info, warning, error, not 'INFO'"),
        ("INSTANCE_DIR", " ", "must not be empty, not ' '"),
        (
            "INSTANCE_DIR",
            "~no-such-user/x",
            "must be a path; it begins with the home of someone unknown, not '~no-such-user/x'",
        ),
        ("MODULES_DIR", "/no/such", "must be a folder that exists, not '/no/such'"),
        (
            "DATABASE_URL",
            "mysql://x",
            "must be sqlite:///PATH, a database in a file, not 'mysql://x'",
        ),
        (
            "DATABASE_URL",
            "sqlite:///:memory:",
            "must be sqlite:///PATH, a database in a file, not 'sqlite:///:memory:'",
        ),
        (
            "CORS_ORIGINS",
            "https://a.example/path",
            "has 'https://a.example/path', which is not an origin like "
            "https://app.example.com, not 'https://a.example/path'",
        ),
        ("ADMIN_KEY", "", "must not be empty, not the given value"),
    ],
)
def test_a_bad_value_is_one_line_that_names_it(name: str, value: str, line: str) -> None:
    with pytest.raises(ConfigError) as error:
        load({f"NEATDATA_{name}": value})

    assert str(error.value) == f"NEATDATA_{name} {line}"


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"NEATDATA_PORT": "tcp://10.96.0.12:8000"}, id="port"),
        pytest.param(
            {
                "NEATDATA_SERVICE_HOST": "10.96.0.12",
                "NEATDATA_SERVICE_PORT": "8000",
                "NEATDATA_SERVICE_PORT_HTTP": "8000",
                "NEATDATA_PORT_8000_TCP": "tcp://10.96.0.12:8000",
                "NEATDATA_PORT_8000_TCP_ADDR": "10.96.0.12",
                "NEATDATA_PORT_8000_TCP_PORT": "8000",
                "NEATDATA_PORT_8000_TCP_PROTO": "tcp",
            },
            id="service",
        ),
    ],
)
def test_what_kubernetes_injects_for_a_service_of_that_name_is_passed_over(
    variables: dict[str, str],
) -> None:
    assert load(variables) == config.Config()
