"""What must agree between the trainer's bundle, the lessons and the exercises."""

from collections.abc import Collection, Iterator

from pcapra_lab.content.bundle import BundleRecipe
from pcapra_lab.content.level import Level
from pcapra_lab.content.lint_exercise import twice
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.strict_yaml import Loaded


def lint_bundle(loaded: Loaded[BundleRecipe], lessons: Collection[str]) -> Iterator[Problem]:
    """Problems of the bundle's manifest.

    Args:
        lessons: every lesson that a module lists, written or not yet, as ``module/lesson``.
    """
    products = loaded.model.products
    for i in twice(product.id for product in products):
        yield loaded.problem(("products", i, "id"), f"produit {shown(products[i].id)} en double")
    places = [(i, j) for i, product in enumerate(products) for j in range(len(product.files))]
    names = [products[i].files[j].name for i, j in places]
    for k in twice(names):
        i, j = places[k]
        message = f"fichier {shown(names[k])} en double"
        yield loaded.problem(("products", i, "files", j, "name"), message)
    for i, product in enumerate(products):
        for j, file in enumerate(product.files):
            if file.url is None and file.how is None:
                message = "« url », ou « how » qui dit au formateur comment l'obtenir, est attendu"
                yield loaded.problem(("products", i, "files", j), message)
        for j in twice(product.unlocks):
            message = f"leçon {shown(product.unlocks[j])} en double"
            yield loaded.problem(("products", i, "unlocks", j), message)
        for j, lesson in enumerate(product.unlocks):
            if lesson not in lessons:
                message = f"aucune leçon {shown(lesson)}" + suggestion(lesson, lessons)
                yield loaded.problem(("products", i, "unlocks", j), message)


def lint_products(
    loaded: Loaded[Exercise], bundle: Loaded[BundleRecipe] | None
) -> Iterator[Problem]:
    """Problems of the products that an exercise names."""
    exercise = loaded.model
    products = {product.id: product for product in bundle.model.products} if bundle else {}
    for i in twice(exercise.bundle):
        yield loaded.problem(("bundle", i), f"produit {shown(exercise.bundle[i])} en double")
    for i, name in enumerate(exercise.bundle):
        if name not in products:
            message = f"aucun produit {shown(name)} dans bundle.yaml" + suggestion(name, products)
            yield loaded.problem(("bundle", i), message)
        elif exercise.lesson not in products[name].unlocks:
            message = f"bundle.yaml ne dit pas que {shown(name)} ouvre {shown(exercise.lesson)}"
            yield loaded.problem(("bundle", i), message)
    if exercise.bundle and exercise.topology is None:
        yield loaded.problem(("bundle",), "sans machines, un lot du formateur ne sert à rien")
    if exercise.level is Level.REEL_BUNDLE and not exercise.bundle:
        message = "le niveau reel-bundle demande « bundle » : les produits sans lesquels rien "
        yield loaded.problem(("level",), message + "n'est noté")
