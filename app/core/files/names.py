"""Names of files, as other machines write them and as ours keep them."""

import re
import unicodedata

#: Longer names are cut, before their ending.
LONGEST_NAME = 150
LONGEST_ENDING = 8
#: What a file is called that came without a usable name.
UNNAMED = "file"

#: Characters that cannot be seen or that turn the words around them about: with one of them
#: ``gpj.exe`` reads as ``exe.jpg``. Unicode's categories of control, format, surrogate and private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSAFE = re.compile(r'[<>:"|?*]')


def clean_name(name: str | None) -> str:
    """The last part of a name, less everything that could mislead a person or a file system.

    ``..\\\\..\\\\minutes.pdf`` is ``minutes.pdf``.
    """
    plain = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    kept = " ".join(_UNSAFE.sub("_", seen).split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST_NAME:
        kept = (
            f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip()}.{ending}"
            if dot and len(ending) <= LONGEST_ENDING
            else kept
        )
    return kept[:LONGEST_NAME] or UNNAMED
