"""Which 8-bit encoding an old text in Latin or Cyrillic script is written in, decided by the letters languages use.

Statistical detectors need long runs of letters beyond ASCII; a page of German, a few curly quotes or one Russian word
give them too little, and they answer with an encoding of another continent. Here an encoding wins when the letters it
yields make up one language's alphabet. Knows nothing of other scripts: `legacy_encoding` then answers None.
"""

from __future__ import annotations

import re

_WESTERN = (
    "",  # English: punctuation only
    "äöüß",
    "àâæçéèêëîïôœùûüÿ",
    "áéíñóúü¿¡ºª",
    "áâãàçéêíóôõú",
    "àèéìíîòóù",
    "æøåéòêó",
    "åäöé",
    "éëïóöü",
    "áðéíóúýþæö",
)
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž")
# The first of equals wins, so the commonest stand first.
_LANGUAGES = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıöşüâîûİ",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "cp850": _WESTERN,
    "mac_roman": _WESTERN,
}
_PUNCTUATION = frozenset("‘’‚“”„–—…«»‹›€£©®™§\xa0")
_AROUND_WORDS = frozenset("“”„‚«»‹›…•€£©®™§°±²³¼½¾×")
_SIGNS = frozenset("•·°±²³µ¼½¾×")
_CYRILLIC = ("cp1251", "koi8-u", "cp866", "iso8859-5")
# Together over half of all letters in Russian, Ukrainian, Bulgarian and Serbian; a wrong reading has few of them.
_COMMON_CYRILLIC = frozenset("оеаинтср")
_HIGH = re.compile("[^\x00-\x7f]")
_HIGH_RUN = re.compile(b"[\x80-\xff]{3,}")
_HIGH_WORD = re.compile(b"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}(?![A-Za-z\x80-\xff])")
_SAMPLE = 262_144
_OCCURRENCES = 4_000


def legacy_encoding(data: bytes) -> str | None:
    """The encoding under which the characters beyond ASCII best fit a single language, or None where none fits."""
    sample = data[:_SAMPLE]
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    in_runs, in_words = (sum(map(len, pattern.findall(sample))) for pattern in (_HIGH_RUN, _HIGH_WORD))
    # Accented letters stand among ASCII ones; in other scripts bytes beyond ASCII make up whole words.
    latin = {encoding: _latin_score(sample, encoding) for encoding in _LANGUAGES}
    best_latin = max(latin, key=lambda encoding: latin[encoding])
    if max(in_runs, in_words) <= 0.5 * high or latin[best_latin] > 0.9 * min(high, _OCCURRENCES):
        return best_latin
    cyrillic = {encoding: _cyrillic_share(sample, encoding) for encoding in _CYRILLIC}
    best_cyrillic = max(cyrillic, key=lambda encoding: cyrillic[encoding])
    return best_cyrillic if cyrillic[best_cyrillic] > 0.45 else None


def _cyrillic_share(data: bytes, encoding: str) -> float:
    """The share of common letters, small ones in full and capitals at a little less, among all beyond ASCII."""
    characters = _HIGH.findall(data.decode(encoding, errors="replace"))
    common = [character for character in characters if character.lower() in _COMMON_CYRILLIC]
    return sum(0.9 if character.isupper() else 1.0 for character in common) / max(1, len(characters))


def _latin_score(data: bytes, encoding: str) -> float:
    text = f" {data.decode(encoding, errors='replace')} "
    punctuation = 0.0
    letters: dict[str, float] = {}
    for count, match in enumerate(_HIGH.finditer(text)):
        if count == _OCCURRENCES:
            break
        at, character = match.start(), match.group()
        inside = text[at - 1].isalpha() and text[at + 1].isalpha()
        if (inside and character in _AROUND_WORDS) or (character.isupper() and text[at - 1].islower()):
            continue  # no language puts these in the middle of a word
        if character in _PUNCTUATION:
            punctuation += 1.0
        elif character in _SIGNS:
            punctuation += 0.25
        elif text[at - 1].isalpha() or text[at + 1].isalpha():
            letters[character] = letters.get(character, 0.0) + 1.0
        else:
            letters[character] = letters.get(character, 0.0) + 0.25  # a word of one letter, or a misread sign
    return punctuation + max(
        sum(letters.get(form, 0.0) for form in {*alphabet, *alphabet.upper()}) for alphabet in _LANGUAGES[encoding]
    )
