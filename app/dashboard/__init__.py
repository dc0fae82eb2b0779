"""The dashboard: one page, in the browser a client of the REST API like any other.

The server's part is small: the page's frame, in the language the browser asks for, and the
files it is made of. There is no build step; the browser loads static/ as it is.
"""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    make_response,
    render_template,
    request,
)

from app.dashboard import files

#: Languages are the files in static/i18n; the first is for browsers that ask for none of them.
LANGUAGES = tuple(
    sorted((path.stem for path in files.STATIC.glob("i18n/*.js")), key="en".__ne__)
)
#: What nearly every module imports, fetched together with them.
LIBRARIES = ("vendor/lit-html/lit-html.js", "vendor/socket.io-client/socket.io.esm.min.js")

#: No inline script or style, nothing from elsewhere, in nobody's frame; and text only becomes
#: markup through the policy of the templates' library, which never sees data.
SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html",
    )
)

YEAR = 365 * 24 * 3600  # seconds

bp = Blueprint("dashboard", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


def page() -> Response:
    """The page, for whoever asks: it holds nothing but words until someone logs in."""
    language = request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])
    answer = make_response(
        render_template(
            "dashboard.html",
            language=language,
            version=files.version(),
            styles=files.names("css/*.css"),
            modules=(*LIBRARIES, *files.names("js/**/*.js"), f"i18n/{language}.js"),
        )
    )
    answer.headers["Content-Language"] = language
    answer.headers["Content-Security-Policy"] = SECURITY_POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.update(("Accept", "Accept-Language"))
    return answer


@bp.get("/static/dashboard/<given_version>/<path:name>")
def send_file(given_version: str, name: str) -> Response:
    """A file of the page, compressed for whoever can read that. 404 when there is none.

    The version in its address changes with its content, so a browser may keep it for good; of
    another version (a page open across an upgrade) it gets what there is now, unkept.
    """
    if name not in files.names("**/*"):
        abort(404)
    answer = Response(files.content(name), mimetype=files.media_type(name))
    if request.accept_encodings.quality("gzip") > 0:
        answer.set_data(files.compressed(name))
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if given_version == files.version():
        answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer
