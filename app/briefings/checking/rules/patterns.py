"""The patterns of the check, for a text as it is seen; what the screening of fields knows, it shares."""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from app.briefings.checking.rules.ordinary import ABBREVIATIONS, FIELD, ORDINARY, SHOUTED
from app.core.screening.patterns import ADDRESS, DATE, EXACT_AGE, MONTH, POSTCODE, STREET, TEN_FIGURES
from app.core.screening.rules import is_nhs_number

Span = tuple[int, int]

_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
#: A number of years, weeks or days, with its half or quarter.
_NUMBER = (
    rf"(?:\d{{1,3}}(?:[.,]\d)?|(?:{_TENS})(?:[ -](?:{_UNITS}))?|{_TEENS}|{_UNITS})"
    r"(?:[ -]and[ -]a[ -](?:half|quarter)| ?1/2)?"
)
_UNIT = r"(?:years?|yrs?|months?|mths?|mos?|weeks?|wks?|days?|hours?)"
_CHILD = (
    r"(?:child|boy|girl|baby|infant|toddler|teenager|adolescent|youth|son|daughter|brother|sister|sibling|twin"
    r"|pupil|student|mother|father|woman|man|lad|youngster)"
)

_NAMED_DAY = re.compile(
    r"\b(?:(?:christmas|xmas) (?:day|eve)|boxing day|new year's (?:day|eve)|good friday"
    r"|easter (?:sunday|monday)|shrove tuesday|ash wednesday|valentine's day|bonfire night|hallowe'?en"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?:the )?"
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?![\w:.]|[ -]?{_UNIT}))\b",
    re.IGNORECASE,
)
#: "on the 4th" of a month that was named before.
_NTH = re.compile(
    r"\bon the \d{1,2}(?:st|nd|rd|th)(?=$|[.,;:)!?]| (?:of|and|at|in|when|she|he|they|it|we|was|were|a|the"
    r"|after|before|to|by|from|with)\b)",
    re.IGNORECASE,
)
#: "may first" and "a second march" are more often no date than one, unless written as a name.
_VERB = re.compile(r"(?:(?:may|march) [a-z-]+|[a-z-]+ (?:may|march))$")

