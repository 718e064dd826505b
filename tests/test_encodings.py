"""Which letters the bytes of a file stand for: declared, marked, guessed, damaged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles.formats import html
from qa.articles.text import clean, decode, mended
from qa.errors import UnreadableFile

CZECH = "Šéf přístavu Žák řekl: „Loď odplula,“ a šel domů."
GREEK = "Είπε η Άννα Ψαρρού ότι το πορθμείο θα μείνει κλειστό."
POLISH = "Łódź: Rada miasta w środę omówiła nowy prom, powiedziała Żaneta Gęś."
RUSSIAN = "Совет города Мирна в среду обсудил новый трамвай."
TURKISH = "İstanbul Büyükşehir Belediyesi çarşamba günü ücretleri artırdı, dedi Işıl Şahin."


def text_of(declared: str, text: str, table: str, *, before: str = "") -> str:
    page = f"<html><head>{before}{declared}<title>x</title></head><body><h1>Tram</h1><p>{text}</p></body></html>"
    return "\n".join(html.read(page.encode(table))[0])


@pytest.mark.parametrize(
    ("declared", "text", "table"),
    [
        ("<meta charset=iso-8859-1>", "“Nobody came,” said Zoë.", "cp1252"),
        ("<meta charset=iso-8859-2>", POLISH, "iso-8859-2"),
        ("<meta charset='iso-8859-7'>", GREEK, "iso-8859-7"),
        ("<meta charset=iso-8859-9>", TURKISH, "cp1254"),
        ("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=koi8-r'>", RUSSIAN, "koi8-r"),
        (
            "<meta http-equiv=content-type content='text/html;charset=shift_jis'>",
            "裁判官は船長の免許を髙くした①。",
            "cp932",
        ),
        ("<meta charset=gb2312>", "法官吊銷了船长一年的执照。", "gb18030"),
        ("<meta charset=euc-kr>", "시의회는 똠방각하를 논의했다.", "cp949"),
    ],
)
def test_a_page_is_read_by_the_table_that_it_declares_as_browsers_do(declared: str, text: str, table: str) -> None:
    assert text in text_of(declared, text, table)


def test_a_declaration_in_xml_or_behind_a_long_script_counts() -> None:
    page = f"<?xml version='1.0' encoding='iso-8859-5'?><html><body><h1>Tram</h1><p>{RUSSIAN}</p></body></html>"
    assert RUSSIAN in html.read(page.encode("iso-8859-5"))[0]
    script = f"<script>{'x' * 9000}</script>"
    assert GREEK in text_of("<meta charset=windows-1253>", GREEK, "cp1253", before=script)


def test_a_mark_at_the_beginning_wins_over_what_is_declared() -> None:
    for table in ("utf-8-sig", "utf-16"):
        assert "Zoë Müller" in text_of("<meta charset=windows-1251>", "Zoë Müller came.", table)


def test_a_page_that_declares_the_wrong_table_is_still_read() -> None:
    assert CZECH in text_of("<meta charset=iso-8859-2>", CZECH, "cp1250")
    assert "Zoë Müller" in text_of("<meta charset=iso-8859-1>", "Zoë Müller came.", "utf-8")
    assert "Zoë Müller" in text_of("<meta charset=utf-8>", "Zoë Müller came.", "cp1252")
    assert "Zoë Müller" in text_of("<meta charset=utf-16>", "Zoë Müller came.", "utf-8")
    assert "Zoë Müller" in text_of("<meta charset=klingon>", "Zoë Müller came.", "utf-8")


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (f"Přístav otevřen\n\n{CZECH} Dvě lodě zůstaly u mola kvůli větru.", "cp1250"),
        (f"{POLISH} Następne posiedzenie odbędzie się w szkole.", "cp1250"),
        (f"Νέο πορθμείο\n\n{GREEK} Η επόμενη συνεδρίαση θα γίνει στο σχολείο.", "iso8859-7"),
        (f"{TURKISH} Yeni ücretler nisan ayında geçerli olacak ve öğrenciler için değişmeyecek.", "cp1254"),
        ("El ayuntamiento aprobó el miércoles el tranvía, según señaló Ana Muñoz. ¿Cuánto costará?", "cp1252"),
        ("Färjan från Mirna är inställd på måndag, säger Åsa Öberg. Nästa möte hålls på höjden.", "cp1252"),
    ],
)
def test_a_table_that_nothing_declares_is_guessed_by_the_language(text: str, table: str) -> None:
    assert decode(text.encode(table)) == text


@pytest.mark.parametrize("table", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_told_without_a_mark(table: str) -> None:
    text = f"Ferry company fined\n\nZoë Müller came. {CZECH}"
    assert decode(text.encode(table)) == text


def test_a_stray_byte_is_read_alone_and_spoils_no_other_letter() -> None:
    text = "“Nobody came,” said Zoë Müller – the café owner."
    stray = b"\x93" + text[1:].encode()
    assert decode(stray) == text
    assert decode(text.encode() + b"\xe2\x80").startswith(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Zoë", "пар", "渡轮", "“no”", "pier", "ﬁve", "é"]), min_size=1), st.integers(0, 1))
def test_every_letter_of_mixed_text_survives(words: list[str], number: int) -> None:
    text = " ".join(["“Müller”", *words])
    assert decode(text.encode() + b" \x93") == text + " “"
    assert decode(text.encode()) == text


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        (
            "â€œNobody came,â€\x9d said ZoÃ« MÃ¼ller â€“ the cafÃ© owner.",
            "“Nobody came,” said Zoë Müller – the café owner.",
        ),
        ("â€œNobody came,â€ said ZoÃ«.", "“Nobody came,” said Zoë."),
        ("RÐµÐ¿Ð¾Ñ€Ñ‚ÐµÑ€ Mirna", "Rепортер Mirna"),
        ("He said itâ€™s 20Â°C at the pier.", "He said it’s 20°C at the pier."),
    ],
)
def test_letters_that_were_read_by_the_wrong_table_are_restored(damaged: str, right: str) -> None:
    assert decode(damaged.encode()) == right


@pytest.mark.parametrize(
    "text",
    [
        CZECH,
        GREEK,
        POLISH,
        RUSSIAN,
        TURKISH,
        "ÅÄÖ: “BJÖRKÖ” — SEÑOR ÁÉÍ, GRÖßE – 5€",
        "Les élèves à « l’école » … voilà",
        "São Paulo: AÇÃO “JÁ” e NÃO…",
        "L’Âge d’or® — œuvre à 5 €",
    ],
)
def test_right_text_is_left_as_it_is(text: str) -> None:
    assert mended(text) == text


def test_ligatures_are_written_as_their_letters() -> None:
    assert clean("The chief ofﬁcer ﬂed the oﬀice of the oﬃcer by the ﬆair.") == (
        "The chief officer fled the office of the officer by the stair."
    )


@pytest.mark.parametrize("content", [b"\xff\xfe" + b"\x00\xd8" * 20 + b"x", bytes(range(1, 9)) * 40])
def test_a_mark_before_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        decode(content)
