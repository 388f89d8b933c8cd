"""Sentences that turn round what their sources say, and sentences that only say it in other words."""

from __future__ import annotations

import pytest

from rag.rules.turned import as_claimed, turned
from rag.words import language_of

CUT = "The ministry explained that NATO had once more reduced the Russian mission to ten people."
ENVOYS = "When NATO began its air war, Russia expelled the alliance's envoys and called its own officials home."
TOLD = "The ministry says that NATO's secretariat was informed of the decision."
FORT = "In 1565 a Spanish force attacked Fort Caroline and killed the French soldiers there."
OFFICERS = (
    "Two officers came: Admiral Guido Venturioni, an Italian and the head of NATO's committee, and General Yury "
    "Baluyevsky, the Russian General Staff's deputy chief."
)
MINISTER = "Kibaki and Odinga signed an agreement by which Odinga would become Kenya's second Prime Minister."
SEALED = "Two weeks after Reykjavik the council was sealed in Rome by the presidents."
ABANO = "Abulqasim (936–1013) pioneered the distillation of oils, and Peter of Abano wrote a supplement."
QUADRANGLE = (
    "North of it stand the Laird Bell Quadrangle (a complex designed by Saarinen), a hall by Mies, and the Regenstein "
    "Library, designed by Netsch."
)
LOAF = "HaileyJohnson: I left a fresh sourdough loaf at your doorstep!"
INDICATOR = "The indicator was made for the inventor of engines, Charles Porter, by John Richard."
GUITAR = "LiHua: I finally have a basement now where I can play my guitar!"
CITIES = "The Mongols destroyed all of the cities with the exceptions of Novgorod and Pskov."
CHLORINE = "It is due to changes in the dairies, where chlorine has replaced iodine."
OXYGEN = "Water with oxygen-16 evaporates faster than water with oxygen-18."


@pytest.mark.parametrize(
    ("sentence", "source", "instead"),
    [
        ("Russia reduced NATO's mission to ten people.", CUT, "NATO reduced"),
        ("Russia has lately reduced the mission of NATO to ten people.", CUT, "NATO reduced"),
        ("The mission was reduced to ten people by Russia.", CUT, "NATO reduced"),
        ("NATO expelled Russia's envoys.", ENVOYS, "Russia expelled"),
        ("NATO informed the ministry of the decision.", TOLD, "NATO was informed"),
        ("Fort Caroline was attacked by French soldiers in 1565.", FORT, "Spanish attacked"),
        ("Admiral Guido Venturioni was a Russian general.", OFFICERS, "Yury Baluyevsky"),
        ("Kibaki became Kenya's second Prime Minister.", MINISTER, "Odinga"),
        ("The council was sealed in Reykjavik.", SEALED, "in Rome"),
        (
            "Water with oxygen-18 evaporates faster than water with oxygen-16.",
            OXYGEN,
            "faster than, the other way round",
        ),
        ("Peter of Abano pioneered the distillation of oils.", ABANO, "Abulqasim pioneered"),
        ("The Laird Bell Quadrangle was designed by Mies.", QUADRANGLE, "designed by Saarinen"),
        ("The Regenstein Library was designed by Saarinen.", QUADRANGLE, "designed by Netsch"),
        ("Li Hua left a sourdough loaf at Hailey's doorstep.", LOAF, "Hailey Johnson left"),
        ("The indicator was made by Charles Porter for John Richard.", INDICATOR, "by John Richard"),
        ("Adam plays the guitar in the basement.", GUITAR, "Li Hua play"),
        ("Pskov is open.", "All cities are open except Pskov.", "except Pskov"),
        ("Pskov was destroyed by the Mongols.", CITIES, "with the exceptions of Novgorod and Pskov"),
        ("The Mongols destroyed Pskov.", CITIES, "with the exceptions of Novgorod and Pskov"),
        ("The dairies replaced chlorine with iodine.", CHLORINE, "replaced, the other way round"),
        ("Chlorine was replaced by iodine in the dairies.", CHLORINE, "replaced, the other way round"),
    ],
)
def test_what_is_turned_round_is_told(sentence: str, source: str, instead: str) -> None:
    (found, *_) = turned(sentence, ["It rained.", source], "en")
    assert (found.instead, found.source) == (instead, 1)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("NATO reduced Russia's mission to ten people.", CUT),
        ("The Russian mission was reduced to ten people by NATO.", CUT),
        ("Russia did not reduce the mission.", CUT),
        ("Moscow expelled the alliance's envoys.", ENVOYS),
        ("The envoys were expelled.", ENVOYS),
        ("NATO was informed of the decision.", TOLD),
        ("A Spanish force attacked Fort Caroline in 1565.", FORT),
        ("Yury Baluyevsky was a Russian general.", OFFICERS),
        ("Guido Venturioni was an Italian.", OFFICERS),
        ("Odinga became Kenya's second Prime Minister.", MINISTER),
        ("Ann is a doctor.", "Ann and Bob are doctors."),
        ("The council was sealed in Rome.", SEALED),
        ("The council was sealed in Reykjavik.", "The council was sealed in Reykjavik, and a club was sealed in Rome."),
        ("Water with oxygen-16 evaporates faster than water with oxygen-18.", OXYGEN),
        ("Wei died in 1347.", "Temür died in 1328."),
        ("Abulqasim pioneered the distillation of oils.", ABANO),
        ("The Laird Bell Quadrangle was designed by Saarinen.", QUADRANGLE),
        ("The Regenstein Library was designed by Netsch.", QUADRANGLE),
        ("Hailey left a sourdough loaf at Li Hua's doorstep.", LOAF),
        ("The indicator was made by John Richard for Charles Porter.", INDICATOR),
        ("Li Hua plays the guitar in the basement.", GUITAR),
        ("The Mongols destroyed all cities except Pskov.", CITIES),
        ("The Mongols destroyed Kiev.", CITIES),
        ("The Mongols spared Pskov.", f"{CITIES} They spared Pskov."),
        ("Pskov and Novgorod escaped the Mongols.", CITIES),
        ("Pskov is a city.", "Except Pskov."),
        ("The cities that were left standing are Novgorod and Pskov.", CITIES),
        ("Verschont wurden die Orte Ulm und Aalen.", "Sie zerstörten alle großen Orte mit Ausnahme von Ulm und Aalen."),
        ("The dairies replaced iodine with chlorine.", CHLORINE),
        ("Iodine was replaced by chlorine in the dairies.", CHLORINE),
        ("She flew from Riga to Rome.", "She flew from Riga to Rome, and back from Rome to Riga."),
        ("The bridge was built by Roebling.", "The bridge, designed by Roebling and built by his son, was opened."),
        ("Hutton read it.", "In 1785 he read it, and Playfair read another."),
        ("Galor and Zeria showed it.", "Galor and Zeira showed it in 1993."),
        ("BSkyB agreed to end it.", "Both BSkyB and Virgin Media agreed to end it."),
        ("Warsaw was the largest city.", "Demographically, it was the largest city."),
        ("The V&A showed eight dresses.", "The V & A showed eight dresses."),
        ("The National Football League expelled the club.", "The NFL expelled the club."),
    ],
)
def test_what_is_said_in_other_words_is_left_alone(sentence: str, source: str) -> None:
    assert turned(sentence, [source], "en") == ()


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Did NATO reduce the mission?", "NATO did reduce the mission."),
        ("Was Venturioni a general?", "Venturioni was a general."),
        ("Was the meeting in 2016 called by Russia?", "the meeting in 2016 was called by Russia."),
        ("Did the Russian mission close?", "Did the Russian mission close?"),
        ("Is it late?", "Is it late?"),
        ("Why was it late?", "Why was it late?"),
    ],
)
def test_a_question_in_the_order_of_a_claim(question: str, claim: str) -> None:
    assert as_claimed(question) == claim


