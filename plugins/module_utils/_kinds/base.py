# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of all kinds: the table of settings, the identity of resources, and checks before writes."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type

from .._api.client import Client
from .._errors import ApiError, Forbidden, InvalidInput, NotAvailable, NotFound
from .._planning.plan import Plan, plan_change, plan_creation
from .._planning.references import Reference, Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, Params, Setting, in_camel_case
from .._planning.snapshot import Snapshot
from .area_form import AreaForm
from .lockout import Losses
from .parts import Parts
from .pruning import PruneRules
from .renaming import RenameRules
from .secrets import SecretRules
from .writing import WriteRules

#: The reasons why a tenant can lack an API.
_NOT_ROLLED_OUT = (
    "Either Qlik has not rolled out this API to the tenant, or the subscription does not include it, or the OAuth"
    " client lacks the scope admin_classic."
)
#: The fields of a new resource that the tenant generates.
_GENERATED = ("id", "tenantId", "createdAt", "lastUpdatedAt", "createdBy", "updatedBy", "links")


class Reading(NamedTuple):
    """The result of reading a kind.

    :param along: further references that the same requests looked up.
    :param missing: why the tenant does not support the kind; C(None) if it does.
    """

    resources: List[Resource]
    along: Sequence[Reference] = ()
    missing: Optional[NotAvailable] = None


class Absence(NamedTuple):
    """How to recognize a tenant that does not support a kind, and how to report it.

    :param because: the reasons why a tenant can lack the kind.
    :param words: the words for what the tenant lacks; by default C(Kind.words).
    :param errors: the error responses of such a tenant when the kind is read.
    :param is_seen_at_creation: whether POST also returns 404 on such a tenant.
    """

    because: str = _NOT_ROLLED_OUT
    words: str = ""
    errors: Tuple[Type[ApiError], ...] = (NotFound, Forbidden)
    is_seen_at_creation: bool = False


