// Copyright: (c) 2026, qlikops contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// What a capable engineer writes by hand on Qlik's own client: list once, read the members of each space, add what is
// missing. Input in the environment: TENANT_HOST, QLIK_API_KEY, and WANTED, the path of a JSON file.

import { readFileSync } from "node:fs";
import { auth, groups, spaces, users } from "@qlik/api";

const { TENANT_HOST, QLIK_API_KEY, WANTED } = process.env;
auth.setDefaultHostConfig({ host: TENANT_HOST, forceIsWindows: false, authType: "apikey", apiKey: QLIK_API_KEY });
const fresh = { noCache: true };

async function all(first) {
  const items = [];
  for (let page = first; page; page = page.next ? await page.next() : undefined) {
    items.push(...page.data.data);
  }
  return items;
}

const groupIds = new Map((await all(await groups.getGroups({ limit: 100 }, fresh))).map((each) => [each.name, each.id]));
const userIds = new Map((await all(await users.getUsers({ limit: 100 }, fresh))).map((each) => [each.subject, each.id]));
const existing = new Map((await all(await spaces.getSpaces({ limit: 100 }, fresh))).map((each) => [each.name, each]));
for (const { name, type, members } of JSON.parse(readFileSync(WANTED, "utf8"))) {
  const space = existing.get(name) ?? (await spaces.createSpace({ name, type })).data;
  const held = await all(await spaces.getSpaceAssignments(space.id, { limit: 100 }, fresh));
  for (const member of members) {
    const assigneeId = member.group ? groupIds.get(member.group) : userIds.get(member.user);
    const roles = [...member.roles].sort();
    const assignment = held.find((each) => each.assigneeId === assigneeId);
    if (!assignment) {
      await spaces.createSpaceAssignment(space.id, { type: member.group ? "group" : "user", assigneeId, roles });
    } else if ([...assignment.roles].sort().join() !== roles.join()) {
      await spaces.updateSpaceAssignment(space.id, assignment.id, { roles });
    }
  }
}
