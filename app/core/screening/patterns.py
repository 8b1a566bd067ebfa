"""The patterns of what may identify somebody, shared by whoever looks for it in a text as it is seen."""

import re

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    r"|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
YEAR = r"(?:\d{4}|['’]?\d{2}|(?:two thousand|twenty|nineteen)(?: and)? [a-z]+)"
_BETWEEN = r"[ .,/_-]{0,2}"
DATE = re.compile(
    rf"\b(?:{DAY}(?: day)?(?:,? of)?{_BETWEEN}{MONTH}(?![a-z])(?:[ .,/_-]{{0,2}}{YEAR})?"
    rf"|{MONTH}{_BETWEEN}(?:the )?{DAY}\b(?:[ .,/_-]{{1,2}}{YEAR})?"
    r"|\d{4} ?[/._\\-] ?\d{1,2} ?[/._\\-] ?\d{1,2}"
    r"|\d{1,2} ?[/._\\-] ?\d{1,2} ?[/._\\-] ?(?:\d{4}|\d{2})"
    r"|\d{1,2}[./-](?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})[./-](?:\d{4}|\d{2})"
    r"|\d{1,2} \d{1,2} \d{4}|\d{4} \d{2} \d{2}|\d{8}|\d{6})(?!\d)",
    re.IGNORECASE,
)
BIRTH = re.compile(r"\b(?:born|birth|birthday|birthdate|d\.?o\.?b\b)", re.IGNORECASE)
#: What a date of death follows at once; a day on which a death was told of or looked at is another.
DEATH = re.compile(
    r"\b(?:died(?: on)?|dead on|(?:date|day) of(?: the)? death(?: (?:was|is))?|d\.?o\.?d\.?)"
    r"[: ]{1,2}(?:the )?$",
    re.IGNORECASE,
)
#: Ten figures in threes and a four, as the NHS prints them, in pairs, one by one, or in one.
TEN_FIGURES = re.compile(
    r"(?<![\d+])(?<!\d[ -])(?:\d{3}[ .-]?\d{3}[ .-]?\d{4}|\d{2}(?:[ .-]\d{2}){4}|\d(?:[ .-]\d){9})(?![ -]?\d)"
)
PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+44|0044)[ -]?(?:\(0\)[ -]?)?|\(?0)[1237]\d(?:[ ().-]{0,2}\d){7,8}(?![ -]?\d)"
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E "
    "EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL "
    "LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM "
    "SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
#: The letters of the second half are those that are not mistaken for others; ``2nd`` and ``3rd`` are words.
POSTCODE = re.compile(
    rf"\b(?:{'|'.join(AREAS.split())})\d[\dA-HJKMNP-Y]?[ -]?\d(?!st|nd|rd|th)[ABD-HJLNP-UW-Z]{{2}}\b",
    re.IGNORECASE,
)
STREET = (
    r"(?:Street|Road|Avenue|Lane|Close|Drive|Court|Gardens|Terrace|Crescent|Grove|Square|Mews|Walk|Rise|Row"
    r"|Way|Place|Estate|House|Buildings|Mansions)"
)
#: Of streets that are not written as names, only those whose last word seldom means anything else.
SURE_STREET = r"(?:street|road|avenue|crescent|terrace)"
ADDRESS = re.compile(
    rf"(?<![\w-])(?:[Ff]lat \d{{1,3}}[A-Za-z]?,? )?\d{{1,3}}[A-Za-z]?,? (?:(?:[A-Z][A-Za-z'’]+ ){{1,3}}"
    rf"(?:{STREET}|{STREET.upper()})\b|[a-z]{{3,}} {SURE_STREET}\b)"
)
NUMBER = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen)"
)
EXACT_AGE = re.compile(
    rf"\b{NUMBER}[ -]years?,?(?: and)?[ -]{NUMBER}[ -]months?(?:[ -]old)?\b"
    rf"|\b(?:aged?|age of)[: ]{{1,2}}{NUMBER}[ -](?:days?|weeks?|months?)\b"
    rf"|\b{NUMBER}[ -](?:days?|weeks?|months?)[ -]old\b"
    r"|\b\d{1,2} ?y(?:rs?)? ?\d{1,2} ?m(?:ths?)?\b",
    re.IGNORECASE,
)
