import pytest

from sleeptime.index.annotations import normal_type, returned_type


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"Foo"', "Foo"),
        ("Optional[Foo]", "Foo"),
        ("t.Optional['pkg.Foo']", "pkg.Foo"),
        ("Foo | None", "Foo"),
        ("Foo | Bar", ""),
        ("list[Foo]", "list"),
        ("Annotated[Foo, 'x']", "Foo"),
        ("type[Foo]", ""),
        ("*pkg.Foo", "pkg.Foo"),
        ("[]Foo", ""),
        ("&'a mut Foo<T>", "Foo"),
        ("Arc<Foo>", "Foo"),
        (": Promise<Foo>", "Foo"),
        ("const Foo&", "Foo"),
        ("", ""),
        ("(" * 500, ""),
    ],
)
def test_a_type_is_the_name_whose_members_it_has(text, name):
    assert normal_type(text) == name


@pytest.mark.parametrize(
    ("signature", "language", "name"),
    [
        ("def f(a: int) -> Foo", "python", "Foo"),
        ("def f()", "python", ""),
        ("def f(g: Callable[[], int])", "python", ""),
        ("f(a: number): Foo", "typescript", "Foo"),
        ("func (s *S) F(a int) *Foo", "go", "Foo"),
        ("pub fn f(&self) -> Foo<T>", "rust", "Foo"),
        ("public static Foo f(int a)", "java", "Foo"),
        ("const Foo *f(int a)", "c", "Foo"),
    ],
)
def test_a_declared_result_is_found_where_the_language_writes_it(signature, language, name):
    assert returned_type(signature, language) == name
