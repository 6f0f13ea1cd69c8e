"""Arithmetic that an author writes and the program evaluates: exact, bounded, never ``eval``.

A whitelist of syntax nodes over rational numbers, rather than a library: the language is four
operations, powers, comparisons and six functions; floats, which the libraries compute with, would
make « 99.9 % of a month » miss 43.2 by some bits; and nothing here can look an attribute up.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from math import ceil, floor, isfinite

from pcapra_lab.i18n import _

MAX_LENGTH = 200
"""Characters of a formula."""
_MAX_EXPONENT = 64
_MAX_BITS = 4096
"""Of a numerator or a denominator: what a reader would never follow, and a loop of powers makes."""

_TEXT = frozenset("'\"\\")
"""What only a text has, and the language has none."""

Value = Fraction | bool

_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., int | Fraction]] = {
    "abs": abs,
    "ceil": ceil,
    "floor": floor,
    "max": max,
    "min": min,
    "round": round,
}


class FormulaError(ValueError):
    """A formula that cannot be read or evaluated; the message says why, in French."""


def variable(parameter: str) -> str:
    """How a formula names a parameter: ``rpo-heures`` is ``rpo_heures`` there."""
    return parameter.replace("-", "_")


def exact(number: float | str) -> Fraction:
    """A decimal number as it is written: 0.1 is one tenth."""
    return Fraction(str(number))


def variables(formula: str) -> set[str]:
    """The names that a formula stands on.

    Raises:
        FormulaError: it cannot be read.
    """
    tree = _parsed(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)
    return {name.id for name in names}


def evaluate(formula: str, values: Mapping[str, Fraction]) -> Fraction:
    """The number that a formula comes to.

    Args:
        values: by parameter, hyphens included.

    Raises:
        FormulaError: it is not of the language, names an unknown parameter, divides by zero, or
            comes to a condition.
    """
    value = _evaluated(formula, values)
    if isinstance(value, bool):
        raise FormulaError(_("un nombre est attendu, pas une condition"))
    return value


def holds(condition: str, values: Mapping[str, Fraction]) -> bool:
    """Whether a condition, such as ``rpo <= 15``, is true. Raises as ``evaluate`` does."""
    value = _evaluated(condition, values)
    if not isinstance(value, bool):
        raise FormulaError(_("une condition est attendue, telle que « rpo <= 15 »"))
    return value


def _evaluated(formula: str, values: Mapping[str, Fraction]) -> Value:
    known = {variable(name): value for name, value in values.items()}
    try:
        return _value(_parsed(formula).body, known)
    except ZeroDivisionError:
        raise FormulaError(_("division par zéro")) from None


def _parsed(formula: str) -> ast.Expression:
    if len(formula) > MAX_LENGTH:
        raise FormulaError(
            _("formule trop longue (plus de {max_length} caractères)").format(max_length=MAX_LENGTH)
        )
    # The parser warns of odd escapes before anybody can refuse the text that holds them.
    if _TEXT.isdisjoint(formula):
        with suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            return ast.parse(formula.strip(), mode="eval")
    raise FormulaError(_("« {formula} » n'est pas une formule").format(formula=formula))


def _value(node: ast.expr, known: Mapping[str, Fraction]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(
            number, bool
        ) and isfinite(number):
            return _bounded(exact(number))
        case ast.Name(id=name):
            return _named(name, known)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, known)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(operand, known)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_number(left, known), _number(right, known))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_number(left, known), _number(right, known)))
        case ast.BoolOp(op=op, values=parts):
            each = [_truth(part, known) for part in parts]
            return all(each) if isinstance(op, ast.And) else any(each)
        case ast.Compare():
            return _compared(node, known)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _truth(test, known) else orelse, known)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _called(name, [_number(arg, known) for arg in args])
    raise FormulaError(
        _("« {unparse} » n'est pas permis dans une formule").format(unparse=ast.unparse(node))
    )


def _compared(node: ast.Compare, known: Mapping[str, Fraction]) -> bool:
    sides = [_number(side, known) for side in (node.left, *node.comparators)]
    if not all(type(op) in _COMPARISONS for op in node.ops):
        raise FormulaError(
            _("« {unparse} » n'est pas permis dans une formule").format(unparse=ast.unparse(node))
        )
    pairs = zip(node.ops, sides, sides[1:], strict=False)
    return all(_COMPARISONS[type(op)](left, right) for op, left, right in pairs)


def _named(name: str, known: Mapping[str, Fraction]) -> Fraction:
    if name not in known:
        told = _list(known) or _("aucun")
        raise FormulaError(
            _("nombre inconnu « {name} » (ceux qui existent : {told})").format(name=name, told=told)
        )
    return known[name]


def _number(node: ast.expr, known: Mapping[str, Fraction]) -> Fraction:
    value = _value(node, known)
    if isinstance(value, bool):
        raise FormulaError(
            _("« {unparse} » est une condition, pas un nombre").format(unparse=ast.unparse(node))
        )
    return value


def _truth(node: ast.expr, known: Mapping[str, Fraction]) -> bool:
    value = _value(node, known)
    if not isinstance(value, bool):
        raise FormulaError(
            _("« {unparse} » est un nombre, pas une condition").format(unparse=ast.unparse(node))
        )
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > _MAX_EXPONENT:
        raise FormulaError(
            _("exposant entier attendu, {max_exponent} au plus").format(max_exponent=_MAX_EXPONENT)
        )
    return _bounded(Fraction(base ** int(exponent)))


def _called(name: str, args: list[Fraction]) -> Fraction:
    if not args or (name not in ("max", "min") and len(args) != 1):
        raise FormulaError(
            _("{name} ne s'emploie pas avec {count} valeur(s)").format(name=name, count=len(args))
        )
    if name in ("max", "min") and len(args) == 1:
        return args[0]
    return Fraction(_FUNCTIONS[name](*args))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise FormulaError(_("nombre démesuré"))
    return value


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