class Kind:
    """A kind of resource. Kinds are tables of settings, with hooks for rules that do not fit a table.

    Each kind is a C(Singleton) or a C(Collection).
    """

    #: The singular and the plural, which are also keys of results.
    noun: str
    plural: str
    #: The plural and the singular in messages; by default C(plural) and C(noun) without underscores.
    words = ""
    word = ""
    #: The path of the collection or of the singleton.
    collection: str
    #: The form of the kind in descriptions and results.
    form: AreaForm
    #: Whether a tenant has exactly one resource of the kind.
    is_singleton: bool
    #: The options that identify a resource. The first one is searched for, and has the same name in the API.
    identity: Sequence[str] = ()
    settings: Sequence[Setting]
    #: The default values of a new resource, without those that the tenant generates.
    blank: Mapping[str, Any] = {}
    #: The maximum number of items in the description of a task.
    most_items = 10000
    #: Whether natural keys are unique.
    has_unique_names = True
    #: The rules for secrets that the API shows once, and that the module for one resource returns; C(None) for none.
    secrets: Optional[SecretRules] = None
    #: Rules that only some kinds change: how to recognize a tenant without the kind, the parts of a resource, pruning,
    #: writes, and renames. C(None): items cannot have C(previous_names).
    absence = Absence()
    parts = Parts()
    pruning = PruneRules()
    writing = WriteRules()
    renaming: Optional[RenameRules] = None

    def __init__(self) -> None:
        self.words = self.words or self.plural.replace("_", " ")
        self.word = self.word or self.noun.replace("_", " ")

    @property
    def area(self) -> str:
        """The key of the kind in the description of a tenant."""
        raise NotImplementedError

    def argument_spec(self) -> Dict[str, Any]:
        """Return the argument spec of the single module, and of an item of the bulk module."""
        spec: Dict[str, Any] = {}
        for setting in self.settings:
            spec.update(setting.argument_spec())
        return spec

    @property
    def rules(self) -> Dict[str, Any]:
        """The rules between the options that C(AnsibleModule) checks, such as C(mutually_exclusive)."""
        exclusive = [setting.exclusive_options for setting in self.settings if setting.exclusive_options]
        return {"mutually_exclusive": exclusive} if exclusive else {}

    @property
    def task_spec(self) -> Dict[str, Any]:
        """The argument spec of the options for the whole task."""
        nouns = dict.fromkeys(noun for setting in self.settings for noun in setting.refers_to)
        spec: Dict[str, Any] = {"planned_%ss" % noun: dict(LIST_OF_TEXTS) for noun in nouns}
        lockout = {"allow_lockout": dict(BOOLEAN, default=False)} if "role" in nouns else {}
        return {**spec, **lockout, **self.writing.options}

    def area_spec(self) -> Dict[str, Any]:
        """Return the argument spec of the option for the area in the description of a tenant."""
        return self.form.spec(dict(options=self.argument_spec(), **self.rules))

    def may_be_empty(self) -> List[str]:
        """Return the options for which an empty text is a value."""
        return [option for setting in self.settings for option in setting.empty_texts()]

    @property
    def naming_options(self) -> Tuple[str, ...]:
        """The options that can identify a resource; one of them is enough."""
        return ()

    def is_named(self, desired: Params) -> bool:
        """Return whether the options identify a resource."""
        return True

    def chosen_name(self, desired: Params) -> Optional[str]:
        """Return the name that identifies the resource; C(None) if there is none, or if an ID identifies it."""
        return None

    def name_of(self, resource: Resource) -> str:
        """Return the name of a current resource, for sorting and for protection from pruning."""
        return self.noun

    def label(self, desired: Params) -> str:
        """Return the label of an item, for messages and the headers of diffs."""
        raise NotImplementedError

    def label_of(self, resource: Resource) -> str:
        """Return the label of a current resource, for messages and the headers of diffs."""
        return self.noun

    def key(self, desired: Params) -> Tuple[Any, ...]:
        """Return the key of an item: C(("id", id)) or a natural key."""
        return ("id", desired["id"]) if desired.get("id") is not None else self.natural_key_of(desired)

    def natural_key_of(self, desired: Params) -> Tuple[Any, ...]:
        """Return the natural key of an item."""
        return (self.noun,)

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        """Return the natural key of a current resource: an attribute, its value, and what else makes them unique."""
        return (self.noun,)

    def exists(self, resource: Resource) -> bool:
        """Return whether a resource of a response counts as existing."""
        return True

    def shown_roles(self, resource: Resource) -> Any:
        """Return the roles in the response of a resource."""
        return resource.get("assignedRoles")

    def references(self, desired: Params, current: Optional[Resource]) -> Iterator[Reference]:
        """Yield the resources that must be looked up to plan an item.

        For a new resource, this includes resources of the same kind that may already have its unique values.
        """
        if desired.get("state") == "absent":
            return
        for setting in self.settings:
            yield from setting.references(desired, setting.current(current) if current else None)
            if setting.is_unique and current is None and desired.get("id") is None and desired.get(setting.option):
                yield Reference(self.noun, (setting.api, setting.comparable(desired[setting.option])))

    def read(self, client: Client, desired: Sequence[Params], everything: bool) -> Reading:
        """Read the desired resources, or all of them, with as few requests as possible.

        :param everything: whether to read all resources of the kind.
        """
        raise NotImplementedError

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        """Read the current state of a resource again, with its parts."""
        raise NotImplementedError

    def path(self, resource: Resource) -> str:
        """Return the path of a resource, for GET, PATCH, PUT, and DELETE."""
        raise NotImplementedError

    def is_describable(self, resource: Resource) -> bool:
        """Return whether a description can have the resource; false for Qlik's own resources."""
        return True

    def to_user(self, resource: Optional[Resource]) -> Any:
        """Return a resource in the form of module results: all fields of the API, with names in C(snake_case)."""
        return in_snake_case(resource)

    def from_user(self, shown: Params) -> Resource:
        """Return a resource of a module result in the form of the API."""
        names = {_snake_case(setting.api): setting.api for setting in self.settings}
        resource: Resource = _with_names(shown, lambda name: names.get(name) or in_camel_case(name))
        return resource

    def check(self, desired: Params) -> None:
        """Check an item without the tenant.

        :raises InvalidInput: if it is invalid on every tenant.
        """
        for setting in self.settings:
            setting.check(desired)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        """Plan the changes of one resource.

        :raises InvalidInput: if the tenant cannot make them. If the snapshot collects problems, only if nothing can be
            compared.
        """
        raise NotImplementedError

    def plan_presence(
        self, desired: Params, current: Optional[Resource], snapshot: Snapshot, named: Optional[Resource] = None
    ) -> Plan:
        """Plan to create or change a resource.

        :param current: the current resource; C(None) to create it.
        :param named: the identifying fields of a new resource, in the form of the API.
        :raises InvalidInput: like C(plan).
        """
        if current is not None:
            return plan_change(self.settings, desired, current, snapshot, self.path(current), self.writing.is_replaced)
        blank = {**dict.fromkeys(_GENERATED), **self.blank, **(named or {})}
        return plan_creation(self.settings, desired, blank, snapshot, self.collection)

    def assumed(self, desired: Params, resource_id: str) -> List[Resource]:
        """Return the resource that an item identifies, as a new one with this ID, for a check without the tenant.

        The list is empty for a kind without natural keys.
        """
        return []

    def duplicates(self, desired: Params, snapshot: Snapshot) -> List[Resource]:
        """Return the surplus resources with the name and the values of an item, sorted by ID."""
        return []

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        """Return the warnings about an item and its plan."""
        texts = [text for setting in self.settings for text in setting.warnings(desired)]
        return texts + [
            "%s of the %s cannot be changed from %r to %r and stays unchanged. %s"
            % (setting.option, self.label(desired), values["current"], values["desired"], setting.because)
            for setting in self.settings
            for values in filter(None, [plan.unchangeable.get(setting.option)])
        ]

    def looks_before_writing(self, plan: Plan) -> bool:
        """Return whether every run calls C(refusals) for a plan, not only check mode."""
        return False

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        """Yield the plans that the tenant would refuse, each with the reason.

        Reads what the tenant would check. A reason that is not about one plan comes with C(None) as the plan.
        """
        return iter(())

    def losses(self, plans: Sequence[Plan]) -> Losses:
        """Return the users and groups that lose C(TenantAdmin) by the plans."""
        return Losses()


def in_snake_case(value: Any) -> Any:
    """Return a value of the API with all names in C(snake_case): C(assigned_roles) for C(assignedRoles)."""
    return _with_names(value, _snake_case)


def _with_names(value: Any, named: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {named(name): _with_names(entry, named) for name, entry in value.items()}
    if isinstance(value, list):
        return [_with_names(entry, named) for entry in value]
    return value


@lru_cache(maxsize=1024)
def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def text_of(value: Any) -> str:
    """Return a text of a response; empty for any other value."""
    return value if isinstance(value, str) else ""
