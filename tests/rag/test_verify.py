"""The verdict on a sentence: one invented fact is enough, and every shortcoming is told in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.cite import Citer, Evidence, sources_of
from rag.facts import facts, stands_in
from rag.verify import Verdict, verdict
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits, part

SOURCE = "On 6 October NATO expelled eight envoys and cut the Russian mission from 20 members to 10, said Stoltenberg."


def judged(sentence: str, *sources: str, question: str = "", heading: str = "") -> Verdict:
    """The verdict on a sentence with the evidence that is found for it."""
    evidence = Citer(hits(*(sources or (SOURCE,)), heading=heading), HashingEncoder()).evidence(sentence, question)
    return verdict(sentence, evidence, question)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(SOURCE, id="copied"),
        pytest.param(
            "On October 6, NATO expelled 8 envoys and cut the Russian mission from twenty members to ten.",
            id="spelt otherwise",
        ),
        pytest.param("NATO cut Russia's mission from 20 members to 10 and expelled eight envoys.", id="turned round"),
    ],
)
def test_what_the_source_states_is_supported(sentence: str) -> None:
    found = judged(sentence)
    assert found.support == "supported"
    assert found.reasons == ()
    assert found.near


@pytest.mark.parametrize(
    ("said", "spoiled", "named"),
    [
        pytest.param("eight", "nine", "nine", id="number in words"),
        pytest.param("20", "30", "30", id="number in digits"),
        pytest.param("October", "November", "November", id="month"),
        pytest.param("On 6", "On Tuesday 6", "Tuesday", id="weekday"),
        pytest.param("6 October", "6 October 1999", "1999", id="year"),
        pytest.param("Stoltenberg", "Rasmussen", "Rasmussen", id="name"),
        pytest.param("NATO", "OSCE", "OSCE", id="abbreviated name"),
        pytest.param("Russian", "German", "German", id="nationality"),
    ],
)
def test_one_fact_that_the_source_lacks_makes_a_copied_sentence_unsupported(
    said: str, spoiled: str, named: str
) -> None:
    assert said in SOURCE
    found = judged(SOURCE.replace(said, spoiled))
    assert found.support == "unsupported"
    assert any(f"“{named}”" in reason for reason in found.reasons)
    assert found.score < judged(SOURCE).score


def test_every_invented_fact_is_named() -> None:
    found = judged(SOURCE.replace("eight", "nine").replace("Stoltenberg", "Rasmussen"))
    assert len(found.reasons) == 2


def test_a_year_of_the_question_alone_makes_it_partial_and_says_so() -> None:
    sentence = SOURCE.replace("6 October", "6 October 2021")
    found = judged(sentence, question="What did NATO do in 2021?")
    assert found.support == "partial"
    (reason,) = found.reasons
    assert "“2021”" in reason
    assert "question" in reason
    assert judged(sentence, question="What did NATO do?").support == "unsupported"


def test_a_name_of_the_question_alone_is_not_excused() -> None:
    found = judged(SOURCE.replace("Stoltenberg", "Rasmussen"), question="What did Rasmussen say?")
    assert found.support == "unsupported"


def test_a_name_that_the_question_misspells_makes_it_partial_and_tells_the_right_one() -> None:
    sentence = SOURCE.replace("Stoltenberg", "Stoltenburg")
    found = judged(sentence, question="What did Stoltenburg say?")
    assert found.support == "partial"
    assert found.reasons == ("the question writes “Stoltenburg”, the cited passage “Stoltenberg”",)
    assert judged(sentence, question="What was said?").support == "unsupported"


def test_a_german_noun_of_the_question_alone_makes_it_partial_but_a_name_of_capitals_does_not() -> None:
    source = "Die Brücke über den Fluss Tyne entstand damals und stand lange."
    sentence = "An Orten wie diesem entstand die Brücke über den Fluss Tyne, und sie stand lange."
    assert judged(sentence, source, question="Was entstand an Orten wie diesem?").support == "partial"
    assert judged(sentence, source, question="Was entstand?").support == "unsupported"
    sentence = sentence.replace("Orten", "OSZE")
    assert judged(sentence, source, question="Was baute die OSZE?").support == "unsupported"


def test_a_year_that_both_state_is_supported() -> None:
    sentence = SOURCE.replace("6 October", "6 October 2021")
    assert judged(sentence, sentence, question="What did NATO do in 2021?").support == "supported"


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        ("Adam Smith confirms that the plumber will arrive tomorrow at 10 AM.", "supported"),
        ("Adam Jones confirms that the plumber will arrive tomorrow at 10 AM.", "unsupported"),
        ("AdamSmith confirms that the plumber will arrive tomorrow at 10 AM.", "supported"),
    ],
)
def test_a_name_may_be_written_as_one_word(sentence: str, support: str) -> None:
    source = "AdamSmith: Hey, just wanted to confirm that the plumber will arrive tomorrow at 10 AM."
    question = "When does Adam Smith confirm the plumber will arrive?"
    assert judged(sentence, source, question=question).support == support


@pytest.mark.parametrize(
    ("around", "heading"),
    [
        pytest.param("Stoltenberg spoke to the press. ", "", id="a sentence before"),
        pytest.param("", "Stoltenberg", id="the heading"),
    ],
)
def test_a_name_that_the_passage_gives_around_the_cited_words_counts(around: str, heading: str) -> None:
    pronoun = "He called the step regrettable and hoped for better relations."
    sentence = "He, Stoltenberg, called the step regrettable and hoped for better relations."
    assert judged(sentence, around + pronoun, heading=heading).support == "supported"
    assert judged(sentence, pronoun).support == "unsupported"


PUMPS = "The society met in Leeds, where Anna Whitlock showed her steam pumps to the public. Nobody bought one."


@pytest.mark.parametrize(
    ("cited", "gap", "support"),
    [
        pytest.param("She sold forty pumps to a mine in Cornwall.", 1, "supported", id="she"),
        pytest.param("There she sold forty pumps to a mine in Cornwall.", 1, "supported", id="there"),
        pytest.param("Somebody sold forty pumps to a mine in Cornwall.", 1, "unsupported", id="nobody looks back"),
        pytest.param("She sold forty pumps to a mine in Cornwall.", 1600, "unsupported", id="too far"),
        pytest.param("She sold forty pumps to a mine in Cornwall.", -500, "unsupported", id="behind it"),
    ],
)
def test_a_sentence_that_looks_back_means_what_was_read_before_it(cited: str, gap: int, support: str) -> None:
    before, after = hits(PUMPS, cited)
    start = before.passage.end + gap
    passage = replace(
        after.passage, document_id=before.passage.document_id, start=start, end=start + len(after.passage.text)
    )
    sentence = "Forty pumps were sold by Whitlock to a mine in Cornwall."
    read = sources_of([before, replace(after, passage=passage)])
    missing = tuple(fact for fact in facts(sentence) if not stands_in(fact, cited))
    evidence = Evidence((read[-1],), similarity=0.9, coverage=0.8, missing=missing, read=read)
    assert verdict(sentence, evidence, "").support == support


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        pytest.param("In the United States most pumps run on steam.", "supported", id="USA"),
        pytest.param("In the United Kingdom most pumps run on steam.", "unsupported", id="another one"),
        pytest.param("In the United States Navy most pumps run on steam.", "unsupported", id="a word beyond"),
    ],
)
def test_a_name_of_several_words_stands_where_its_first_letters_do(sentence: str, support: str) -> None:
    assert judged(sentence, "In the USA most pumps run on steam.").support == support


@pytest.mark.parametrize(
    ("read", "support"),
    [
        pytest.param("The engineer James Watt was born in Greenock.", "supported", id="read in full"),
        pytest.param("The engineer Robert Watt was born in Greenock.", "unsupported", id="another first name"),
        pytest.param("The engineer James Black was born in Greenock.", "unsupported", id="another last name"),
    ],
)
def test_a_name_may_be_written_in_full_as_it_was_read_elsewhere(read: str, support: str) -> None:
    cited = "Latent heat was discovered independently by Watt."
    assert judged("Latent heat was discovered independently by James Watt.", cited, read).support == support


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param("The office did not move.", "The office moved.", id="the answer denies"),
        pytest.param("The office reopened in spring.", "The office never reopened in spring.", id="the source denies"),
        pytest.param("Das Büro wurde nicht geöffnet.", "Das Büro wurde geöffnet.", id="in German"),
    ],
)
def test_a_denial_on_one_side_only_is_unsupported(sentence: str, source: str) -> None:
    found = judged(sentence, source)
    assert found.support == "unsupported"
    assert any("den" in reason for reason in found.reasons)
    assert judged(source, source).support == "supported"


def test_the_contrary_of_what_the_source_says_is_unsupported_and_shown() -> None:
    source = "The council opposed the new mill because its wheel made the river shallow."
    found = judged("The council liked the new mill because its wheel made the river shallow.", source)
    assert found.support == "unsupported"
    assert found.reasons == ("where the sentence says “liked”, the cited passage says “opposed”",)
    assert [other.text for other in found.otherwise] == [source]


def test_what_the_passages_do_not_speak_of_is_unsupported_and_not_worth_a_footnote() -> None:
    found = judged("penguins swim under antarctic ice while hunting krill")
    assert found.support == "unsupported"
    assert found.reasons
    assert not found.near


def test_an_invention_leads_to_its_source_only_where_that_is_about_the_same_thing() -> None:
    assert judged(SOURCE.replace("20", "30")).near
    assert not judged("Angela Merkel paid 40 million dollars for penguins in Paris.").near


def test_without_sources_a_claim_is_unsupported() -> None:
    found = verdict("It opened.", Citer((), HashingEncoder()).evidence("It opened."), "")
    assert (found.support, found.score, found.near) == ("unsupported", 0, False)
    assert found.reasons


@pytest.mark.parametrize("sentence", ["It is.", "And so on:", "In short:", "—"])
def test_a_sentence_without_content_claims_nothing(sentence: str) -> None:
    found = judged(sentence)
    assert not found.claim
    assert found.support == "supported"


@pytest.mark.parametrize("sentence", [SOURCE, "NATO did.", "Penguins swim.", SOURCE.replace("20", "30"), "It is."])
def test_a_verdict_that_is_not_full_support_says_why_and_scores_are_probabilities(sentence: str) -> None:
    found = judged(sentence)
    assert 0 <= found.score <= 1
    assert (found.support == "supported") == (found.reasons == ())


def test_what_says_otherwise_is_shown_where_it_is_about_the_same_thing() -> None:
    found = judged(SOURCE.replace("20", "30"))
    assert [source.text for source in found.otherwise] == [SOURCE]
    assert "“20”" in found.reasons[0]
    assert judged(SOURCE.replace("expelled", "did not expel")).otherwise
    assert judged(SOURCE).otherwise == ()
    assert judged("Angela Merkel paid 40 million dollars for penguins in Paris.").otherwise == ()


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        pytest.param("Stoltenberg said that NATO expelled eight envoys.", "supported", id="a name that was read"),
        pytest.param("Rasmussen said that NATO expelled eight envoys.", "unsupported", id="a name of nowhere"),
        pytest.param("Members of the Russian mission were cut from 20 to 10.", "supported", id="no name"),
    ],
)
def test_a_name_that_opens_the_sentence_is_looked_for(sentence: str, support: str) -> None:
    assert judged(sentence).support == support


def test_words_about_the_answer_itself_claim_nothing() -> None:
    assert judged("According to the passage, the answer is eight envoys.").support == "supported"


CHAT = (
    "Time: 20260814_15:00\n"
    "AnnLee: What helps after a long game? I am tired.\n"
    "JakeWatson: A good question. Try to grab a snack with carbs and protein, like a banana. Just a small one.\n"
    "AnnLee: I remember your favourite game is chess."
)


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        pytest.param(
            "JakeWatson suggests trying to grab a snack with carbs and protein, like a banana.",
            "supported",
            id="theirs",
        ),
        pytest.param(
            "Bronwyn suggests trying to grab a snack with carbs and protein, like a banana.", "unsupported", id="else's"
        ),
        pytest.param("Just a small one.", "supported", id="an opening word is no name"),
        pytest.param("JakeWatson's favourite game is chess.", "supported", id="who is spoken to"),
        pytest.param("AnnLee was tired on August 14, 2026.", "unsupported", id="a day that only another line states"),
    ],
)
def test_what_somebody_says_in_a_conversation_is_theirs(sentence: str, support: str) -> None:
    assert judged(sentence, CHAT).support == support


@pytest.mark.parametrize(
    ("said", "support", "why"),
    [
        (
            "The new ambassador to Belgium is Sergei Lavrov, through whom all messages pass from now on.",
            "partial",
            "“Sergei” and what was asked about stand in different sentences; none says both",
        ),
        (
            "The new ambassador to Belgium is Sergei Lavrov.",
            "unsupported",
            "“Sergei” stands only where other things are told than what was asked",
        ),
    ],
)
def test_what_is_joined_from_two_sentences_is_not_supported(said: str, support: str, why: str) -> None:
    found = judged(
        said,
        "From now on all messages pass through the new ambassador to Belgium.",
        "The minister Sergei Lavrov told the old ambassador on Monday.",
        question="Who is the new ambassador to Belgium?",
    )
    assert (found.support, found.reasons) == (support, (why,))


def test_what_somebody_else_said_is_not_what_the_cited_one_said() -> None:
    found = judged(
        "Frank-Walter Steinmeier insisted that things could not be business as usual.",
        "Frank-Walter Steinmeier said that nobody had expected a simple meeting of ministers.",
        "Things could not be business as usual, the other minister said.",
        question="Who insisted that things could not be business as usual?",
    )
    assert found.support != "supported"


def test_whom_he_speaks_of_may_be_named_before() -> None:
    named = "Dmitry Danilov heads a department and partly agrees."
    warned = "But he warns that closing the lines shuts windows of opportunity."
    text = f"{named} {warned}"
    (whole,) = hits(text)
    read = (part(whole, text.index(warned), len(text)), part(whole, 0, len(named)))
    said = "Dmitry Danilov warns that closing the lines shuts windows of opportunity."
    question = "Who warns that closing the lines shuts windows of opportunity?"
    evidence = Citer(read, HashingEncoder()).evidence(said, question)
    found = verdict(said, evidence, question)
    assert found.support == "supported", found.reasons
    other = said.replace("Dmitry Danilov", "Sergei Lavrov")
    assert verdict(other, Citer(read, HashingEncoder()).evidence(other, question), question).support == "unsupported"


def test_who_is_quoted_may_be_named_before() -> None:
    text = "Dmitry Danilov heads a department. “We will see. It will be quite difficult to return to this state."
    said = "Dmitry Danilov says that it will be quite difficult to return to this state."
    evidence = Citer(hits(text), HashingEncoder()).evidence(said, "")
    assert verdict(said, evidence, "").support == "supported"


def test_he_stands_in_the_place_of_his_name() -> None:
    text = (
        "Kublai Khan ruled from Khanbaliq. He restored the Imperial Secretariat and left the local structure unchanged."
    )
    said, question = "Kublai left the local structure unchanged.", "What did Kublai leave unchanged?"
    evidence = Citer(hits(text), HashingEncoder()).evidence(said, question)
    assert verdict(said, evidence, question).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "other", "support"),
    [
        ("The mill of Brookfield is older than the bridge of Brookfield.", "", "partial"),
        ("The mill of Brookfield is more recent than the bridge of Brookfield.", "", "partial"),
        ("The mill of Brookfield is older than the bridge of Brookfield.", "It is older than the bridge.", "supported"),
        ("The mill of Brookfield of 1911 has more than 20 wheels.", "", "supported"),
        ("The mill of Brookfield, rather than the bridge, is of 1911.", "", "supported"),
    ],
)
def test_a_comparison_that_nothing_makes_is_supported_in_part(sentence: str, other: str, support: str) -> None:
    mill, bridge = "The mill of Brookfield is of 1911 and has 20 wheels.", "The bridge of Brookfield is of 1950."
    found = judged(sentence, mill, bridge, *([other] if other else []))
    assert found.support == support
    assert ("nothing that was read compares the two" in found.reasons) == (support == "partial")


@pytest.mark.parametrize(
    ("source", "heading", "support"),
    [
        ("On October 6 NATO closed the office.", "", "partial"),
        ("On October 6, 2015 NATO closed the office.", "", "supported"),
        ("On October 6 NATO closed the office.", "Closings in 2015", "supported"),
    ],
)
def test_a_day_and_a_year_from_two_sentences_are_no_date(source: str, heading: str, support: str) -> None:
    other = "It was the third office closed by NATO after those of 2015 and 2018."
    found = judged("NATO closed the office on October 6, 2015.", source, other, heading=heading)
    assert found.support == support
    assert ("stand in different sentences" in " ".join(found.reasons)) == (support == "partial")
