# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for the modules of each kind, from the first example in its words."""

from __future__ import annotations

from typing import Any

import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from generate.files import Described

Json = Any
_CONNECTION = {"tenant_url", "api_key"}


def _first_example(described: Described) -> dict[str, Json]:
    """Return the options of the first example of the single module, without the connection."""
    task = yaml.safe_load(described.words["examples"])[0]
    options = task[f"qlikops.cloud.qlik_{described.kind.noun}"]
    return {option: value for option, value in options.items() if option not in _CONNECTION}


#: The options by module: those of the example, a list of it for a bulk module, and none for an info module.
FIRST_EXAMPLES: dict[str, dict[str, Json]] = {}
#: The options of each bulk module with another item before that of the example.
TWO_ITEMS: dict[str, dict[str, Json]] = {}
#: The key of each module's resource in its result, for modules that write.
NOUNS_OF_KINDS: dict[str, str] = {}
#: For each info module that is generated, the module that makes what it reads, and the options that find that.
READS: dict[str, tuple[str, dict[str, Json]]] = {}
for _described in map(Described, AREAS):
    _kind, _options = _described.kind, _first_example(_described)
    _single = f"qlik_{_kind.noun}"
    FIRST_EXAMPLES[_single] = _options
    NOUNS_OF_KINDS[_single] = _kind.noun
    if isinstance(_kind, Collection):
        _item = {option: value for option, value in _options.items() if option not in _kind.task_spec}
        _of_task = {option: value for option, value in _options.items() if option in _kind.task_spec}
        FIRST_EXAMPLES[f"qlik_{_kind.plural}"] = {_kind.plural: [_item], **_of_task}
        _other = {**_item, _kind.key_option: "Another"}
        TWO_ITEMS[f"qlik_{_kind.plural}"] = {_kind.plural: [_other, _item], **_of_task}
        NOUNS_OF_KINDS[f"qlik_{_kind.plural}"] = _kind.plural
    if f"{_single}_info" in _described.modules:
        FIRST_EXAMPLES[f"{_single}_info"] = {}
        _named = {_kind.key_option: _options[_kind.key_option]} if isinstance(_kind, Collection) else {}
        READS[f"{_single}_info"] = (_single, _named)
