"""The analysis of a death: factors by domain, category, conclusion, learning; completed by the panel."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of the analysis, and what the page of a case shows of it."""
    from app.cdop.analysis.standing import standing
    from app.cdop.analysis.views import blueprint

    app.register_blueprint(blueprint)
    app.jinja_env.globals["analysis_standing"] = standing
