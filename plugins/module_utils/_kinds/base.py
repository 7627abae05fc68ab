# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind of resource is: its table of settings, what identifies a resource, and what the tenant would refuse."""

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
from .writing import WriteOrder

#: Why a tenant can be without an API.
_NOT_ROLLED_OUT = (
    "Qlik has not rolled the API out to this tenant, its subscription does not have it, or an OAuth client lacks the"
    " scope admin_classic."
)
#: What only the tenant can know of something new.
_MADE_BY_THE_TENANT = ("id", "tenantId", "createdAt", "lastUpdatedAt", "createdBy", "updatedBy", "links")


class Reading(NamedTuple):
    """What reading a kind has brought.

    :param along: what else has been looked for with the same requests.
    :param missing: why there is nothing, where the tenant does not have the kind.
    """

    resources: List[Resource]
    along: Sequence[Reference] = ()
    missing: Optional[NotAvailable] = None


class Absence(NamedTuple):
    """How a tenant is recognized that does not have a kind, and what to say of it.

    :param because: why a tenant can be without the kind.
    :param words: what such a tenant does not have, unless that is C(Kind.words).
    :param errors: how such a tenant responds when the kind is read.
    :param is_seen_at_creation: whether it also responds to a creation that the address does not exist.
    """

    because: str = _NOT_ROLLED_OUT
    words: str = ""
    errors: Tuple[Type[ApiError], ...] = (NotFound, Forbidden)
    is_seen_at_creation: bool = False


