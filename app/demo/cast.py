"""The cast of the demonstration: people known by their role, and what each comes to find out."""

#: Account, and the question that brings the person here; in the order of the cards.
CAST = (
    ("scr.chair", "Which actions are slipping, and what must we decide?"),
    ("scr.member", "What did each review teach us, and what came of it?"),
    ("board.manager", "What is late across the partnership, and who waits for whom?"),
    ("independent.chair", "Does what we learn change what we do?"),
    ("executive.member", "Is the partnership learning from its reviews?"),
    ("hlt.lead", "What must our agency do, and by when?"),
    ("csc.lead", "What must our services do, and by when?"),
    ("hlt.member", "What does my agency owe the board?"),
    ("homerton.lead", "What must our hospital do, and who of us owes it?"),
    ("homerton.member", "What does my hospital owe the board?"),
    ("homerton.owner", "What must I do, and by when?"),
    ("police.owner", "What must I do, and by when?"),
    ("city.owner", "What must I do, and by when?"),
    ("qa.chair", "What did our audits find, and what became of it?"),
    ("cdop.coordinator", "Where is every child death review, and what is late from whom?"),
    ("cdop.chair", "Is the next panel ready, and what must it decide?"),
    ("tusk.editor", "Which lessons are cleared to be shared?"),
    ("staff.reader", "What should I know for my work?"),
    ("administrator", "What may somebody who runs the system see?"),
)
