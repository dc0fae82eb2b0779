"""From a list of modules in a request to steps that can run: every fault is found before
anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from app.engine.catalogue import Catalogue, Module
from app.engine.errors import Fault, PlanError
from app.engine.module import Learner, NumberedLearner
from app.engine.params import as_json, defaults, read_params, resolve_columns
from app.engine.reading.names import is_pattern

#: A pipeline that is longer is a mistake, and each module may cost a pass over the table.
MAX_MODULES = 100


class ModuleRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A module as a caller writes it in full; a bare string stands for `{"key": ...}`."""

    key: str
    params: dict[str, Any] = {}
    columns: list[str] | None = None
    on_error: str = "fail"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One module with its params, and the columns of the table before and after it."""

    #: Its place in the pipeline, from 0.
    index: int
    module: Module
    params: Any
    #: "fail" or "skip".
    on_error: str
    columns_before: list[str]
    columns_after: list[str]
    #: (column before, column after) of every column that goes on.
    pairs: list[tuple[str, str]]
    #: Columns that the run takes out behind it, for it found them to be of no use.
    gone: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.module.meta.key

    @property
    def learns(self) -> bool:
        """Whether it must be shown the whole table before it can work."""
        return self.make_learner() is not None

    def make_learner(self) -> Learner | NumberedLearner | None:
        learn = self.module.meta.learn
        return None if learn is None else learn(self.params, self.columns_before)

    @property
    def shown_params(self) -> dict[str, Any]:
        """The params as a receipt shows them: what is secret is only said to be there."""
        shown = as_json(self.params)
        return shown | {
            name: "(secret)" for name in self.module.meta.secret_params if shown.get(name)
        }

    def normalised(self) -> dict[str, Any]:
        """The step as a request that means the same on any server with the same modules."""
        return {"key": self.key, "params": as_json(self.params), "on_error": self.on_error}


@dataclass(frozen=True, kw_only=True)
class Plan:
    steps: list[Step]
    warnings: list[str]
    #: The table's columns at the end.
    columns: list[str]

    def origins(self) -> dict[str, str]:
        """Column of the clean table -> column of the file it came from."""
        origins = {
            name: name
            for name in (self.steps[0].columns_before if self.steps else self.columns)
        }
        for step in self.steps:
            origins = {new: origins[old] for old, new in step.pairs if old in origins}
        return origins


def make_plan(
    modules: Sequence[Any],
    columns: Sequence[str],
    catalogue: Catalogue,
    column_map: Mapping[str, str] | None = None,
) -> Plan:
    """Raises PlanError with every fault of modules, params and columns at once.

    Columns may be named as they are when the step comes, or as they were in the file before
    a step renamed them. `column_map`: names that modules use -> columns they stand for here.
    """
    planner = _Planner(columns, catalogue, column_map or {})
    if len(modules) > MAX_MODULES:
        raise PlanError([Fault(pointer="", message=f"More than {MAX_MODULES} modules.")])
    for index, item in enumerate(modules):
        planner.add(index, item)
    if planner.faults:
        raise PlanError(planner.faults)
    return Plan(
        steps=planner.steps, warnings=_risky_order(planner.steps), columns=planner.columns
    )


class _Planner:
    def __init__(
        self, columns: Sequence[str], catalogue: Catalogue, column_map: Mapping[str, str]
    ) -> None:
        self.columns = list(columns)
        self.steps: list[Step] = []
        self.faults = [
            Fault(pointer=f"/column_map/{_escaped(name)}", message=self._no_column(column))
            for name, column in column_map.items()
            if column not in columns
        ]
        self._catalogue = catalogue
        self._mapped = frozenset(column_map)
        #: Name in the file, or in `column_map` -> name now, of columns that are called
        #: otherwise now.
        self._renamed: dict[str, str] = dict(column_map)

    def add(self, index: int, item: Any) -> None:
        found = len(self.faults)
        request = self._request(index, item)
        if request is None:
            return
        module = self._catalogue.find(request.key)
        if module is None:
            self._fault(index, "/key" if isinstance(item, dict) else "", self._nearest(request))
            return
        params = self._params(index, request, module)
        if len(self.faults) == found:
            self._append(index, module, params, request.on_error)

    def _request(self, index: int, item: Any) -> ModuleRequest | None:
        if isinstance(item, str):
            return ModuleRequest(key=item)
        try:
            request = msgspec.convert(item, ModuleRequest)
        except msgspec.ValidationError as error:
            self._fault(index, "", str(error).replace("`", ""))
            return None
        if request.on_error not in ("fail", "skip"):
            self._fault(index, "/on_error", 'on_error must be "fail" or "skip".')
        return request

    def _params(self, index: int, request: ModuleRequest, module: Module) -> Any:
        given = dict(request.params)
        if request.columns is not None:
            if "columns" not in defaults(module.meta.params):
                self._fault(index, "/columns", f"{module.meta.key} takes no columns.")
            elif "columns" in given:
                self._fault(
                    index, "/columns", "The columns are given twice: here and in params."
                )
            else:
                given["columns"] = request.columns
        params, faults = read_params(module.meta.params, given)
        for fault in faults:
            at_top = fault.pointer == "/columns" and request.columns is not None
            self._fault(
                index, fault.pointer if at_top else f"/params{fault.pointer}", fault.message
            )
        return params if faults else self._resolved(index, request, params)

    def _resolved(self, index: int, request: ModuleRequest, params: Any) -> Any:
        """The params with every column under the name it has when the step comes."""

        def resolve(pointer: str, name: str) -> str:
            at_top = request.columns is not None and pointer.startswith("/columns/")
            return self._column(index, pointer if at_top else f"/params{pointer}", name)

        try:
            return resolve_columns(params, resolve)
        except ValueError as error:
            self._fault(index, "/params", str(error))
            return params

    def _column(self, index: int, pointer: str, name: str) -> str:
        if name in self._renamed and (name in self._mapped or name not in self.columns):
            return self._renamed[name]
        if name not in self.columns:
            self._fault(index, pointer, self._no_column(name))
        return name

    def _no_column(self, name: str) -> str:
        near = get_close_matches(name, self.columns, n=1, cutoff=0.5)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        return f'There is no column "{name}".{hint}'

    def _append(self, index: int, module: Module, params: Any, on_error: str) -> None:
        before = self.columns
        try:
            origins = origins_of(module, params, before)
        except ValueError as error:
            self._fault(index, "/params", str(error))
            return
        pairs = [(old, new) for new, old in origins.items() if old is not None]
        self._follow(pairs)
        self.columns = list(origins)
        self.steps.append(
            Step(
                index=index,
                module=module,
                params=params,
                on_error=on_error,
                columns_before=before,
                columns_after=self.columns,
                pairs=pairs,
            )
        )

    def _follow(self, pairs: list[tuple[str, str]]) -> None:
        moved = dict(pairs)
        earlier = {old: moved[new] for old, new in self._renamed.items() if new in moved}
        self._renamed = {**moved, **earlier}

    def _nearest(self, request: ModuleRequest) -> str:
        names = [
            name
            for module in self._catalogue.modules.values()
            for name in (module.meta.key, module.meta.name)
        ]
        near = get_close_matches(request.key, names, n=3, cutoff=0.4)
        hint = f" Nearest: {', '.join(near)}." if near else ""
        return f'There is no module "{request.key}".{hint}'

    def _fault(self, index: int, pointer: str, message: str) -> None:
        self.faults.append(Fault(pointer=f"/{index}{pointer}", message=message))


def origins_of(module: Module, params: Any, before: list[str]) -> Mapping[str, str | None]:
    """Column after -> the column it was before, None for a new one. Raises ValueError when the
    module cannot work on these columns.
    """
    if module.meta.header is None:
        return {name: name for name in before}
    after = module.meta.header(params, before)
    patterns = [name for name in after if is_pattern(name)]
    if patterns:
        raise ValueError(f'a column cannot be called "{patterns[0]}"')
    if isinstance(after, Mapping):
        unknown = sorted({old for old in after.values() if old is not None} - {*before})
        if unknown:
            raise ValueError(f'its header speaks of a column "{unknown[0]}" that is not there')
        return after
    twice = sorted({name for name in after if after.count(name) > 1})
    if twice:
        raise ValueError(f'there would be two columns called "{twice[0]}"')
    if len(after) == len(before):
        return dict(zip(after, before, strict=True))
    return {name: name if name in before else None for name in after}


def _escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _risky_order(steps: Sequence[Step]) -> list[str]:
    keys = [step.key for step in steps]
    return [
        f"{step.key} runs before {earlier}: {reason}"
        for position, step in enumerate(steps)
        for earlier, reason in step.module.meta.better_after.items()
        if earlier in keys[position + 1 :] and earlier not in keys[:position]
    ]