@pytest.mark.parametrize(
    ("sentence", "instead"),
    [
        ("Der Indikator wurde von Charles Porter für John Richard entwickelt.", "von John Richard"),
        ("Der Indikator wurde von John Richard für Charles Porter entwickelt.", None),
    ],
)
def test_names_behind_german_prepositions(sentence: str, instead: str | None) -> None:
    source = "Der beste Indikator wurde für den Erfinder der Maschine, Charles Porter, von John Richard entwickelt."
    assert [found.instead for found in turned(sentence, [source], "de")] == ([instead] if instead else [])


def test_who_made_what_stands_in_apposition_is_no_other() -> None:
    sources = (
        "Jonas Lind was contracted in 1955, and the Hale Quadrangle was designed by Lind.",
        "They include the Marlow Library, the largest on campus, a concrete tower designed by Peter Ostrow.",
    )
    assert [one.instead for one in turned("The Marlow Library was designed by Jonas Lind.", sources, "en")] == [
        "designed by Peter Ostrow"
    ]
    assert not turned("The Marlow Library was designed by Peter Ostrow.", sources, "en")


def test_he_is_whom_the_sentence_begins_with() -> None:
    source = "Sweyn hastily gathered his followers, but he was decisively defeated in the battle of Nisa."
    sentence = "Harald was decisively defeated by Sweyn in the battle of Nisa."
    assert [one.instead for one in turned(sentence, [source], "en")] == ["Sweyn was defeated"]
    assert not turned("Sweyn was decisively defeated in the battle of Nisa.", [source], "en")
    other = "Sweyn met Harald there, but he was decisively defeated in the battle of Nisa."
    assert not turned(sentence, [other], "en")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The tower is taller than the church.", "The church is taller than the tower."),
        ("The ferry was much slower than the train.", "The train was slower than the ferry."),
        ("Cats are more common than dogs.", "Dogs are more common than cats."),
        ("Der Turm ist höher als die Kirche.", "Die Kirche ist höher als der Turm."),
    ],
)
def test_things_are_compared_the_other_way_round(sentence: str, source: str) -> None:
    assert turned(sentence, [source], language_of(source))
    assert not turned(source, [source], language_of(source))
