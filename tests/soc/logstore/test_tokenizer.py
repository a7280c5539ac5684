"""The tokenizer against its definition, character by character."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from soc.logstore.tokenizer import FIELD_END, LONGEST_WORD, joined, tokenized, tokens
from tests.contract.oracle import words

#: code points of a later Unicode are letters to one library and nothing to the other
_known = st.characters(exclude_categories=("Cs", "Cn", "Co"))
_texts = (
    st.text(_known) | st.text(st.characters(max_codepoint=127)) | st.text("张三ﬁ①Ａé a1._-/|々〇ㄅカ한", max_size=20)
)


@given(_texts)
def test_tokens_are_those_of_the_definition(text: str) -> None:
    assert list(tokens(text)) == words(text)


@given(st.lists(st.none() | _texts, max_size=8))
def test_a_column_is_its_values_one_by_one(texts: list[str | None]) -> None:
    column = tokenized(pl.Series("said", texts, dtype=pl.String))
    assert [None if value is None else tuple(value.split()) for value in column] == [
        None if text is None else tokens(text) for text in texts
    ]


@given(_texts)
def test_stored_words_are_parted_by_one_blank(text: str) -> None:
    stored = tokenized(pl.Series([text]))[0]
    assert stored == " " + "".join(f"{word} " for word in stored.split())


@given(st.lists(st.tuples(st.none() | _texts, st.none() | _texts), max_size=8))
def test_words_of_several_columns_are_those_of_each_with_an_end_between(
    rows: list[tuple[str | None, str | None]],
) -> None:
    columns = [pl.Series([row[place] for row in rows], dtype=pl.String) for place in (0, 1)]
    each = [[text for text in pair if text is not None] for pair in zip(*map(tokenized, columns), strict=True)]
    assert joined(columns).to_list() == [FIELD_END.join(texts) for texts in each]


def test_a_column_longer_than_is_looked_at_together_is_whole() -> None:
    texts = [f"A-{number} b" for number in range(9_000)]
    assert tokenized(pl.Series(texts)).to_list() == [f" a {number} b " for number in range(9_000)]


def test_a_slice_of_a_column_is_read_from_its_own_beginning() -> None:
    column = pl.Series(["Aa-1", "Bb-2", None, "Cc-3"]).slice(1)
    assert tokenized(column).to_list() == [" bb 2 ", None, " cc 3 "]


def test_han_characters_are_words_and_all_else_separates() -> None:
    assert tokens("张三(ZHANG_San)@10.1.2.3，转账１００元") == (
        *("张", "三", "zhang", "san", "10", "1", "2", "3", "转", "账", "100", "元"),
    )


def test_a_word_too_long_for_a_cluster_is_cut() -> None:
    assert [len(part) for part in tokens("x" * (2 * LONGEST_WORD + 5))] == [LONGEST_WORD, LONGEST_WORD, 5]
