"""Child death reviews. Stricter access than any other room: panel papers are anonymised."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of child deaths from below."""
    from app.cdop import analysis, limits, redactable, returns, vocabulary
    from app.cdop.figures import changes as figures
    from app.cdop.figures import redactable as figures_redactable
    from app.cdop.figures.views import blueprint as figures_pages
    from app.cdop.uses import used_by_child_deaths
    from app.cdop.views import blueprint
    from app.core import hooks

    figures.install()
    app.register_blueprint(blueprint)
    app.register_blueprint(figures_pages)
    analysis.join(app)
    vocabulary.join(app)
    hooks.redactable.fill("child_death", redactable.child_death)
    hooks.redactable.fill("stated_figure", figures_redactable.stated_figure)
    hooks.redactable.fill("population", figures_redactable.population)
    hooks.redactable.fill("figures", figures_redactable.issue)
    hooks.redactable.fill("figures_override", figures_redactable.override)
    hooks.structure_used.fill("child_death", used_by_child_deaths)
    returns.join(app)
    hooks.cases_begun.fill("child_death", limits.begun)
    hooks.limits_changed.fill("child_death", limits.follow_limits)
    hooks.regime_follows.fill("child_death", limits.copy_words)
    hooks.regime_taken_off.fill("child_death", limits.drop_words)
    hooks.stages_needed.fill("child_death", limits.stages_needed)
