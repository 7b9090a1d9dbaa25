"""Records of any kind, made from the types themselves, so that a new field is in every test."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from core.results.records import RunRecord

TEXTS = st.text(max_size=12)
FLOATS = st.floats(-1e9, 1e9) | st.just(-0.0)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)
# What a run can have measured; everything else may be any number.
BOUNDED = {
    "schema": (1, 1),
    "workers": (1, 10_000),
    "worker": (0, 10_000),
    "usable_cpus": (1, 10_000),
    "block": (0, 1_000_000),
    "order": (0, 1_000_000),
    "planned_trials": (0, 1_000_000),
}


def of(kind: msgspec.inspect.Type, name: str = "") -> st.SearchStrategy[Any]:
    """Make values of a type."""
    match kind:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: of(field.type, field.name) for field in fields})
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([of(one, name) for one in types])
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(of(item, name), max_size=2).map(tuple)
        case msgspec.inspect.TupleType(item_types=items):
            return st.tuples(*(of(item) for item in items))
        case msgspec.inspect.DictType(value_type=value):
            return st.dictionaries(TEXTS, of(value), max_size=2)
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.IntType():
            low, high = BOUNDED.get(name, (0, 2**53))
            return st.integers(low, high)
    simple: dict[type, st.SearchStrategy[Any]] = {
        msgspec.inspect.FloatType: FLOATS,
        msgspec.inspect.StrType: TEXTS,
        msgspec.inspect.BoolType: st.booleans(),
        msgspec.inspect.NoneType: st.none(),
        msgspec.inspect.AnyType: PLAIN,
    }
    return simple[type(kind)]


RECORDS: st.SearchStrategy[RunRecord] = of(msgspec.inspect.type_info(RunRecord))
