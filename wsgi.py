"""The WSGI entry: `wsgi:app`. Run as a program it serves, with gunicorn and
gunicorn.conf.py.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # gunicorn takes the place of this process, which has imported nothing yet.
    os.chdir(Path(__file__).resolve().parent)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"])

import config
from app import create_app

try:
    app = create_app()
except config.ConfigError as error:
    sys.exit(f"NeatData cannot start: {error}")
