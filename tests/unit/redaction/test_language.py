"""sallyport.redaction.language: what a text is written in, told by its smallest words."""

import pytest

from sallyport.redaction.language import LONGEST, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The customer says that the card was not with her and you have to call.", "en"),
        ("El cliente dice que la tarjeta está en la oficina y que usted llame para más datos.", "es"),
        ("Le client dit que la carte est dans une enveloppe et nous attend pour les papiers.", "fr"),
        ("Der Kunde sagt, dass die Karte nicht bei ihm ist und wir ihn auch anrufen.", "de"),
        ("Il cliente dice che la carta non è nella busta e sono con lui per una firma.", "it"),
        ("O cliente diz que não está com o cartão e uma pessoa do banco foi para a loja.", "pt"),
        ("De klant zegt dat het niet op de kaart staat en wij zijn met hem voor een brief.", "nl"),
        ("Klient mówi, że nie jest na miejscu, ale do banku się wybiera oraz tak jak pan.", "pl"),
        ("Kunden säger att det är för sent och att jag kan komma till banken.", "sv"),
        ("Müşteri için bir kart ve çok daha fazla belge ile geldi ama sonra gitti.", "tr"),
    ],
)
def test_a_sentence_tells_its_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "Ada Lovelace", "Regards, Ada", "12 4711 -- 99", "de la", "Иван Петров и Анна"])
def test_a_few_words_tell_none(text):
    assert language_of(text) is None


def test_only_the_beginning_is_read():
    assert language_of("x" * LONGEST + " the of and to is was with for that you are") is None