_AGE = re.compile(
    rf"\b(?:aged?|ages)(?: (?:of|was|is|only|just|about|around|at))?[ :=,-]{{1,2}}{_NUMBER}(?:[ -]{_UNIT})?\b"
    rf"|\b{_NUMBER}[ -]?{_UNIT}[ -](?:of[ -]age|old)\b"
    rf"|\b{_NUMBER} ?y(?:ea)?r?s? ?/? ?o(?:ld)?\b"
    rf"|\b(?:turn(?:ed|ing|s)?|had just turned|was just|became) {_NUMBER}\b(?! (?:of|times|per)\b)(?! ?[%:])"
    rf"|\b(?:{_NUMBER}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth) birthday\b"
    rf"|\b{_CHILD}(?:,? | ?\()(?:who (?:was|is) )?\d{{1,2}}(?=[,);.]|$)"
    rf"|\b(?:he|she|they|who|{_CHILD}) (?:was|were|is) (?:only |just |then )?{_NUMBER}"
    r"(?= (?:when|at th(?:e|at) time|and|years)\b|[,.;)]|$)"
    rf"|\b(?:was|were) (?:only |just )?{_NUMBER} (?:when|at th(?:e|at) time)\b"
    rf"|\b(?:died|injured|collapsed|born) at {_NUMBER} {_UNIT}\b"
    rf"|\b{_CHILD} of (?:only |just )?{_NUMBER}\b(?! (?:children|siblings|brothers|sisters)\b)",
    re.IGNORECASE,
)
#: Ages of everybody in a range are nobody's: "aged 11 to 16", "aged 16 and over", "17-year-olds".
_RANGE_AFTER = re.compile(
    rf"s\b| ?\+|,?[ -]?(?:and|or)[ -](?:over|under|above|below|older|younger|up)\b"
    rf"| ?(?:-|to|until|through) ?{_NUMBER}(?![\w-]|[ -]{_UNIT}[ -]old)"
    # As the address of a page writes it: "children-aged-5-to-11-years".
    rf"|-to-{_NUMBER}(?!\w|-{_UNIT}-old)"
    rf"|[ -]?{_UNIT} (?:and|or) (?:over|under|older|younger)",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(
    r"\b(?:under|over|below|above|up[ -]to|between|from|least|most|than)(?:[ -]the[ -]age[ -]of)?"
    rf"[ -](?:{_NUMBER}[ -](?:and|to)[ -])?$",
    re.IGNORECASE,
)

_WORD = r"[A-Za-z][\w'.&-]{0,40}"
_SCHOOL_KIND = (
    r"(?:(?:church of england|c of e|ce|rc|catholic|jewish|muslim|community|primary|secondary|infants?'?"
    r"|junior|nursery|middle|high|grammar|comprehensive|special|preparatory|prep|boys'?|girls'?|foundation|upper"
    r"|lower) )*"
)
_SCHOOL = re.compile(
    rf"\b({_WORD}) {_SCHOOL_KIND}(?:(?:primary|infant|junior|secondary|high|grammar|nursery|day|special)"
    r" (?:school|academy)|day nursery|nursery|pre-?school|playgroup|kindergarten|children's centre"
    r"|children's house|sixth form(?: college| centre)?)\b(?!s| (?:place|places|teacher|nurse|staff|age)\b)",
    re.IGNORECASE,
)
#: Of schools whose last word means much else, only those written as names.
_NAMED_SCHOOL = re.compile(
    r"\b([A-Z][\w'.-]{0,40})(?: (?:of|and|the|&|[A-Z][\w'.-]{0,40})){0,4}? (?:School|Academy|College"
    r"|Nursery|SCHOOL|ACADEMY|COLLEGE)\b"
)
#: "Gainsborough Primary", and within a sentence "Haggerston school".
_SHORT_SCHOOL = re.compile(
    r"\b([A-Z][\w'-]{1,40}) (?:Primary|Infants|Juniors)\b"
    r"(?! (?:[Cc]are|[Hh]ealth|[Hh]ead|[Mm]ental|[Ss]chools))"
    r"|(?<=[a-z,] )([A-Z][a-z]{2,}) (?:school|academy|college)\b(?! (?:nurs|place|age|staff))"
)
_UNIT_NAME = re.compile(r"\b([A-Z][a-z][\w'-]{0,40}) (?:Children's |Adolescent )?Unit\b")
_CALLED = re.compile(
    r"\b(?:school|nursery|academy|college|playgroup|ward|hospital) (?:called|named|known as) \"?[A-Za-z]\w+",
    re.IGNORECASE,
)
_WARD = re.compile(
    r"\b([A-Za-z][\w'-]{0,40}) ward\b(?! (?:off|against)\b)|\bward (?:[A-Z]?\d{1,3}[A-Z]?|[A-Z]\b(?! [a-z]))",
    re.IGNORECASE,
)
_SAINT = re.compile(r"\bSt\.? ?[A-Z][a-z]+(?:'?s)?\b(?: (?:Street|Road))?|\bSaint [A-Z][a-z]+(?:'?s)?\b")

_STREET_NAME = re.compile(
    rf"\b([A-Z][\w'-]{{1,40}}) (?:{STREET}|Rd|Ave|St(?!\.? [A-Z][a-z]))\b(?! [a-z]+ion\b)"
    r"|\b([A-Z][\w'-]{1,40}) High (?:Street|Road)\b"
    rf"|\b([A-Z]{{2,}}) (?:{STREET.upper()})\b"
)
_LOWER_STREET = re.compile(
    r"\b([A-Za-z'-]{3,40}) (?:street|road|avenue|crescent|terrace|estate)\b(?! (?:safety|traffic|accidents?"
    r"|crime|gangs?|violence|collisions?|users?|works?|workers?|children|homeless|drugs?|culture|life|level|lights?"
    r"|agents?|names?|deaths?)\b)"
)
_FLAT = re.compile(r"\b[Ff](?:lat|LAT) (?:no\.? ?)?\d{1,3}[A-Za-z]?\b")

_INITIALS = re.compile(r"(?<![\w.])[A-Za-z]\. ?(?:[A-Za-z]\. ?){0,3}[A-Za-z]\.?(?!\w|\.\w)")
#: Letters in the place of a name: "J S", "JS", "Q's mother", "JS's family".
_LETTERS = re.compile(
    r"(?<![\w'&-])(?:(?:[B-HJ-Z][ -]|A )[A-Z](?! of E\b)(?![\w'&-]|[ -][B-Z]\b)"
    r"|(?P<whose>[A-HJ-Z]{1,2})'s (?:mother|father"
    r"|mum|dad|sisters?|brothers?|siblings?|family|parents?|carers?|school|home|death|injur)"
    r"|(?<![/.@])(?P<bare>[A-Z]{2})(?!\w|[&/@-]|\.\w))"
)
#: What is told of somebody, and of a post or a service only after a word such as "the".
_OF_SOMEBODY = re.compile(
    r"(?:,? who)? (?:was|were|had|lived|died)\b"
    r"|,? and (?:he|she|they|his|her|their|[A-Z]{2} (?:was|were|had|lived))\b"
)
_AFTER_ARTICLE = re.compile(
    r"\b(?:the|an?|this|each|every|any|no|our|your|their|his|her|its|[a-z]+'s) (?:[a-z-]+ )?$",
    re.IGNORECASE,
)
#: Words beside it are in capitals too: a line that is written so, in which "DO IT" is no one.
_CAPITALS_BEFORE = re.compile(r"\b[A-Z]{2,} $")
_CAPITALS_AFTER = re.compile(r" [A-Z]{2,}\b")
#: So many signs before two capitals are looked at.
_BESIDE = 40
_HOUR_BEFORE = re.compile(r"\d ?$")
_TITLED = re.compile(
    r"\b(?:(?i:mrs?)\.? (?!and\b|or\b)(?:[A-Za-z]\. ?)?[A-Za-z][\w'-]{0,40}"
    r"|(?:Ms|Miss|Mx|(?i:dr|doctor|prof|professor)|Sir|Lady|Rev|PC|DC|DS|DI|Sgt|Insp)\.?"
    r" (?:[A-Z]\.? ?)?[A-Z](?:[a-z'][\w'-]{0,40}|\b))"
)

_FEW = r"(?:[1-4]|one|two|three|four|i{2,3}|single|couple of|pair of|trio of|both(?: of)?)"
_OF_PEOPLE = (
    r"(?:children|kids|families|deaths|siblings|brothers|sisters|babies|infants|toddlers|boys|girls|sons"
    r"|daughters|teenagers|adolescents|young people|young persons|young men|young women|pupils|students"
    r"|households|fatalities|suicides|mothers|fathers|care leavers|young carers|victims|twins"
    r"|under[- ](?:\d{1,2}s|ones|twos|threes|fives)|\d{1,2}[ -]year[ -]olds)"
)
_OF_PERSON = (
    r"(?:child|kid|family|death|sibling|brother|sister|baby|infant|toddler|boy|girl|son|daughter|teenager"
    r"|adolescent|young person|young man|young woman|pupil|student|household|fatality|suicide|mother|father)"
)
#: Words that may stand between the number and whom it counts; not those that begin another thought.
_AMONG = (
    r"(?:(?:of|out of) (?:the |these |those |their |her |his |our |its |all )?)?"
    r"(?:(?!(?:to|for|with|in|on|at|by|about|from|and|or|as|when|who|that|where|is|was|if|than|each|every|per|a|an"
    r"|people|women|men|staff|the|one|two|three|four|can|may|will|should|must|your|our|their)\b)"
    r"(?!\w*(?<!ou)s\b)[a-z][\w'-]{0,40} ){0,3}"
)
_SMALL_NUMBER = re.compile(
    rf"(?<![\w.,/£-])(?:(?:\d{{1,2}} ?(?:-|to|or) ?)?(?:{_FEW})(?: ?\(\d\))? (?:{_AMONG}){_OF_PEOPLE}"
    rf"|(?:1|one|single)(?: ?\(1\))? (?:{_AMONG}){_OF_PERSON}"
    rf"|{_OF_PEOPLE}(?: |: ?| ?[(=-] ?)[1-4](?![\w.,/%-]*\w))\b",
    re.IGNORECASE,
)
_ONE_IN = re.compile(
    r"(?:\d+|one|two|three|four|five) (?:in|out of|in every|of every) (?:every )?$", re.IGNORECASE
)
#: What a counted word belongs to when it is no person: "two children's centres", "one family court".
_NO_PERSON_AFTER = re.compile(
    r"(?:'s?)? (?:centres?|services?|homes?|houses?|hospitals?|trusts?|wards?|boards?|rights|social"
    r"|commissioner|partnership|workforce|protection|health|death|deaths|sexual|safeguarding|practice|abuse"
    r"|courts?|group|hubs?|nurse|nurses|doctor|therapist|support|plans?|poverty|lines?|in need|you)\b"
)


def dates(text: str) -> Iterator[Span]:
    """Exact days, in figures and in words."""
    for match in DATE.finditer(text):
        words = match.group()
        if words[0].isdigit() and not re.search(MONTH, words, re.IGNORECASE):
            if not _is_day(words):
                continue
        elif _VERB.fullmatch(words):
            continue
        yield match.span()
    for pattern in (_NAMED_DAY, _NTH):
        for match in pattern.finditer(text):
            yield match.span()


def _is_day(words: str) -> bool:
    """Whether figures can be a day in one of the orders that people write."""
    if re.search("[ivx]", words, re.IGNORECASE):
        return True
    parts = [int(part) for part in re.findall(r"\d+", words)]
    if len(parts) == 1:
        whole = re.sub(r"\D", "", words)
        cuts = ((0, 2, 4, 8), (0, 4, 6, 8)) if len(whole) == 8 else ((0, 2, 4, 6),)
        orders = [[int(whole[a:b]) for a, b in pairwise(cut)] for cut in cuts]
    else:
        orders = [parts]
    return any(_fits(*order) for order in orders)


def _fits(one: int, two: int, three: int) -> bool:
    def year(number: int) -> bool:
        return number < 100 or 1900 <= number < 2100

    if one > 31:
        return year(one) and 1 <= two <= 12 and 1 <= three <= 31
    # The month may stand first, as in other countries.
    return year(three) and 1 <= one <= 31 and 1 <= two <= 31 and min(one, two) <= 12


def ages(text: str) -> Iterator[Span]:
    """Exact ages of somebody; not those of everybody in a range."""
    for pattern in (EXACT_AGE, _AGE):
        for match in pattern.finditer(text):
            if _RANGE_AFTER.match(text, match.end()) or _RANGE_BEFORE.search(text, 0, match.start()):
                continue
            yield match.span()


def nhs_numbers(text: str) -> Iterator[Span]:
    """Ten figures with the check digit of an NHS number."""
    for match in TEN_FIGURES.finditer(text):
        if is_nhs_number(match.group()):
            yield match.span()


def postcodes(text: str) -> Iterator[Span]:
    """Postcodes."""
    for match in POSTCODE.finditer(text):
        yield match.span()


def streets(text: str) -> Iterator[Span]:
    """Addresses, and streets by their names."""
    for plain in (ADDRESS, _FLAT):
        for match in plain.finditer(text):
            yield match.span()
    for pattern in (_STREET_NAME, _LOWER_STREET):
        yield from _unless_ordinary(pattern, text)


def schools(text: str) -> Iterator[Span]:
    """Schools, nurseries and wards by their names."""
    for match in _SAINT.finditer(text):
        yield match.span()
    for match in _CALLED.finditer(text):
        yield match.span()
    for pattern in (_SCHOOL, _NAMED_SCHOOL, _SHORT_SCHOOL, _WARD, _UNIT_NAME):
        yield from _unless_ordinary(pattern, text)


def _unless_ordinary(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """What the pattern finds, unless the word in its first group is one that names nothing."""
    place = 0
    while match := pattern.search(text, place):
        word = next((group for group in match.groups() if group), "")
        if word.lower().strip(".'") in ORDINARY:
            # The name may begin with a later word: "At Mare Street".
            place = match.start() + len(word)
            continue
        yield match.span()
        place = match.end()


def initials(text: str, *, known: Collection[str] = ()) -> Iterator[Span]:
    """Two letters or more with points, such as "J.S."; two capitals without, unless they are ``known``."""
    for match in _INITIALS.finditer(text):
        letters = re.sub(r"[^A-Za-z]", "", match.group())
        if letters.lower() not in ABBREVIATIONS and (letters.isupper() or letters.islower()):
            yield match.start(), match.start() + len(match.group().rstrip())
    yield from _letters(text, known)


def _letters(text: str, known: Collection[str]) -> Iterator[Span]:
    for match in _LETTERS.finditer(text):
        if not _is_nobody(match, text, known):
            yield match.span()


def _is_nobody(match: re.Match[str], text: str, known: Collection[str]) -> bool:
    """Whether two capitals are no one's initials, by what they stand for and the words beside them."""
    start, end = match.span()
    before, bare = text[max(0, start - _BESIDE) : start], (match["bare"] or "").lower()
    if (bare or (match["whose"] or "").lower()) in FIELD:
        is_of_somebody = match["whose"] or _OF_SOMEBODY.match(text, end)
        return not is_of_somebody or bare in known or bool(_AFTER_ARTICLE.search(before))
    if bare in known or (bare in {"am", "pm"} and _HOUR_BEFORE.search(before)):
        return bool(bare)
    return bare in SHOUTED and bool(_CAPITALS_BEFORE.search(before) or _CAPITALS_AFTER.match(text, end))


def titled(text: str) -> Iterator[Span]:
    """Names after a title, such as "Mrs Smith"."""
    for match in _TITLED.finditer(text):
        yield match.span()


def small_numbers(text: str) -> Iterator[Span]:
    """One to four children, families or deaths."""
    for match in _SMALL_NUMBER.finditer(text):
        if _NO_PERSON_AFTER.match(text, match.end()) or _ONE_IN.search(text, 0, match.start()):
            continue
        yield match.span()
