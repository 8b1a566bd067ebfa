"""The team version as a Word document: headings, lists and a table in Word's own styles, to be changed."""

import io
from collections.abc import Sequence
from typing import Any

from app.briefings.reading.content import WHAT_HAPPENED, WHAT_WE_LEARNED
from app.briefings.reading.team import ONE_THING, Paper
from app.core.export.sheet import clean

_BRAND = "12414D"


def as_word(paper: Paper) -> bytes:
    """The page as a document."""
    # Imported here: it takes long, and no other page needs it.
    import docx
    from docx.shared import Cm, Pt, RGBColor

    page = docx.Document()
    _say_what_it_is(page, paper)
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.5)
    section.footer_distance = Cm(0.8)
    section.footer.paragraphs[0].text = f"{paper.name} · {paper.partnership} · {paper.ref}"
    if paper.draft:
        section.header_distance = Cm(0.7)
        section.header.paragraphs[0].add_run("OFFICIAL-SENSITIVE").bold = True
    for style, size, before, after in (
        ("Normal", 10, 0, 3),
        ("List Bullet", 10, 0, 2),
        ("List Number", 10, 0, 2),
        ("Footer", 8.5, 0, 0),
        ("Heading 1", 16, 0, 4),
        ("Heading 2", 12, 8, 3),
        ("Heading 3", 10.5, 5, 2),
    ):
        shaped = page.styles[style]
        shaped.font.size, shaped.font.name = Pt(size), "Calibri"
        shaped.paragraph_format.space_before, shaped.paragraph_format.space_after = Pt(before), Pt(after)
        shaped.paragraph_format.line_spacing = 1
        if style.startswith("Heading"):
            shaped.font.color.rgb = RGBColor.from_string(_BRAND)
    when = f" · {paper.month}" if paper.month else ""
    if paper.draft:
        page.add_paragraph().add_run(clean(paper.draft)).bold = True
    page.add_paragraph(clean(f"{paper.name} team version{when} · for a team meeting of ten minutes"))
    page.add_heading(clean(paper.headline), level=1)
    if paper.illustrative:
        page.add_paragraph().add_run(paper.illustrative).bold = True
    if paper.topics:
        page.add_heading("What we learned, and what to do", level=2)
    for topic in paper.topics:
        page.add_heading(clean(topic.heading + topic.mark), level=3)
        _told(page, WHAT_HAPPENED, topic.happened)
        _told(page, WHAT_WE_LEARNED, topic.learned)
        _list(page, topic.do, "List Bullet")
    if paper.others:
        page.add_heading("Also in this issue", level=2)
        _list(page, paper.others, "List Bullet")
    page.add_heading("Three questions for us", level=2)
    _list(page, paper.questions, "List Number")
    page.add_heading(ONE_THING, level=2)
    box = page.add_table(rows=1, cols=1, style="Table Grid")
    box.rows[0].height = Cm(2)
    page.add_paragraph("Team: ____________________   Date: ______________   How many of us: ______")
    told = page.add_paragraph()
    told.add_run("Tell us that you talked about it: ").bold = True
    _link(told, paper.tell_at)
    page.add_paragraph(paper.read_on)
    written = io.BytesIO()
    page.save(written)
    return written.getvalue()


def _say_what_it_is(page: Any, paper: Paper) -> None:
    """Title and language, by which a screen reader speaks and a spelling checker judges."""
    from docx.oxml.ns import qn

    page.core_properties.title = clean(paper.title)
    page.core_properties.author = clean(paper.partnership)
    page.core_properties.comments = ""
    page.core_properties.language = "en-GB"
    for language in page.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _told(page: Any, label: str, lines: Sequence[str]) -> None:
    """What is said under a label, which stands in its first line."""
    for place, line in enumerate(lines):
        paragraph = page.add_paragraph()
        if place == 0:
            paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(clean(line))


def _link(paragraph: Any, address: str) -> None:
    """An address that can be followed: what an agency's lead passes on is too long to be typed."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(address)
    run.font.underline = True
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)
    link.append(run._r)


def _list(page: Any, lines: Sequence[str], style: str) -> None:
    for line in lines:
        page.add_paragraph(clean(line), style=style)
