"""Words that make nobody known: what stands before "school", after "child" or in a name, and means no one."""

_TITLES = "cllr councillor dame dc di dr ds lady miss mr mrs ms mx pc prof professor rev sir"
_COMMON = (
    "and april august baker best bishop black board bond brown chair child children church city cook day "
    "early england faith field friday good grace green grey hackney hall hill home hope house july june "
    "king lane law lead little london long manager march may member monday noble of park price rose "
    "saturday school strong sunday the thursday tuesday ward wednesday week white wood woods young"
)
_ORDINARY = (
    "a about abuse academies academy across acute adolescent adult after all alternative an and and/or "
    "another antenatal any appeal are as ask at attend attended attending attends back be been before "
    "best between big birth boarding borough both busy by care central change changed changes changing "
    "child child's children children's city civil command community contact council country county "
    "crime criminal cross crown current day dependency designated different difficult discuss don't "
    "each early easy education elective electoral emergency every existing faith family feeder first "
    "for form former free from front further gangs general good grammar had has have he health her "
    "hiding high high-street his home hospital hospital's housing how if improve in in-patient "
    "in-school independent industrial infant infants inpatient integrated intensive into investigation "
    "is isolation it its junior labour large last learning leave leaves left link local long lower "
    "magistrates main mainstream maintained many market mash maternity medical meeting mental middle "
    "missed missing more most my named national near nearby neonatal new next nhs no non-maintained "
    "not nursery of off old on one online only open or other our out outstanding over own paediatric "
    "parents pediatric police policy postnatal pre previous primary prison private psychiatric public "
    "pupil quality quiet real referral regional residential resource resourced response right royal "
    "safe safeguarding safer same school schools second secondary separate she short side single sixth "
    "small some speak special specialist staff start started starts state strategic stroke summer "
    "support supreme surgical tell that that's the their these they think this those through to town "
    "training trust two under upper virtual visit visited was we welcome were what when where which "
    "who whole why winter with within work workplace wrong you your youth"
)
_ABBREVIATIONS = "ad aka am asap bc cf dob dod eg eu gp ie nb nhs ni ok pa pm ps pto qv rsvp uk un us usa"
_SHORT_WORDS = (
    "a all am an and any are as asd ask at be but by can cdr cin cla cp cpp csa cse da did do dsl dv ehc "
    "fgm for get got gp gps had has her him his how hv i id if in iq is it its lac law led may new nhs "
    "no not of off on one or our out own plo saw scr sen so sw tac taf the to too two uk up us was we "
    "who why yes you"
)
_AFTER_CHILD = (
    "abduction abuse act adolescent advocacy and arrangements assessment at bank benefit bereavement "
    "blues box boxes buddy bullying can care carers centre centred centres clinic clinics community "
    "conference contact criminal cruelty death deaths development did disability does education "
    "employment engagement experience experiences exploitation family first focus focused friendly group "
    "groups guidance had has health house how impact in is looked loss maintenance marriage massage may "
    "mental milk mind minder missing monitor must needs neglect not of on online or pathway placement "
    "poverty practice practitioner protection psychology psychotherapy rearing refugee rights room safe "
    "safeguarding safety sensory services sex sexual should sleep smile social speech steps support "
    "surveillance the to trafficking victims voice was weaning weighing welfare wellbeing what when "
    "where who why will with witness work young"
)
_FIELD = (
    "ae cp cv da dc di ds dv ed eg eh eu fe gp hq hr hv id ie ii iq it iv la ld mh mp nb ok ot pc pe "
    "pr qa re sn sw ta tb tv uk un us"
)
_SHOUTED = "am an as at be by do go he if in is it me my no of on or so to up us we"
_OPENERS = (
    "abuse banks case chance chase close cross dear foster grant hands head hunt judge just keen key "
    "light love major marks nurse page pass peace power price quick rich rush sharp short small smart "
    "speed spring street summers waters well wells west wild winter wise worth wright young"
)
_GIVEN = (
    "albert amber angel art autumn bill chance charity chase chelsea china christian dawn eve florence "
    "frank george grace grant guy homer hunter india iris ivy jordan joy justice kenya mark mason "
    "melody mercy olive paris pat penny rich robin rose ruby summer sue victoria violet will"
)

#: What stands before a name.
TITLES = frozenset(_TITLES.split())
#: Family names that are words of every briefing.
COMMON = frozenset(_COMMON.split())
#: Before “school”, “ward” or “street”, these name none.
ORDINARY = frozenset(_ORDINARY.split())
#: What is written with points and is nobody’s initials.
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
#: Words of up to three letters, and what the field writes in capitals, that are no pseudonyms.
SHORT_WORDS = frozenset(_SHORT_WORDS.split())
#: Two capitals by which the field shortens a post, a service or a plan, and that are nobody’s initials.
FIELD = frozenset(_FIELD.split())
#: Two letters that are a word, where the words around are in capitals too.
SHOUTED = frozenset(_SHOUTED.split())
#: Family names that are also words with which a sentence begins.
OPENERS = frozenset(_OPENERS.split())
#: Given names that mean something else just as well.
GIVEN = frozenset(_GIVEN.split())
#: What follows “Child” with a capital and is no name.
AFTER_CHILD = frozenset(_AFTER_CHILD.split())
