"""Whether two words are forms of one name by how they end: Russia and Russian, Moskaus and Moskauer, Москва and Москве.

A root in common is not enough ("Madrid", "Madras"): what is left of both must be endings that stand for each other.
Purely textual; English, German and Russian, in the normal form of names. Knows no names; two that differ as the forms
of one do ("Roman", "Romanian") are told apart by the vocabulary.
"""

from __future__ import annotations

import re
from itertools import product

ROOT = 4  # letters that two forms share at least
SHORTER = 2  # letters of the shorter form, at most, that differ

# Of more than one, of whom, who lives there, what belongs to it, who follows it.
_S = "s es ies en ens em er ers ern erin"
_PEOPLE = "ian ians ese ish ic ics ical ist ists ism"
_THING = "al ial ate ary ity or ors ion ions able ible ive ous ure est ly ed ing ise ised ized"
_CASES = "ий ого ому им ом ая ой ую ое ие их ими"
_SK = " ".join(f"{joint}ск{case}" for joint, case in product(("", "й"), _CASES.split()))
# In each row every ending may stand for every other; "-" is none, and й is и in the normal form of names.
_ROWS = (
    f"- {_S} {_PEOPLE} {_THING} an ans i is ite ites nic tic",
    f"e {_S} {_PEOPLE} {_THING}",
    f"a o {_PEOPLE} an ans",  # Canada, Mexico
    f"y ies er ers ans {_PEOPLE} ial",  # Italy, economy
    "- s ia ic ien",  # Slovak, Arabia
    "ien iens ei e en er ers ern ier iers iern aner anern",  # Spanien, Bulgarien
    "- in innen",  # Kanzlerin
    "er ers ry ries",  # minister
    "er re",  # centre
    "um a ae al",  # bacterium
    "us i",
    "ine al",  # medicine
    "t ts ce cy cies tic",  # democracy, president
    f"- а я о е ы и у ю ой ей ою ею ом ем ам ям ами ями ах ях ов ев ым ыми {_SK}",
    f"а я о е ы и у ю й ь ью ой ей ою ею ом ем ам ям ами ями ах ях ов ев {_SK}",
    f"ия ии ию ией ие {_SK}",
    "ий ый ой ого его ому ему им ым ом ем ая яя ую юю ое ее ые ие ых их ыми ими",
)
_STANDS_FOR = frozenset(
    (one, other)
    for row in _ROWS
    for one, other in product([ending.strip("-").replace("й", "и") for ending in row.split()], repeat=2)
    if not {one, other} <= {"a", "o"}
)
# Those of which a root must end so: "Sachse-n", "Americas", "Deutsch-e", "German-y", and ways of writing Russian names.
_AFTER = (
    ("[aelr]", "- n ns"),
    ("a", "- s n ns ner nern ners"),
    ("e", "- d r rs st"),
    ("o", "r ur rs urs"),
    ("[^\\W\\daeioulns]|isch|ak", "- e"),
    (".{6}", "- s y"),
    ("sk|e", "y i ii ij iy yi yy"),
    ("[oe]", "v w ff"),
)


def inflected(first: str, second: str) -> bool:
    """Whether two names, folded and without accents, are one root with endings that stand for each other."""
    shorter = min(len(first), len(second))
    shared = next((i for i in range(shorter) if first[i] != second[i]), shorter)
    if shared < max(ROOT, shorter - SHORTER):
        return False
    return any(
        (first[root:], second[root:]) in _STANDS_FOR or _after(first[:root], first[root:], second[root:])
        for root in range(shared, ROOT - 1, -1)
    )


def _after(root: str, one: str, other: str) -> bool:
    rests = {one or "-", other or "-"}
    return any(rests.issubset(endings.split()) and re.search(f"(?:{before})$", root) for before, endings in _AFTER)