class Kind:
    """One kind of resource. Kinds are tables, with a hook where a rule is no table.

    Each kind is a C(Singleton) or belongs to a C(Collection).
    """

    #: The word for one and for many, also the keys of results.
    noun: str
    plural: str
    #: What people call all of them and one, unless that is C(plural) and C(noun) without their underscores.
    words = ""
    word = ""
    #: The path of all of them, or of the one that there is.
    collection: str
    #: The form of the kind in descriptions and results.
    form: AreaForm
    #: Whether a tenant has exactly one of them.
    is_singleton: bool
    #: The options that make one unique. The first finds it, and has the same name in the API.
    identity: Sequence[str] = ()
    settings: Sequence[Setting]
    #: What a creation that sets nothing makes, beside what only the tenant can know.
    blank: Mapping[str, Any] = {}
    #: How many of them one task can describe.
    most_items = 10000
    #: Whether the API replaces one as a whole, by PUT, instead of changing it by PATCH.
    is_replaced = False
    #: Whether no two have the same natural key.
    has_unique_names = True
    #: Whether a creation with a name that is taken is answered with 400, as many other faults are, instead of 409.
    refuses_taken_names_as_bad_requests = False
    #: What few kinds decide, in objects of their own: how a tenant without the kind is recognized, what belongs to a
    #: resource, what pruning takes away, and in which order plans are written.
    absence = Absence()
    parts = Parts()
    pruning = PruneRules()
    writing = WriteOrder()

    def __init__(self) -> None:
        self.words = self.words or self.plural.replace("_", " ")
        self.word = self.word or self.noun.replace("_", " ")

    @property
    def area(self) -> str:
        """The name of the kind in the description of a whole tenant."""
        raise NotImplementedError

    def argument_spec(self) -> Dict[str, Any]:
        """The options of the single module, and of each item of the bulk module."""
        spec: Dict[str, Any] = {}
        for setting in self.settings:
            spec.update(setting.argument_spec())
        return spec

    @property
    def rules(self) -> Dict[str, Any]:
        """What C(AnsibleModule) checks of the options beyond each one alone."""
        exclusive = [setting.exclusive_options for setting in self.settings if setting.exclusive_options]
        return {"mutually_exclusive": exclusive} if exclusive else {}

    @property
    def task_spec(self) -> Dict[str, Any]:
        """The options that are about the whole task, also of the bulk module."""
        nouns = dict.fromkeys(noun for setting in self.settings for noun in setting.refers_to)
        spec: Dict[str, Any] = {"planned_%ss" % noun: dict(LIST_OF_TEXTS) for noun in nouns}
        lockout = {"allow_lockout": dict(BOOLEAN, default=False)} if "role" in nouns else {}
        return {**spec, **lockout, **self.writing.options}

    def area_spec(self) -> Dict[str, Any]:
        """The option that describes all that is wanted of the kind."""
        return self.form.spec(dict(options=self.argument_spec(), **self.rules))

    def may_be_empty(self) -> List[str]:
        """The options for which an empty text is a value."""
        return [option for setting in self.settings for option in setting.empty_texts()]

    @property
    def naming_options(self) -> Tuple[str, ...]:
        """The options of which each one can find a resource."""
        return ()

    def is_named(self, desired: Params) -> bool:
        """Whether the options say which resource is wanted."""
        return True

    def chosen_name(self, desired: Params) -> Optional[str]:
        """The name by which a task finds a resource; C(None) where it has none, or an ID finds it."""
        return None

    def name_of(self, resource: Resource) -> str:
        """What a resource of the tenant is sorted by, and protected from pruning by."""
        return self.noun

    def label(self, desired: Params) -> str:
        """The name of what is wanted, for messages and the headers of diffs."""
        raise NotImplementedError

    def label_of(self, resource: Resource) -> str:
        """The name of a resource that the tenant holds, for messages and the headers of diffs."""
        return self.noun

    def key(self, desired: Params) -> Tuple[Any, ...]:
        """What finds the resource that is wanted: C(("id", id)) or a natural key."""
        return ("id", desired["id"]) if desired.get("id") is not None else self.natural_key_of(desired)

    def natural_key_of(self, desired: Params) -> Tuple[Any, ...]:
        """The natural key that options ask for."""
        return (self.noun,)

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        """What makes the resource unique on the tenant, other than its id: the attribute and value of a filter, and
        what else it takes.
        """
        return (self.noun,)

    def exists(self, resource: Resource) -> bool:
        """Whether what an answer shows counts as existing."""
        return True

    def shown_roles(self, resource: Resource) -> Any:
        """The roles that an answer shows beside the resource."""
        return resource.get("assignedRoles")

    def references(self, desired: Params, current: Optional[Resource]) -> Iterator[Reference]:
        """The other resources that have to be known to plan what is wanted.

        Of something new they are also the resources of the same kind that would stand in its way.
        """
        if desired.get("state") == "absent":
            return
        for setting in self.settings:
            yield from setting.references(desired, setting.current(current) if current else None)
            if setting.is_unique and current is None and desired.get("id") is None and desired.get(setting.option):
                yield Reference(self.noun, (setting.api, setting.comparable(desired[setting.option])))

    def read(self, client: Client, desired: Sequence[Params], everything: bool) -> Reading:
        """The resources that are wanted, or all of them, with as few requests as possible."""
        raise NotImplementedError

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        """The resource as the tenant holds it now, with what belongs to it."""
        raise NotImplementedError

    def path(self, resource: Resource) -> str:
        """Where the resource is read, patched and deleted."""
        raise NotImplementedError

    def is_describable(self, resource: Resource) -> bool:
        """Whether a description can have the resource, because it is none of Qlik's own."""
        return True

    def to_user(self, resource: Optional[Resource]) -> Any:
        """What a module returns of a resource: all that the API shows, with its names in C(snake_case)."""
        return in_snake_case(resource)

    def from_user(self, shown: Params) -> Resource:
        """What a module returned of a resource, with the names of the API again."""
        names = {_snake_case(setting.api): setting.api for setting in self.settings}
        again: Resource = _with_names(shown, lambda name: names.get(name) or in_camel_case(name))
        return again

    def check(self, desired: Params) -> None:
        """Refuse what cannot be right on any tenant.

        :raises InvalidInput: saying what was wrong and what is allowed.
        """
        for setting in self.settings:
            setting.check(desired)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        """What is left to do for one resource.

        :raises InvalidInput: when the tenant cannot do that; over a snapshot that collects problems, only if nothing at
            all can be compared.
        """
        raise NotImplementedError

    def plan_presence(
        self, desired: Params, current: Optional[Resource], snapshot: Snapshot, named: Optional[Resource] = None
    ) -> Plan:
        """What is left to do for a resource to exist as it is wanted.

        :param current: the resource as the tenant has it.
        :param named: what names the resource if it is created, in the form of the API.
        :raises InvalidInput: as C(plan) does.
        """
        if current is not None:
            return plan_change(self.settings, desired, current, snapshot, self.path(current), self.is_replaced)
        blank = {**dict.fromkeys(_MADE_BY_THE_TENANT), **self.blank, **(named or {})}
        return plan_creation(self.settings, desired, blank, snapshot, self.collection)

    def duplicates(self, desired: Params, snapshot: Snapshot) -> List[Resource]:
        """The resources that are equal to the desired one, have its name, and are not kept, sorted by ID."""
        return []

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        """What the user should know although the task succeeds."""
        texts = [text for setting in self.settings for text in setting.warnings(desired)]
        return texts + [
            "%s of the %s is %r and stays so, although %r is asked for. %s"
            % (setting.option, self.label(desired), values["current"], values["desired"], setting.because)
            for setting in self.settings
            for values in filter(None, [plan.unchangeable.get(setting.option)])
        ]

    def looks_before_writing(self, plan: Plan) -> bool:
        """Whether it is looked at in every run, and not in check mode alone, what the tenant would lose or refuse."""
        return False

    def refusals(
        self, client: Client, plans: Sequence[Plan], snapshot: Snapshot
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        """What the tenant would refuse of these plans, with its reasons.

        What it looks at is read; a refusal of all plans together comes with no plan.
        """
        return iter(())

    def losses(self, plans: Sequence[Plan]) -> Losses:
        """What the plans take from those who administer the tenant."""
        return Losses()


def in_snake_case(value: Any) -> Any:
    """A value of the API with all its names in C(snake_case): C(assignedRoles) as C(assigned_roles)."""
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
