"""The WSGI entry: `wsgi:app`. Run as a program it serves, with gunicorn and gunicorn.conf.py."""

from __future__ import annotations

from app import create_app

app = create_app()
