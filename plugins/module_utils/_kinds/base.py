# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind of resource is: its table of settings, what finds it, and what the tenant would refuse."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from contextlib import contextmanager
from functools import lru_cache
from typing import (
    Any,
    Callable,
    Collection,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
)

from .._api.client import Client, FirstPage, equals, member
from .._errors import ApiError, Forbidden, InvalidInput, NotAvailable, NotFound, QlikError
from .._planning.plan import Plan, plan_change, plan_creation, plan_deletion
from .._planning.references import Reference, Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, TEXT, Params, Setting, in_camel_case
from .._planning.world import World, difference
from .endpoints import USERS, caller_has_a_role
from .lockout import ADMIN_ROLE, Losses

#: Why a tenant can be without an API.
_NOT_ROLLED_OUT = (
    "Qlik has not rolled the API out to this tenant, its subscription does not have it, or an OAuth client lacks the"
    " scope admin_classic."
)
#: What only the tenant can know of something new.
_MADE_BY_THE_TENANT = ("id", "tenantId", "createdAt", "lastUpdatedAt", "createdBy", "updatedBy", "links")


class Kind:
    """One kind of resource. Subclasses are tables, with a hook where a rule is no table."""

    #: The word for one and for many, also the keys of results.
    noun: str
    plural: str
    #: What people call all of them, if that is something else than C(plural) without its underscores.
    called = ""
    #: The same of one.
    called_one = ""
    #: The path of all of them, or of the one that there is.
    collection: str
    #: Whether a tenant has exactly one of them.
    is_singleton = False
    #: Whether it has to be created before it can be changed.
    may_not_exist = False
    #: Whether a task can name one by its id.
    has_id_option = True
    #: The options that make one unique. The first finds it, and has the same name in the API.
    identity: Sequence[str] = ("name",)
    settings: Sequence[Setting]
    #: What a creation that sets nothing makes, beside what only the tenant can know.
    blank: Mapping[str, Any] = {}
    #: Whether the API replaces one as a whole, by PUT, instead of changing it by PATCH.
    is_replaced = False
    #: Whether the API has no filter that finds one, so that every task reads all of them.
    is_listed = False
    #: Whether no two have the same natural key.
    has_unique_names = True
    #: Whether it is written when all other areas are done, what these delete included.
    is_written_last = False
    #: Whether what is not written yet is left as it is when something fails.
    stops_at_failure = False
    #: Whether a creation with a name that is taken is answered with 400, as many other faults are, instead of 409.
    refuses_taken_names_as_bad_requests = False
    #: Whether nothing can be compared without knowing what a task refers to, because the tenant shows only ids.
    compares_ids = False
    #: Whether lists are counted only if that is asked for.
    counts_on_request = True
    #: Whether one filter can ask for several of them.
    joins_conditions = True
    #: Options that ask for all that belongs to one and has to be read by itself.
    every_part: Params = {}
    #: How many of them one task can describe.
    most_items = 10000
    #: Why a tenant can be without the kind.
    missing_because = _NOT_ROLLED_OUT
    #: What a tenant without the kind does not have, if that is something else than what people call all of them.
    missing_words = ""
    #: How a tenant without the kind answers when it is read.
    missing_answers: Tuple[Type[ApiError], ...] = (NotFound, Forbidden)
    #: The options that choose what pruning takes away and how, or C(None) where there is no pruning. It deletes unless
    #: an option C(action) says otherwise.
    prune_spec: Optional[Mapping[str, Any]] = None
    #: The options of the info module beside those that name a resource, and the filter.
    info_spec: Mapping[str, Any] = {}

    def __init__(self) -> None:
        by_option = {setting.option: setting for setting in self.settings}
        self._identity = [] if self.is_singleton else [by_option[option] for option in self.identity]

    @property
    def area(self) -> str:
        """The name of the kind in the description of a whole tenant."""
        return self.noun if self.is_singleton else self.plural

    @property
    def words(self) -> str:
        """What people call all of them."""
        return self.called or self.plural.replace("_", " ")

    @property
    def word(self) -> str:
        """What people call one."""
        return self.called_one or self.noun.replace("_", " ")

    @property
    def key_option(self) -> str:
        """The option that finds one."""
        return self.identity[0]

    def argument_spec(self) -> Dict[str, Any]:
        """The options of the single module, and of each item of the bulk module."""
        spec: Dict[str, Any] = {}
        for setting in self.settings:
            spec.update(setting.argument_spec())
        if not self.is_singleton:
            spec["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
            if self.has_id_option:
                spec["id"] = dict(TEXT)
            else:
                spec[self.key_option] = dict(spec[self.key_option], required=True)
        return spec

    @property
    def rules(self) -> Dict[str, Any]:
        """What C(AnsibleModule) checks of the options beyond each one alone."""
        exclusive = [setting.exclusive_options for setting in self.settings if setting.exclusive_options]
        rules: Dict[str, Any] = {"mutually_exclusive": exclusive} if exclusive else {}
        if not self.is_singleton:
            rules["required_one_of"] = [self.naming_options]
        return rules

    @property
    def naming_options(self) -> Tuple[str, ...]:
        """The options of which each one can find a resource."""
        return (self.key_option, "id") if self.has_id_option else (self.key_option,)

    def is_named(self, wanted: Params) -> bool:
        """Whether the options say which resource is wanted."""
        return self.is_singleton or any(wanted.get(option) is not None for option in self.naming_options)

    @property
    def task_spec(self) -> Dict[str, Any]:
        """The options that are about the whole task, also of the bulk module."""
        nouns = dict.fromkeys(noun for setting in self.settings for noun in setting.refers_to)
        spec: Dict[str, Any] = {"planned_%ss" % noun: dict(LIST_OF_TEXTS) for noun in nouns}
        return dict(spec, allow_lockout=dict(BOOLEAN, default=False)) if "role" in nouns else spec

    def area_spec(self) -> Dict[str, Any]:
        """The option that describes all that is wanted of the kind."""
        options = dict(options=self.argument_spec(), **self.rules)
        return dict(type="dict", **options) if self.is_singleton else dict(type="list", elements="dict", **options)

    def prune_options(self) -> Dict[str, Any]:
        """The options of pruning the kind."""
        # A text protects what each of its lines names: as a list, Ansible would cut it at its commas.
        protect = {"type": "raw", "default": []}
        return {**(self.prune_spec or {}), "protect": protect, "max_deletions": {"type": "int"}}

    def may_be_empty(self) -> List[str]:
        """The options for which an empty text is a value."""
        return [option for setting in self.settings for option in setting.empty_texts()]

    def label(self, wanted: Params) -> str:
        """The name of what is wanted, for messages and the headers of diffs."""
        if wanted.get("id") is not None:
            return "%s %s" % (self.word, wanted["id"])
        name, *rest = self.natural_key_of(wanted)[1:]
        if not self.is_named(wanted):
            return "%s without %s" % (self.word, " or ".join(self.naming_options))
        return " ".join(["%s %r" % (self.word, name), *("(%s)" % part for part in rest)])

    def label_of(self, resource: Resource) -> str:
        """The same of a resource that the tenant holds."""
        if self.is_singleton:
            return self.noun
        return self.label({setting.option: setting.held(resource) for setting in self.settings})

    def key(self, wanted: Params) -> Tuple[Any, ...]:
        """What finds the resource that is wanted: C(("id", id)) or a natural key."""
        return ("id", wanted["id"]) if wanted.get("id") is not None else self.natural_key_of(wanted)

    def natural_key_of(self, wanted: Params) -> Tuple[Any, ...]:
        """The natural key that options ask for."""
        if self.is_singleton:
            return (self.noun,)
        asked = ((wanted.get(setting.option), setting.missing) for setting in self._identity)
        return (self.key_option, *(missing if value is None else value for value, missing in asked))

    def natural_key(self, resource: Resource) -> Tuple[Any, ...]:
        """What makes the resource unique on the tenant, other than its id: the attribute and value of a filter, and
        what else it takes.
        """
        if self.is_singleton:
            return (self.noun,)
        return (self.key_option, *(setting.held(resource) for setting in self._identity))

    def claims(self, resource: Resource) -> List[Hashable]:
        """What no other resource of the kind can have too, beside the natural key."""
        values = ((setting, setting.held(resource)) for setting in self.settings if setting.is_unique)
        return [(setting.api, setting.comparable(value)) for setting, value in values if value]

    def exists(self, resource: Resource) -> bool:
        """Whether what an answer shows counts as existing."""
        return True

    def shown_roles(self, resource: Resource) -> Any:
        """The roles that an answer shows beside the resource."""
        return resource.get("assignedRoles")

    def show_to(self, world: World, resources: Iterable[Resource]) -> World:
        """The world with resources that an answer has shown, and the roles that these have."""
        for resource in filter(self.exists, resources):
            world.roles.learn(self.shown_roles(resource))
            world.put(self.noun, resource, self.natural_key(resource), self.claims(resource))
        return world

    def expect_in(self, world: World, plans: Iterable[Plan]) -> None:
        """Count on what plans are going to make of resources."""
        for plan in plans:
            if plan.changed:
                before, after = (self.natural_key(side) if side else None for side in (plan.held, plan.predicted))
                world.plan(self.noun, plan.held, before, plan.predicted, after)

    def settle_in(self, world: World, written: Iterable[Tuple[Plan, Optional[Resource]]]) -> None:
        """Know what has become of plans: what the tenant holds after each of them."""
        for plan, resource in written:
            if resource is not None and plan.predicted is not None:
                self.show_to(world, [resource])
                world.settle(self.noun, self.natural_key(resource))

    def references(self, wanted: Params, held: Optional[Resource]) -> Iterator[Reference]:
        """The other resources that have to be known to plan what is wanted.

        Of something new they are also the resources of the same kind that would stand in its way.
        """
        if wanted.get("state") == "absent":
            return
        for setting in self.settings:
            yield from setting.references(wanted, setting.held(held) if held else None)
            if setting.is_unique and held is None and wanted.get("id") is None and wanted.get(setting.option):
                yield Reference(self.noun, (setting.api, setting.comparable(wanted[setting.option])))

    def shows_settings(self, answer: Mapping[str, Any]) -> bool:
        """Whether an answer has any of the settings: one without them is about something else."""
        return any(setting.api in answer for setting in self.settings)

    @contextmanager
    def absence_explained(self, client: Client) -> Iterator[None]:
        """Read the kind itself, not one of it, and explain where the tenant does not have the kind at all.

        :raises NotAvailable: saying so, in place of the tenant's answer.
        """
        try:
            yield
        except self.missing_answers as error:
            if not self._is_missing(client, error):
                raise
            raise self.not_available(error) from None

    def _is_missing(self, client: Client, answer: ApiError) -> bool:
        """Whether an answer means that the tenant does not have the kind.

        Otherwise the caller can lack the role for it, or the address is not that of a tenant.
        """
        if not isinstance(answer, (NotFound, Forbidden)):
            return True
        try:
            return caller_has_a_role(client, [ADMIN_ROLE]) or isinstance(answer, NotFound)
        except QlikError:
            # All callers may read themselves, so a refusal of that is one of the users' API.
            is_answer_enough = isinstance(answer, NotFound) or self.collection == USERS
        try:
            return is_answer_enough and bool(client.tenant_id())
        except QlikError:
            return False

    def not_available(self, answer: Optional[ApiError] = None) -> NotAvailable:
        """What to say of a tenant without the kind.

        :param answer: its own words, if it has refused the kind; otherwise it has shown nothing.
        """
        said = ": %s" % answer.message if answer else ", its answer is empty."
        words = self.missing_words or self.words
        return NotAvailable("The tenant has no %s%s" % (words, said), self.missing_because, answer)

    def read_singleton(self, client: Client) -> Resource:
        """The resource of a kind that a tenant has exactly one of."""
        return client.read(self.collection)

    def existing_singletons(self, client: Client) -> List[Resource]:
        """The same, or nothing where it does not exist yet.

        Qlik answers then with an error in JSON. Without one there is no service behind the path, unless the answer was
        damaged on its way: the path is asked twice.
        """
        asked_again = not self.may_not_exist
        while True:
            try:
                return [self.read_singleton(client)]
            except NotFound as error:
                if self.may_not_exist and (error.code or error.title):
                    return []
                if asked_again:
                    raise
                asked_again = True

    def path(self, resource: Resource) -> str:
        """Where the resource is read, patched and deleted."""
        return self.collection if self.is_singleton else member(self.collection, resource["id"])

    def read_again(self, client: Client, resource: Resource, wanted: Params) -> Resource:
        """The resource as the tenant holds it now, with what belongs to it."""
        if self.is_singleton:
            return self.read_singleton(client)
        return self.with_parts(client, client.read_by_id(self.collection, resource["id"]), wanted)

    def has_parts(self, wanted: Params) -> bool:
        """Whether the task asks for something that belongs to a resource and has to be read by itself."""
        return False

    def with_parts(self, client: Client, resource: Resource, wanted: Params) -> Resource:
        """The resource with what belongs to it and has to be read by itself, as far as the task asks for it."""
        return resource

    def as_created(self, created: Resource, wanted: Params) -> Resource:
        """What the answer to a creation shows, with what belongs to it as far as the task asks for it."""
        return created

    def is_ready(self, resource: Resource) -> bool:
        """Whether the tenant has done all that a write has set off, so that the resource can be used."""
        return True

    def condition(self, wanted: Params) -> Any:
        """A filter that accepts at least the resource that is wanted."""
        attribute, value, *_rest = self.key(wanted)
        return equals(attribute, value)

    def find(self, client: Client, condition: Any) -> Iterable[Resource]:
        """What a filter accepts, of resources that count as existing; all of a kind that is listed."""
        if self.is_listed:
            return self.list(client)
        return client.search(self.collection, self.among_existing(condition))

    def by_id(self, client: Client, resource_id: str) -> List[Resource]:
        """The resource of an id, if the tenant has it."""
        try:
            return [client.read_by_id(self.collection, resource_id)]
        except NotFound:
            return []

    def neighbours(self, wanted: Params) -> List[str]:
        """Filters for resources whose names are easily mistaken for that of the resource that is wanted.

        The API's filters ignore upper and lower case, and nothing else.
        """
        name = None if wanted.get("id") is not None else wanted.get(self.key_option)
        if name is None:
            return []
        texts = (name, name.strip())
        forms = {*texts, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in texts)}
        return [equals(self.key_option, form) for form in sorted(forms - {name, ""})]

    def among_existing(self, condition: str) -> str:
        """The filter C(condition), which can join several, for resources that count as existing."""
        return condition

    def is_describable(self, resource: Resource) -> bool:
        """Whether a description can have the resource, because it is none of Qlik's own."""
        return True

    def is_prunable(self, resource: Resource, options: Params) -> bool:
        """Whether pruning may take a resource away that is not described.

        :param options: those of C(prune_spec).
        """
        return True

    def refuse_pruning(self, client: Client) -> None:
        """Refuse to prune with a credential that may not see everything.

        :raises InvalidInput: saying what the credential lacks.
        """

    def spared_by_pruning(self, client: Client) -> Sequence[str]:
        """The ids of resources that pruning never takes away, which only the tenant can tell."""
        return ()

    def pruned(self, resource: Resource, options: Params) -> Params:
        """The options that take a resource away.

        :param options: those of C(prune_spec).
        """
        return {"id": resource["id"], self.key_option: resource.get(self.key_option), "state": "absent"}

    def to_user(self, resource: Optional[Resource]) -> Any:
        """What a module returns of a resource: all that the API shows, with its names in C(snake_case)."""
        return in_snake_case(resource)

    def from_user(self, shown: Params) -> Resource:
        """What a module returned of a resource, with the names of the API again."""
        names = {_snake_case(setting.api): setting.api for setting in self.settings}
        again: Resource = _with_names(shown, lambda name: names.get(name) or in_camel_case(name))
        return again

    def check(self, wanted: Params) -> None:
        """Refuse what cannot be right on any tenant.

        :raises InvalidInput: saying what was wrong and what is allowed.
        """
        for setting in self.settings:
            setting.check(wanted)

    def plan(self, wanted: Params, world: World) -> Plan:
        """What is left to do for one resource.

        :raises InvalidInput: when the tenant cannot do that; over a world that collects what is wrong, only if nothing
            at all can be compared.
        """
        named = self._of_name(wanted, world)
        self._refuse_ambiguity(named)
        held = named[0] if named else None
        if held is None and self.is_singleton and not any(setting.is_asked(wanted) for setting in self.settings):
            return Plan("unchanged", None, None, None, None)
        if wanted.get("state") == "absent":
            return plan_deletion(self.settings, held, self.path(held) if held else "")
        if held is not None:
            return plan_change(self.settings, wanted, held, world, self.path(held), self.is_replaced)
        if wanted.get("id") is not None:
            raise InvalidInput(
                "The tenant has no %s, and an id cannot be chosen." % self.label(wanted),
                "Leave id out to create one.",
            )
        plan = plan_creation(self.settings, wanted, self._blank(wanted), world, self.collection)
        self._refuse_taken(plan, world)
        return plan

    def are_equal(self, one: Resource, other: Resource) -> bool:
        """Whether two resources have the same values in all settings that a user may set."""
        return not any(setting.differs(setting.held(one), setting.held(other)) for setting in self.settings)

    def duplicates(self, wanted: Params, world: World) -> List[Resource]:
        """The resources that are equal to the desired one, have its name, and are not kept, sorted by ID.

        Of equal resources the one with the smallest ID is kept, so that runs at the same time keep the same one.
        """
        named = self._of_name(wanted, world)
        return named[1:] if self._are_all_equal(named) else []

    def _of_name(self, wanted: Params, world: World) -> List[Resource]:
        """The resources that the task names, sorted by ID: several only where names need not be unique."""
        if self.has_unique_names or wanted.get("id") is not None:
            held = world.get(self.noun, self.key(wanted))
            return [held] if held is not None else []
        found = (world.get(self.noun, ("id", each)) for each in world.ids(self.noun, self.key(wanted)))
        return [resource for resource in found if resource is not None]

    def _are_all_equal(self, resources: Sequence[Resource]) -> bool:
        return all(self.are_equal(resources[0], other) for other in resources[1:])

    def _refuse_ambiguity(self, named: Sequence[Resource]) -> None:
        if not self._are_all_equal(named):
            ids = " and ".join(resource["id"] for resource in named)
            text = "The tenant has %d %s of this name that differ, with the IDs %s." % (len(named), self.words, ids)
            hint = "The names of %s need not be unique. Set id to the ID of the one that you mean." % self.words
            raise InvalidInput(text, hint, self.key_option)

    def _blank(self, wanted: Params) -> Resource:
        values = zip(self._identity, self.natural_key_of(wanted)[1:])
        named = {setting.api: value for setting, value in values}
        return {**dict.fromkeys(_MADE_BY_THE_TENANT), **self.blank, **named}

    def _refuse_taken(self, creation: Plan, world: World) -> None:
        new = creation.predicted or {}
        for setting in self.settings:
            value = setting.held(new) if setting.is_unique else None
            owner = world.get(self.noun, (setting.api, setting.comparable(value))) if value else None
            # An owner of the same name is the resource itself, which a list that lags has not shown.
            if owner and self.natural_key(owner) != self.natural_key(new):
                text = "%r belongs to the %s already." % (value, self.label_of(owner))
                hint = "Two %s of a tenant cannot have the same." % self.words
                world.refuse(InvalidInput(text, hint, setting.option))

    def first_page(self, client: Client) -> FirstPage:
        """The first resources of the kind, and what follows."""
        return client.first_page(self.collection, self.key_option, self.counts_on_request)

    def list(self, client: Client) -> Iterable[Resource]:
        """All resources of the kind."""
        return self.first_page(client).everything

    def everything(self, client: Client, params: Params) -> Iterable[Resource]:
        """What an info module returns that is asked for nothing in particular."""
        return self.list(client)

    def is_asked_for(self, resource: Resource, params: Params) -> bool:
        """Whether an info module returns a resource that it has read."""
        return True

    def warnings(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        """What the user should know although the task succeeds."""
        texts = [text for setting in self.settings for text in setting.warnings(wanted)]
        texts += [
            "%s of the %s is %r and stays so, although %r is asked for. %s"
            % (setting.option, self.label(wanted), values["held"], values["wanted"], setting.because)
            for setting in self.settings
            for values in filter(None, [plan.unchangeable.get(setting.option)])
        ]
        texts += self._warnings_of_duplicates(wanted, plan, world)
        name = None if self.is_singleton else wanted.get(self.key_option)
        if plan.held is not None or name is None or wanted.get("id") is not None:
            return texts
        return texts + self._warnings_of_name(name, wanted, plan, world)

    def _warnings_of_duplicates(self, wanted: Params, plan: Plan, world: World) -> List[str]:
        duplicates = self.duplicates(wanted, world)
        if not duplicates or plan.held is None:
            return []
        ids = " and ".join(resource["id"] for resource in duplicates)
        text = "%s: the tenant has %d equal %s of this name. " % (self.label(wanted), len(duplicates) + 1, self.words)
        if plan.action == "deleted":
            return [text + "All of them are deleted: %s and %s." % (plan.held["id"], ids)]
        text += "%s is kept, and the duplicates are deleted: %s. To keep several, set id for each of them."
        return [text % (plan.held["id"], ids)]

    def _warnings_of_name(self, name: str, wanted: Params, plan: Plan, world: World) -> List[str]:
        label, texts = self.label(wanted), []
        if name != name.strip():
            texts.append("The name of the %s has blanks around it." % label)
        if any(unicodedata.category(character).startswith("C") for character in name):
            texts.append("The name of the %s holds characters that cannot be seen." % label)
        if plan.action == "created":
            return texts + [
                "The %s is created beside the %s: their names differ %s."
                % (label, self.label_of(other), difference(name, other[self.key_option]))
                for other in world.alike(self.noun, self.key(wanted))
            ]
        for other in world.near(self.noun, self.key(wanted)):
            its_name = other[self.key_option]
            differs = "" if its_name == name else ": their names differ %s" % difference(name, its_name)
            near = (label, self.label_of(other), differs)
            texts.append("The %s is not there, so nothing is deleted. The tenant has the %s%s." % near)
        return texts

    def looks_before_writing(self, plan: Plan) -> bool:
        """Whether it is looked at in every run, and not in check mode alone, what the tenant would lose or refuse."""
        return False

    def refusals(
        self, client: Client, plans: Sequence[Plan], world: World
    ) -> Iterator[Tuple[Optional[Plan], InvalidInput]]:
        """What the tenant would refuse of these plans, with its reasons.

        What it looks at is read; a refusal of all plans together comes with no plan.
        """
        return iter(())

    def unasked(self, wanted: Params) -> Collection[str]:
        """The options that are read only where they are asked for, and that one item does not ask for."""
        return ()

    def references_in(self, resource: Resource) -> List[Reference]:
        """The other resources that an answer names by their ids alone."""
        return []

    def name_references(self, resource: Resource, world: World) -> None:
        """Give what a resource names by ids alone the names that the tenant has for these."""

    def remarks(self, resource: Resource, world: World) -> List[str]:
        """What an audit says of a resource even if it is as described."""
        return []

    def in_turn(self, plans: Sequence[Plan], world: World) -> List[List[Plan]]:
        """Plans that write in groups, of which each begins when the one before it is done."""
        return [[plan for plan in plans if (plan.action == "deleted") is phase] for phase in (False, True)]

    def lockouts(self, plans: Sequence[Plan], world: World) -> Iterator[InvalidInput]:
        """How the plans would keep the task, or everybody, from reaching the tenant."""
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
