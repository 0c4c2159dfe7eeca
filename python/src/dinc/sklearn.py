"""dinc's models as a classifier of scikit-learn, for `cross_val_score`, `GridSearchCV` and `Pipeline`."""

from __future__ import annotations

import io
import numbers
import os
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d, validate_data
except ImportError as error:
    raise ImportError(
        f"dinc.sklearn needs scikit-learn 1.6 or newer: pip install 'dinc[sklearn]' ({error})"
    ) from None

from ._temporary import temporary_folder
from .checks import is_path
from .drafts import init
from .errors import UsageError
from .frames import is_rows, with_column
from .model import Model
from .run import Run

if TYPE_CHECKING:
    import numpy.typing as npt

    from ._requests import Settings
    from .frames import Rows

_PARAM = "params__"


class Ranker(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that trains a model of dinc: rows of X, with one of two classes in y.

    >>> ranker = Ranker(spec, epochs=3)
    >>> cross_val_score(ranker, clicks.drop(columns="click"), clicks["click"], scoring="roc_auc")

    X is a DataFrame of pandas or polars or a table of pyarrow, with the columns that the spec reads, or an array, whose
    columns are called `x0`, `x1`, …. Further columns are ignored, unless a setting or a metric names them. Histories are
    columns of lists, and missing values are allowed where the spec allows them. The second of the sorted classes in y is
    what the label's 1 stands for.

    Parameters
    ----------
    spec : the text of a spec, a `Model`, or the path of a file (a `Path`, or a text that ends with `.din`). The
        prediction must be `binary`; for other labels use `Model.train`. Without a spec, `fit` drafts one from the rows, as
        `dinc.init` does.
    label : the label that y has, if the spec has several. X has the others in `fit`, and in `predict` too, since
        scikit-learn wants the same columns there.
    params : values of the spec's params by name, which are also parameters of the estimator:
        `GridSearchCV(ranker, {"params__rate": [1e-3, 1e-2]})`.
    variant : the name of a variant in the spec.
    epochs, batch, learning_rate : as in `train` of the spec, whose values they replace.
    validation_fraction : the share of the last rows by which the best epoch is chosen; by default no rows are kept aside,
        and the last epoch counts. Sort rows by time before: rows drawn at random have histories with the clicks of training
        rows. `fit(…, eval_set=…)` takes other rows, and `settings` other ways.
    settings : further settings of dinc.yaml, as a dict or a path.
    random_state : the seed. None is the default seed of dinc, so that the same rows give the same weights.
    threads : the number of threads of a training or a prediction. Where scikit-learn works with several processes
        (`n_jobs`), each has a process of Node.js.
    verbose : 1 shows the progress of trainings and predictions, as those of a `Model` do; 0 shows nothing.

    Attributes
    ----------
    label_ : the label that y has.
    run_ : the `Run`, in a temporary folder that lives as long as it. `run_.save` keeps it, `run_.compile` compiles it.
    classes_ : the two classes of y, sorted.
    n_features_in_, feature_names_in_ : the columns of X in `fit`.

    `score` is the accuracy, as of every classifier of scikit-learn, which says little about clicks: name a metric, such as
    `scoring="roc_auc"`. `fit` takes no groups, as users are a column of X: `cross_val_score(…, groups=X["user_id"],
    cv=GroupKFold())` keeps them apart. It takes no weights of rows either: they are a column of X that the spec names, as in
    `predict click(weight: w)`. A pickle contains the run's folder.
    """

    def __init__(
        self,
        spec: str | os.PathLike[str] | Model | None = None,
        *,
        label: str | None = None,
        params: Mapping[str, Any] | None = None,
        variant: str | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        learning_rate: float | None = None,
        validation_fraction: float | None = None,
        settings: Settings | None = None,
        random_state: int | np.random.RandomState | None = None,
        threads: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.spec = spec
        self.label = label
        self.params = params
        self.variant = variant
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.settings = settings
        self.random_state = random_state
        self.threads = threads
        self.verbose = verbose

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep` also each of `params`, as `params__NAME`."""
        own: dict[str, Any] = super().get_params(deep)
        if deep and isinstance(self.params, Mapping):
            own.update({f"{_PARAM}{name}": value for name, value in self.params.items()})
        return own

    def set_params(self, **params: Any) -> Ranker:
        """Sets parameters; `params__NAME` sets one of the spec's params."""
        of_spec = {name[len(_PARAM) :]: value for name, value in params.items() if name.startswith(_PARAM)}
        super().set_params(**{name: value for name, value in params.items() if not name.startswith(_PARAM)})
        if of_spec:
            self.params = {**(self.params or {}), **of_spec}
        return self

    def fit(self, X: Any, y: Any, *, eval_set: Sequence[Any] | None = None) -> Ranker:
        """Trains on the rows of X with the classes in y.

        `eval_set` is `(X, y)`, or `[(X, y)]`, of rows by which the best epoch is chosen. Raises DincError for mistakes
        in the spec, the settings or the rows, and ValueError for a y without two classes.
        """
        rows, truth = self._labeled(X, y)
        self.classes_ = _two_classes(truth)
        if self.spec is None:
            self.label_ = self.label or str(getattr(y, "name", None) or "y")
            model = init(self._with_label(rows, truth), label=self.label_).model()
        else:
            model = self._model(self.spec)
            self.label_ = _binary_label(model, self.label)
        folder = tempfile.mkdtemp(prefix="ranker-", dir=temporary_folder())
        try:
            self.run_ = model.train(
                self._with_label(rows, truth),
                out=os.path.join(folder, "run"),
                settings=self.settings,
                epochs=self.epochs,
                batch=self.batch,
                learning_rate=self.learning_rate,
                seed=_seed(self.random_state),
                threads=self.threads,
                progress=self._progress(),
                **self._validation(eval_set),
            )
        except Exception:
            # Not after Ctrl-C, as `Stopped.run` is in the folder. That one is removed when Python ends.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _remove_with(self.run_, folder)
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probabilities of both classes: [rows, 2]."""
        hits = self._scores(X, "probability")
        return np.column_stack([1 - hits, hits])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The more probable class of each row."""
        hits = self._scores(X, "probability") > 0.5
        classes: npt.NDArray[Any] = self.classes_[hits.astype(int)]
        return classes

    def decision_function(self, X: Any) -> npt.NDArray[np.float64]:
        """The logit of each row."""
        return self._scores(X, "logit")

    def _progress(self) -> bool | None:
        return None if self.verbose else False

    def _scores(self, X: Any, kind: str) -> npt.NDArray[np.float64]:
        check_is_fitted(self)
        scored = self.run_.predict(self._rows(X), threads=self.threads, progress=self._progress())
        return np.asarray(scored[f"{self.label_}_{kind}"], np.float64)

    def _model(self, spec: str | os.PathLike[str] | Model) -> Model:
        if isinstance(spec, Model):
            text, path = spec.text, spec.path
            params, variant = {**(spec.params or {}), **(self.params or {})}, self.variant or spec.variant
            return Model(text, path=path, params=params, variant=variant)
        if is_path(spec):
            return Model.from_file(spec, params=self.params, variant=self.variant)
        return Model(os.fspath(spec), params=self.params, variant=self.variant)

    def _labeled(self, X: Any, y: Any) -> tuple[Rows, npt.NDArray[Any]]:
        """The rows and the classes of `fit`, whose columns are those of `predict` too."""
        if not is_rows(X):
            X, y = validate_data(self, X, y, dtype=None, ensure_all_finite="allow-nan")
            return _columns_of(X), y
        validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        return _with_names(X), y

    def _rows(self, X: Any) -> Rows:
        """The rows of a fitted estimator. Raises ValueError if they have other columns."""
        if not is_rows(X):
            return _columns_of(validate_data(self, X, reset=False, dtype=None, ensure_all_finite="allow-nan"))
        validate_data(self, X, reset=False, skip_check_array=True)
        return _with_names(X)

    def _with_label(self, rows: Rows, truth: npt.NDArray[Any]) -> Any:
        if self.label_ in _names_of(rows):
            raise UsageError(f"X has a column `{self.label_}`, which is the label: leave it out of X")
        others = np.setdiff1d(truth, self.classes_).tolist()
        if others:
            raise ValueError(f"y of `eval_set` has classes that y of `fit` lacks: {others}")
        return with_column(rows, self.label_, (truth == self.classes_[1]).astype(np.int8))

    def _validation(self, eval_set: Sequence[Any] | None) -> dict[str, Any]:
        """The arguments of `train` that name validation rows."""
        if eval_set is None:
            if self.validation_fraction is None:
                return {}
            return {"validate": {"rows": "last", "share": self.validation_fraction}}
        if self.validation_fraction is not None:
            raise UsageError("`eval_set` and `validation_fraction` both name validation rows: give one")
        # LightGBM takes a list of such pairs.
        X, y = eval_set[0] if len(eval_set) == 1 else eval_set
        rows, truth = self._rows(X), column_or_1d(y, warn=True)
        check_consistent_length(X, truth)
        return {"valid": self._with_label(rows, truth)}

    def __getstate__(self) -> dict[str, Any]:
        state = {**super().__getstate__()}
        if "run_" in state:
            state["run_"] = _packed(self.run_.folder)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "run_" in state:
            state = {**state, "run_": _unpacked(state["run_"])}
        super().__setstate__(state)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _two_classes(truth: npt.NDArray[Any]) -> npt.NDArray[Any]:
    check_classification_targets(truth)
    classes = np.unique(truth)
    if len(classes) > 2:
        # The words that `check_estimator` expects.
        kind = type_of_target(truth)
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    if len(classes) < 2:
        raise ValueError(f"y has one class, {classes.tolist()[0]!r}, and a classifier needs two")
    return classes


def _binary_label(model: Model, named: str | None) -> str:
    """The label that y has."""
    kinds = model.predictions
    if named is None and len(kinds) > 1:
        raise UsageError(f"the spec predicts {', '.join(kinds)}: say by `label` which one y has")
    label = next(iter(kinds)) if named is None else named
    if label not in kinds:
        raise UsageError(f"the spec predicts {', '.join(kinds)}, but not `{label}`")
    if kinds[label] != "binary":
        raise UsageError(
            f"`{label}` is a label of the kind `{kinds[label]}`, and Ranker is a classifier of `binary` labels: "
            "use Model.train"
        )
    return label


def _seed(random_state: int | np.random.RandomState | None) -> int | None:
    if random_state is None:
        return None
    if isinstance(random_state, numbers.Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _columns_of(array: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    return {f"x{i}": array[:, i] for i in range(array.shape[1])}


def _with_names(rows: Any) -> Any:
    """The rows; a DataFrame whose columns have numbers instead of names is like an array."""
    names = _names_of(rows)
    if all(isinstance(name, str) for name in names):
        return rows
    return rows.set_axis([f"x{i}" for i in range(len(names))], axis=1)


def _names_of(rows: Any) -> list[Any]:
    if isinstance(rows, Mapping):
        return list(rows)
    return list(rows.column_names if hasattr(rows, "column_names") else rows.columns)


def _remove_with(run: Run, folder: str) -> None:
    """Removes the folder when nobody uses the run any more."""
    weakref.finalize(run, _remove, folder, os.getpid())


def _remove(folder: str, owner: int) -> None:
    # A child of a fork leaves it to its parent.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()


def _unpacked(packed: bytes) -> Run:
    folder = tempfile.mkdtemp(prefix="ranker-", dir=temporary_folder())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(os.path.join(folder, "run"))
    run = Run(os.path.join(folder, "run"))
    _remove_with(run, folder)
    return run
