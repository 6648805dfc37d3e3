"""sallyport.explaining: the model is told once what the tokens are."""

from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.embedding import EmbeddingRequest
from sallyport.explaining import NOTE, explained
from sallyport.redaction.finding import TYPES
from sallyport.redaction.placeholder import literal_pattern


def said(role, *texts):
    return Turn(role=role, blocks=tuple(Text(text=text) for text in texts))


def asks(*turns):
    return ChatRequest(turns=turns)


def test_it_ends_the_system_prompt():
    begun = said(Role.SYSTEM, "You draft letters."), said(Role.SYSTEM, "Be brief.", "Be kind.")
    rest = said(Role.USER, "Write."), said(Role.SYSTEM, "Now in French.")
    told = explained(asks(*begun, *rest))
    assert told == asks(begun[0], said(Role.SYSTEM, "Be brief.", "Be kind.", NOTE), *rest)


def test_it_is_the_system_prompt_where_there_is_none():
    assert explained(asks(said(Role.USER, "Hi"))) == asks(said(Role.SYSTEM, NOTE), said(Role.USER, "Hi"))
    assert explained(asks()) == asks(said(Role.SYSTEM, NOTE))


def test_a_vector_is_of_its_text_alone():
    request = EmbeddingRequest(texts=("Hi",))
    assert explained(request) is request


def test_the_note_holds_no_token():
    assert not literal_pattern(TYPES).search(NOTE)
