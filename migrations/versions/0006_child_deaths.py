"""Child death reviews: their regimes, time limits and words, cases, agency returns, analysis and panels."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0006"
down_revision = "0005"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: In the order they are made.
TABLES = (
    "time_limit",
    "clock_pause",
    "cdop_term",
    "cdop_panel",
    "child_death_case",
    "agency_return",
    "child_death_factor",
    "child_death_referral",
    "child_death_stage",
    "child_death_wait",
    "agency_return_form",
    "agency_return_step",
)

VERIFY = "From knowledge, not from a source held here: verify against the guidance before relying on it."

#: Code, name, first day, last day and what is to be checked. National guidance changed in 2018; reviews begun
#: before the national database opened on 1 April 2019 are taken to follow the former.
REGIMES = (
    ("CDR2008", "Child death reviews, 2008 to 2019", date(2008, 4, 1), date(2019, 3, 31)),
    ("CDR2018", "Child death review guidance 2018", date(2019, 4, 1), None),
)

#: Code, words, and whether the review is over.
STAGES = {
    "CDR2008": (
        ("known", "Death known", False),
        ("notified", "Notified (Form A)", False),
        ("information", "Agency reports asked (Form B)", False),
        ("rapid_response", "Rapid response meeting", False),
        ("ready", "Ready for the panel", False),
        ("panel", "Reviewed by the panel (Form C)", False),
        ("submitted", "In the annual return", False),
        ("closed", "Closed", True),
    ),
    "CDR2018": (
        ("known", "Death known", False),
        ("notified", "Notified", False),
        ("information", "Reporting forms asked", False),
        ("joint_agency_response", "Joint agency response meeting", False),
        ("cdrm", "Child death review meeting", False),
        ("ready", "Ready for the panel", False),
        ("panel", "Reviewed by the panel", False),
        ("submitted", "Sent to the national database", False),
        ("closed", "Closed", True),
    ),
}

#: Code, words, what starts it, what meets it, amount, unit, whether guidance sets it, and its note.
LIMITS = {
    "CDR2008": (
        ("notification", "Notification", "known", "notified", 48, "hours", False, f"Local. {VERIFY}"),
        ("returns", "Agency reports", "information", "returned", 3, "weeks", False, f"Local. {VERIFY}"),
        ("panel", "Review by the panel", "known", "panel", 6, "months", False, f"Local aim. {VERIFY}"),
    ),
    "CDR2018": (
        (
            "notification",
            "Notification",
            "known",
            "notified",
            48,
            "hours",
            True,
            f"48 hours to the national database; locally the same. {VERIFY}",
        ),
        ("returns", "Reporting forms", "information", "returned", 3, "weeks", False, f"Local. {VERIFY}"),
        (
            "cdrm",
            "Child death review meeting",
            "known",
            "cdrm",
            3,
            "months",
            True,
            f"An aim, counted in the guidance from the death, whose day is not held here. {VERIFY}",
        ),
        (
            "panel",
            "Review by the panel",
            "cdrm",
            "panel",
            6,
            "weeks",
            True,
            f"An aim, from the report of the meeting or the result of an inquest. {VERIFY}",
        ),
    ),
}

#: From the first day any record could carry: an older case must not fall outside every vocabulary.
FROM_THE_BEGINNING = date(2000, 1, 1)
#: The words of each vocabulary, for all regimes or for one: code, label, what is meant and, of a factor, its
#: domain. Categories stand in their order of precedence.
TERMS: dict[tuple[str, str | None], tuple[tuple[str, ...], ...]] = {
    ("age_band", None): (
        ("0_27_days", "0 to 27 days"),
        ("28_364_days", "28 to 364 days"),
        ("1_4_years", "1 to 4 years"),
        ("5_9_years", "5 to 9 years"),
        ("10_14_years", "10 to 14 years"),
        ("15_17_years", "15 to 17 years"),
    ),
    ("sex", None): (("female", "Female"), ("male", "Male"), ("not_known", "Not known or indeterminate")),
    ("ethnicity_group", None): (
        ("asian", "Asian or Asian British"),
        ("black", "Black or Black British"),
        ("mixed", "Mixed"),
        ("white", "White"),
        ("other", "Other ethnic group"),
        ("not_known", "Not known or not stated"),
    ),
    ("place", None): (
        ("home", "Home"),
        (
            "hospital",
            "Hospital",
            "Any ward, unit or department, also where the child was taken by ambulance.",
        ),
        ("hospice", "Hospice"),
        ("other_residence", "Another home or residence"),
        ("public_place", "Public place or road"),
        ("abroad", "Abroad"),
        ("other", "Elsewhere or not known"),
    ),
    ("exclusion", None): (
        (
            "stillbirth",
            "Stillbirth",
            "A birth without life that was attended. One that nobody attended is reviewed.",
        ),
        ("late_fetal_loss", "Late fetal loss", "A loss before 24 completed weeks."),
        (
            "termination",
            "Lawful termination",
            "A planned termination within the law, whatever the signs of life.",
        ),
    ),
    ("waiting_on", None): (
        ("inquest", "Inquest", "The coroner has opened one, or is deciding whether to."),
        ("post_mortem", "Post-mortem examination"),
        ("criminal", "Criminal investigation or trial"),
        ("psii", "Patient safety incident investigation"),
        ("pmrt", "Perinatal mortality review"),
        ("leder", "Review of the death of a person with a learning disability"),
        ("lcspr", "Serious case review or local practice review"),
        ("dhr", "Domestic homicide review"),
        ("returns", "Agencies' forms"),
        ("other", "Something else"),
    ),
    ("form", "CDR2008"): (
        ("reporting", "Form B: agency report"),
        ("b2", "Form B2: neonatal death"),
        ("b3", "Form B3: child with a known life-limiting condition"),
        ("b4", "Form B4: sudden unexpected death in infancy"),
        ("b5", "Form B5: road traffic"),
        ("b6", "Form B6: drowning"),
        ("b7", "Form B7: fire and burns"),
        ("b8", "Form B8: poisoning"),
        ("b9", "Form B9: other accident"),
        ("b10", "Form B10: substance misuse"),
        ("b11", "Form B11: apparent homicide"),
        ("b12", "Form B12: apparent suicide"),
    ),
    ("form", "CDR2018"): (
        ("reporting", "Reporting form"),
        ("asthma_anaphylaxis", "Asthma and anaphylaxis"),
        ("drowning", "Drowning"),
        ("sudden_unexpected", "Sudden unexpected death"),
        ("neonatal", "Neonatal unit and labour ward"),
        ("life_limiting", "Life-limiting condition"),
        ("road_traffic", "Road traffic"),
        ("fire_burns", "Fire and burns"),
        ("poisoning", "Poisoning"),
        ("other_trauma", "Other trauma"),
        ("substance_misuse", "Substance misuse"),
        ("apparent_homicide", "Apparent homicide"),
        ("suicide_self_harm", "Suicide or self-harm"),
        ("epilepsy", "Epilepsy"),
        ("cardiac", "Cardiac"),
        ("ketoacidosis", "Diabetic ketoacidosis"),
        ("oncology", "Oncology"),
    ),
    ("category", None): (
        ("1", "Deliberately inflicted injury, abuse or neglect"),
        ("2", "Suicide or deliberate self-inflicted harm"),
        ("3", "Trauma and other external factors, including medical or surgical complications or error"),
        ("4", "Malignancy"),
        ("5", "Acute medical or surgical condition"),
        ("6", "Chronic medical condition"),
        ("7", "Chromosomal, genetic and congenital anomalies"),
        ("8", "Perinatal or neonatal event"),
        ("9", "Infection"),
        ("10", "Sudden unexpected, unexplained death"),
    ),
    ("domain", None): (
        ("A", "Factors intrinsic to the child"),
        ("B", "Social environment, including family and parenting capacity"),
        ("C", "Physical environment"),
        ("D", "Service provision"),
    ),
    ("factor", None): (
        ("chronic_illness", "Chronic illness", "", "A"),
        ("disability", "Disability", "", "A"),
        ("prematurity", "Prematurity or low birth weight", "", "A"),
        ("mental_health", "Mental health of the child", "", "A"),
        ("self_harm", "Self-harm", "", "A"),
        ("smoking", "Smoking in the household or in pregnancy", "", "B"),
        ("parental_substance_use", "Parental substance use", "", "B"),
        ("parental_mental_health", "Parental mental health", "", "B"),
        ("domestic_abuse", "Domestic abuse", "", "B"),
        ("unsafe_sleep", "Unsafe sleep or co-sleeping", "", "B"),
        ("consanguinity", "Consanguinity", "", "B"),
        ("supervision", "Supervision", "", "B"),
        ("poverty", "Poverty", "", "B"),
        ("bullying", "Bullying", "", "B"),
        ("gangs_knives", "Gangs or knife crime", "", "B"),
        ("housing", "Housing or overcrowding", "", "C"),
        ("home_safety", "Home safety", "", "C"),
        ("water", "Water", "", "C"),
        ("road", "Road", "", "C"),
        ("animals", "Animals", "", "C"),
        ("access", "Access to services", "", "D"),
        ("delay", "Delayed recognition or treatment", "", "D"),
        ("communication", "Communication between services", "", "D"),
        ("follow_up", "Follow-up", "", "D"),
        ("staffing", "Staffing", "", "D"),
        ("guidance", "Guidance not followed", "", "D"),
        ("language", "Language", "", "D"),
    ),
    ("relevance", "CDR2008"): (
        ("0", "0: information not available"),
        ("1", "1: no factors identified"),
        ("1*", "1*: factors identified, unlikely to have contributed to the death"),
        ("2", "2: factors that may have contributed to vulnerability, ill health or death"),
        ("3", "3: factors that provide a complete and sufficient explanation of the death"),
    ),
    ("relevance", "CDR2018"): (
        ("0", "0: information not available"),
        ("1", "1: no factors identified, or factors unlikely to have contributed to the death"),
        ("2", "2: factors that may have contributed to vulnerability, ill health or death"),
    ),
    ("conclusion", None): (
        (
            "modifiable",
            "Modifiable factors identified",
            "Something that, by an intervention achievable locally or nationally, could be changed to reduce "
            "the risk of future deaths of children. It judges neither whether the death could have been "
            "prevented nor anybody's part in it.",
        ),
        ("not_modifiable", "No modifiable factors identified"),
        ("inadequate", "Inadequate information to judge"),
    ),
}


def upgrade() -> None:
    """Make the tables and write the regimes, their stages and limits, and the words."""
    op.add_column("regime", sa.Column("case_kind", sa.String(16), server_default="review", nullable=False))
    op.add_column("regime", sa.Column("note", sa.Text(), server_default="", nullable=False))
    # Somebody may be asked by hand about more than actions.
    op.drop_index("ix_nudge_action", "nudge")
    op.execute("ALTER TABLE nudge RENAME COLUMN action_ref TO subject_ref")
    op.create_index("ix_nudge_subject", "nudge", ["subject_ref", "nudged_on"])
    _create_tables()
    _write_regimes()
    _write_terms()


def downgrade() -> None:
    """Take it all away; what something came of is kept as a source from outside, open to nobody."""
    kept = (
        "SELECT source.id FROM source WHERE kind <> 'review' AND ("
        + " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {table}.source_id = source.id)"
            for table in ("lesson", "recommendation", "action", "challenge")
        )
        + ")"
    )
    regime = "(SELECT min(id) FROM regime WHERE case_kind = 'review')"
    day = "'2008-04-01'"
    op.execute(
        "INSERT INTO review (id, review_type, regime_id, report_year_start, stage_code, stage_reached_on, "
        "circumstances, parallel_processes, recorded_impact, created_at, provenance, is_referred) "
        f"SELECT id, 'external_source', {regime}, 2008, 'received', {day}, '', '', '', "
        f"'2008-04-01 00:00:00+00:00', 'recorded', {_flag(False)} FROM source WHERE id IN ({kept})"
    )
    op.execute("DELETE FROM reminder WHERE subject_kind = 'agency_return'")
    op.execute("DELETE FROM nudge WHERE subject_ref IN (SELECT ref FROM agency_return)")
    op.drop_index("ix_nudge_subject", "nudge")
    op.execute("ALTER TABLE nudge RENAME COLUMN subject_ref TO action_ref")
    op.create_index("ix_nudge_action", "nudge", ["action_ref", "nudged_on"])
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM source WHERE kind <> 'review' AND id NOT IN (SELECT id FROM review)")
    op.execute(f"UPDATE source SET kind = 'review', is_restricted = {_flag(True)} WHERE kind <> 'review'")
    of_child_deaths = "(SELECT id FROM regime WHERE case_kind = 'child_death')"
    op.execute(f"DELETE FROM stage WHERE regime_id IN {of_child_deaths}")
    op.execute("DELETE FROM regime WHERE case_kind = 'child_death'")
    op.drop_column("regime", "note")
    op.drop_column("regime", "case_kind")


def _write_regimes() -> None:
    note = "The day on which one took the place of the other is from knowledge: verify."
    regime = _table("regime")
    op.bulk_insert(
        regime,
        [
            {
                "code": code,
                "name": name,
                "case_kind": "child_death",
                "in_force_from": begins,
                "in_force_until": ends,
                "note": note,
            }
            for code, name, begins, ends in REGIMES
        ],
    )
    numbers = dict(tuple(row) for row in op.get_bind().execute(sa.select(regime.c.code, regime.c.id)))
    op.bulk_insert(
        _table("stage"),
        [
            {
                "regime_id": numbers[code],
                "pathway": "child_death",
                "position": position,
                "code": stage,
                "label": label,
                "is_final": final,
            }
            for code, stages in STAGES.items()
            for position, (stage, label, final) in enumerate(stages, start=1)
        ],
    )
    names = ("code", "label", "starts_from", "met_by", "amount", "unit", "is_statutory", "note")
    op.bulk_insert(
        _table("time_limit"),
        [
            {
                "regime_id": numbers[code],
                "position": position,
                "in_force_from": FROM_THE_BEGINNING,
                **dict(zip(names, limit, strict=True)),
            }
            for code, limits in LIMITS.items()
            for position, limit in enumerate(limits, start=1)
        ],
    )


def _write_terms() -> None:
    regime = _table("regime")
    numbers = dict(tuple(row) for row in op.get_bind().execute(sa.select(regime.c.code, regime.c.id)))
    rows = []
    for (vocabulary, code), terms in TERMS.items():
        for position, term in enumerate(terms, start=1):
            rows.append(
                {
                    "vocabulary": vocabulary,
                    "code": term[0],
                    "label": term[1],
                    "position": position,
                    "definition": term[2] if len(term) > 2 else "",
                    "domain_code": term[3] if len(term) > 3 else None,
                    "regime_id": numbers[code] if code else None,
                    "in_force_from": FROM_THE_BEGINNING,
                    "in_force_until": None,
                }
            )
    op.bulk_insert(_table("cdop_term"), rows)


def _flag(value: bool) -> str:
    """A yes or no as this database writes it."""
    return str(int(value)) if op.get_context().dialect.name == "sqlite" else str(value).lower()


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _create_tables() -> None:
    op.create_table(
        "time_limit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("regime_id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("starts_from", sa.String(length=40), nullable=False),
        sa.Column("met_by", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("is_statutory", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_time_limit_amount")),
        sa.ForeignKeyConstraint(["regime_id"], ["regime.id"], name=op.f("fk_time_limit_regime_id_regime")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_limit")),
        sa.UniqueConstraint(
            "regime_id", "code", "in_force_from", name=op.f("uq_time_limit_regime_id_code_in_force_from")
        ),
    )
    op.create_table(
        "clock_pause",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source_ref", sa.String(length=24), nullable=False),
        sa.Column("limit_code", sa.String(length=40), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by_id", ROW_ID, nullable=True),
        sa.Column("recorded_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "resumed_on IS NULL OR resumed_on >= paused_on", name=op.f("ck_clock_pause_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_clock_pause_approved_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_clock_pause_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pause")),
    )
    op.create_index("ix_clock_pause_source", "clock_pause", ["source_ref", "limit_code"])
    op.create_table(
        "cdop_term",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("vocabulary", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("domain_code", sa.String(length=40), nullable=True),
        sa.Column("regime_id", ROW_ID, nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["regime_id"], ["regime.id"], name=op.f("fk_cdop_term_regime_id_regime")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cdop_term")),
        sa.UniqueConstraint(
            "vocabulary", "code", "regime_id", name=op.f("uq_cdop_term_vocabulary_code_regime_id")
        ),
    )
    op.create_index("ix_cdop_term_vocabulary", "cdop_term", ["vocabulary", "position", "id"])
    op.create_table(
        "cdop_panel",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("panel_kind", sa.String(length=16), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('planned', 'held', 'cancelled')", name=op.f("ck_cdop_panel_status")),
        sa.ForeignKeyConstraint(["id"], ["source.id"], name=op.f("fk_cdop_panel_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cdop_panel")),
    )
    op.create_index("ix_cdop_panel_meets", "cdop_panel", ["meets_on", "id"])
    op.create_table(
        "child_death_case",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("cdop_number", sa.String(length=40), nullable=False),
        sa.Column("ecdop_ref", sa.String(length=60), nullable=True),
        sa.Column("regime_id", ROW_ID, nullable=False),
        sa.Column("death_quarter_on", sa.Date(), nullable=False),
        sa.Column("death_year_start", sa.Integer(), nullable=False),
        sa.Column("age_band", sa.String(length=40), nullable=False),
        sa.Column("sex", sa.String(length=40), nullable=False),
        sa.Column("ethnicity_group", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("area_id", ROW_ID, nullable=False),
        sa.Column("expectedness", sa.String(length=16), nullable=False),
        sa.Column("joint_agency_response", sa.Boolean(), nullable=False),
        sa.Column("exclusion", sa.String(length=40), nullable=True),
        sa.Column("stage_code", sa.String(length=40), nullable=False),
        sa.Column("stage_reached_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("conclusion", sa.String(length=40), nullable=True),
        sa.Column("categories_considered", sa.String(length=400), nullable=False),
        sa.Column("learning", sa.Text(), nullable=False),
        sa.Column("good_practice", sa.Text(), nullable=False),
        sa.Column("panel_id", ROW_ID, nullable=True),
        sa.Column("key_worker_role", sa.String(length=200), nullable=False),
        sa.Column("key_worker_agency_id", ROW_ID, nullable=True),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "expectedness IN ('expected', 'unexpected')", name=op.f("ck_child_death_case_expectedness")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_child_death_case_area_id_area")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_child_death_case_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(["id"], ["source.id"], name=op.f("fk_child_death_case_id_source")),
        sa.ForeignKeyConstraint(
            ["key_worker_agency_id"],
            ["agency.id"],
            name=op.f("fk_child_death_case_key_worker_agency_id_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["cdop_panel.id"], name=op.f("fk_child_death_case_panel_id_cdop_panel")
        ),
        sa.ForeignKeyConstraint(
            ["regime_id"], ["regime.id"], name=op.f("fk_child_death_case_regime_id_regime")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_death_case")),
        sa.UniqueConstraint("cdop_number", name=op.f("uq_child_death_case_cdop_number")),
    )
    op.create_index("ix_child_death_case_ecdop", "child_death_case", ["ecdop_ref"])
    op.create_index("ix_child_death_case_open", "child_death_case", ["is_open", "stage_code", "id"])
    op.create_index("ix_child_death_case_panel", "child_death_case", ["panel_id", "id"])
    op.create_index("ix_child_death_case_reviewed", "child_death_case", ["reviewed_on", "id"])
    op.create_index("ix_child_death_case_year", "child_death_case", ["death_year_start", "id"])
    op.create_table(
        "agency_return",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=False),
        sa.Column("owner_id", ROW_ID, nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("returned_by_id", ROW_ID, nullable=True),
        sa.Column("waived_on", sa.Date(), nullable=True),
        sa.Column("waived_by_id", ROW_ID, nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.Column("not_for_us_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(waived_on IS NULL) = (waived_reason IS NULL)", name=op.f("ck_agency_return_waived_with_reason")
        ),
        sa.CheckConstraint(
            "returned_on IS NULL OR waived_on IS NULL", name=op.f("ck_agency_return_returned_or_waived")
        ),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_agency_return_withdrawn_with_reason"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_return_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_agency_return_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["child_death_case.id"], name=op.f("fk_agency_return_case_id_child_death_case")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_agency_return_owner_id_person")),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["person.id"], name=op.f("fk_agency_return_returned_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["waived_by_id"], ["person.id"], name=op.f("fk_agency_return_waived_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_return")),
        sa.UniqueConstraint("case_id", "agency_id", name=op.f("uq_agency_return_case_id_agency_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_agency_return_ref")),
    )
    op.create_index("ix_agency_return_agency", "agency_return", ["agency_id", "is_open", "due_on"])
    op.create_index("ix_agency_return_due", "agency_return", ["is_open", "due_on", "id"])
    op.create_index("ix_agency_return_owner", "agency_return", ["owner_id", "is_open", "due_on"])
    op.create_table(
        "child_death_factor",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("domain_code", sa.String(length=40), nullable=False),
        sa.Column("factor", sa.String(length=40), nullable=False),
        sa.Column("relevance", sa.String(length=40), nullable=False),
        sa.Column("is_modifiable", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["child_death_case.id"], name=op.f("fk_child_death_factor_case_id_child_death_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_death_factor")),
        sa.UniqueConstraint("case_id", "factor", name=op.f("uq_child_death_factor_case_id_factor")),
    )
    op.create_table(
        "child_death_referral",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("review_id", ROW_ID, nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("referred_by_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["child_death_case.id"],
            name=op.f("fk_child_death_referral_case_id_child_death_case"),
        ),
        sa.ForeignKeyConstraint(
            ["referred_by_id"], ["person.id"], name=op.f("fk_child_death_referral_referred_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_child_death_referral_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_death_referral")),
        sa.UniqueConstraint("case_id", name=op.f("uq_child_death_referral_case_id")),
        sa.UniqueConstraint("review_id", name=op.f("uq_child_death_referral_review_id")),
    )
    op.create_table(
        "child_death_stage",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("stage_id", ROW_ID, nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", ROW_ID, nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["child_death_case.id"], name=op.f("fk_child_death_stage_case_id_child_death_case")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_child_death_stage_recorded_by_id_person")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_child_death_stage_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_death_stage")),
    )
    op.create_index(op.f("ix_child_death_stage_case_id"), "child_death_stage", ["case_id"])
    op.create_table(
        "child_death_wait",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("holds_up", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= since_on", name=op.f("ck_child_death_wait_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["child_death_case.id"], name=op.f("fk_child_death_wait_case_id_child_death_case")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_child_death_wait_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_death_wait")),
    )
    op.create_index("ix_child_death_wait_case", "child_death_wait", ["case_id", "until_on"])
    op.create_table(
        "agency_return_form",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("agency_return_id", ROW_ID, nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_return_id"],
            ["agency_return.id"],
            name=op.f("fk_agency_return_form_agency_return_id_agency_return"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_return_form")),
        sa.UniqueConstraint(
            "agency_return_id", "form", name=op.f("uq_agency_return_form_agency_return_id_form")
        ),
    )
    op.create_table(
        "agency_return_step",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("agency_return_id", ROW_ID, nullable=False),
        sa.Column("move", sa.String(length=16), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_return_id"],
            ["agency_return.id"],
            name=op.f("fk_agency_return_step_agency_return_id_agency_return"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_agency_return_step_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_return_step")),
    )
    op.create_index(
        op.f("ix_agency_return_step_agency_return_id"), "agency_return_step", ["agency_return_id"]
    )
