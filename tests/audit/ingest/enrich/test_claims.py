"""What comments and names say is read where the server reads a comment, and nowhere else; nothing breaks the reader."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.enrich.claims import LONGEST_NAME, LONGEST_STATEMENT, application_says, comments_say, trace_of

TRACE = "5bd66ef5095369c7b0d1f8f4bd33716a"
PARENT = f"00-{TRACE}-c532cb4098ac3dd2-01"
NAMES = st.text(min_size=1, max_size=40).map(str.strip).filter(lambda name: bool(name) and "\x00" not in name)


def commented(**said: str) -> str:
    """A comment as sqlcommenter writes it: sorted keys, percent-encoded values in quotes."""
    return "/*" + ",".join(f"{key}='{quote(value, safe='')}'" for key, value in sorted(said.items())) + "*/"


@given(NAMES)
def test_what_sqlcommenter_wrote_is_read_back(name: str) -> None:
    said = comments_say(f"select 1 {commented(username=name, traceparent=PARENT, route='/x')}")
    assert (said.users, said.trace, said.torn) == ((name[:LONGEST_NAME],), TRACE, False)


@given(NAMES)
def test_a_comment_within_a_string_says_nothing_whatever_the_string_holds(name: str) -> None:
    typed = f"{name}/* user=boss */ -- user=boss".replace("'", "''")
    assert comments_say(f"select * from t where name = '{typed}'").users == ()
    mysql = typed.replace("\\", "\\\\").replace('"', '""')
    assert comments_say(f"select * from t where name = '{mysql}'", mysql=True).users == ()


@given(st.text(alphabet="ab='\"\\/*-$#,;% \n!+", max_size=300), st.booleans())
def test_no_text_breaks_the_reader_or_makes_names_out_of_bounds(text: str, mysql: bool) -> None:
    said = comments_say(text, mysql=mysql)
    assert all(0 < len(one) <= LONGEST_NAME for one in said.users)


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 /* user=zhang */",
        "select 1 /* app=portal, user='zhang' */",
        "/* user=zhang */ select 1",
        "select 'it''s' /* user=zhang */",
        "select E'\\'' /* user=zhang */",
        'select "a""b" /* user=zhang */',
        "select $q$ '' $q$ /* user=zhang */",
        "select 1 -- user=zhang",
    ],
)
def test_a_comment_outside_of_strings_is_read(statement: str) -> None:
    assert comments_say(statement).users == ("zhang",)


@pytest.mark.parametrize(
    "statement",
    [
        "select E'\\'/* user=zhang */'",
        "select $q$ /* user=zhang */ $q$",
        'select "/* user=zhang */"',
        "select '/* user=zhang */",
        "select 1 /*! user=zhang */",
        "select 1 /* superuser=zhang */",
        "select 1 /* app.user=zhang */",
        "select 1 /*route=', user=zhang'*/",
        "select user='zhang' from t",
    ],
)
def test_what_is_no_comment_of_the_application_says_nothing(statement: str) -> None:
    assert comments_say(statement).users == ()


def test_a_backslash_before_a_quote_is_read_as_each_server_reads_it() -> None:
    statement = "select 'a\\' /* user=zhang */ , 'b'"
    assert comments_say(statement).users == ("zhang",)
    assert comments_say(statement, mysql=True).users == ()


@pytest.mark.parametrize("injected", ["/*user='boss'*/ -- ", "/*user='boss'*/ /* ", "/*user='boss'*/ "])
def test_a_comment_slipped_in_before_the_applications_own_is_seen_to_differ(injected: str) -> None:
    said = comments_say(f"select 1 {injected}/*user='zhang'*/")
    assert (set(said.users), said.torn) == ({"boss", "zhang"}, True)


def test_two_traces_are_none() -> None:
    other = PARENT.replace("5bd6", "ffff")
    said = comments_say(f"select 1 {commented(traceparent=PARENT)} {commented(traceparent=other)}")
    assert (said.trace, said.torn) == (None, True)


def test_a_statement_too_long_to_be_a_persons_is_not_read() -> None:
    assert comments_say(f"select {'1,' * LONGEST_STATEMENT} 2 /* user=zhang */").users == ()


def test_a_trace_of_zeros_or_of_another_shape_is_none() -> None:
    assert trace_of(PARENT) == TRACE
    assert [trace_of(one) for one in (PARENT.replace(TRACE, "0" * 32), PARENT[:-1], f"{PARENT}-x", "")] == [None] * 4


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("portal/zhang", ("zhang",)),
        ("zhang@portal", ("zhang@portal", "zhang")),
        ("portal;user=zhang", ("zhang",)),
        ("portal; ver=2; username=zhang", ("zhang",)),
        ("psql", ()),
        ("", ()),
        ("portal/2.0.1", ()),
        ("PostgreSQL JDBC Driver", ()),
        ("DBeaver 21.1 - SQLEditor <Script-1.sql>", ()),
        ("pool/a/b", ()),
    ],
)
def test_an_applications_name_may_name_its_user(name: str, says: tuple[str, ...]) -> None:
    assert application_says(name) == says


@pytest.mark.parametrize(
    ("comment", "route"),
    [
        ("route='%2Fdrivers%2F%3Aid'", "* /drivers/{id}"),
        ("route='drivers/<int:no>/'", "* /drivers/{id}"),
        ("route='^drivers/(?P<no>[0-9]+)$'", "* /drivers/{id}"),
        ("route='/drivers/{no}/cars'", "* /drivers/{id}/cars"),
        ("route='/a',route='/b'", None),
        ("route='/'", None),
        ("route='/app.js'", None),
        (f"route='/{'a' * 200}'", None),
    ],
)
def test_a_route_is_read_as_frameworks_write_it(comment: str, route: str | None) -> None:
    assert comments_say(f"select 1 /*{comment}*/").route == route


def test_a_route_within_a_string_says_nothing() -> None:
    assert comments_say("select '/*route=''/a''*/'").route is None
