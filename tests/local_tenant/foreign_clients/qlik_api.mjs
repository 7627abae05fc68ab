// Copyright: (c) 2026, qlikops contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Drives a tenant through Qlik's own client and prints what it saw as JSON.
// Input: TENANT_HOST, and API_KEY or CLIENT_ID with CLIENT_SECRET (and SCOPE) in the environment.

import { auth, groups, roles, tenants, users } from "@qlik/api";

const { TENANT_HOST, API_KEY, CLIENT_ID, CLIENT_SECRET, SCOPE } = process.env;
const credentials = API_KEY
  ? { authType: "apikey", apiKey: API_KEY }
  : { authType: "oauth2", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, scope: SCOPE };
// The client takes a host outside qlikcloud.com for Qlik Sense on Windows unless it is told otherwise.
auth.setDefaultHostConfig({ host: TENANT_HOST, forceIsWindows: false, ...credentials });
const fresh = { noCache: true };

async function all(page) {
  const items = [];
  let current = page;
  while (current) {
    items.push(...current.data.data);
    current = current.next ? await current.next() : undefined;
  }
  return items;
}

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.status, code: error.data?.errors?.[0]?.code };
  }
  throw new Error("nothing was refused");
}

const seen = {};

const me = await users.getMyUser(fresh);
seen.me = me.data.subject;
const tenant = await tenants.getTenant(me.data.tenantId, fresh);
seen.tenant = (await tenants.getMyTenant(fresh)).data.id === tenant.data.id;
seen.tenantPatch = (await tenants.patchTenant(tenant.data.id, [{ op: "replace", path: "/name", value: "Corp" }])).status;

seen.roles = (await all(await roles.getRoles({ limit: 5 }, fresh))).length;
const role = (await roles.createRole({ name: "From the client", assignedScopes: ["api-keys"] })).data;
seen.rolePatch = (
  await roles.patchRole(role.id, [{ op: "add", path: "/assignedScopes/-", value: "knowledgebase" }])
).status;
seen.scopes = (await roles.getRole(role.id, fresh)).data.assignedScopes;

const made = [];
for (let number = 0; number < 25; number += 1) {
  made.push((await groups.createGroup({ name: `client ${number}`, assignedRoles: [{ name: role.name }] })).data);
}
seen.groups = (await all(await groups.getGroups({ limit: 10 }, fresh))).length;
const filter = 'name eq "CLIENT 3" or name eq "client 4"';
seen.filtered = (await all(await groups.filterGroups({ limit: 1 }, { filter }, fresh))).map((group) => group.name);
seen.queried = (await groups.getGroups({ filter: 'name eq "client 7"', totalResults: true }, fresh)).data.totalResults;
seen.groupPatch = (
  await groups.patchGroup(made[0].id, [{ op: "replace", path: "assignedRoles", value: [{ name: "Steward" }] }])
).status;
seen.groupRoles = (await groups.getGroup(made[0].id, fresh)).data.assignedRoles.map((item) => item.name);
seen.duplicate = await refused(() => groups.createGroup({ name: "client 1" }));
seen.settingsPatch = (
  await groups.patchGroupsSettings([{ op: "replace", path: "/autoCreateGroups", value: true }])
).status;
seen.autoCreate = (await groups.getGroupsSettings(fresh)).data.autoCreateGroups;

const person = (
  await users.createUser({ subject: "client\\user", name: "Client User", email: "client@example.com", status: "invited" })
).data;
seen.userStatus = person.status;
seen.userPatch = (
  await users.patchUser(person.id, [
    { op: "replace", path: "/status", value: "active" },
    { op: "replace", path: "/assignedRoles", value: [{ name: "Steward" }] },
  ])
).status;
seen.found = (
  await users.filterUsers({ fields: "subject" }, { filter: `(subject eq ${JSON.stringify(person.subject)}) and (status eq "active")` })
).data.data;
seen.fields = Object.keys((await users.getUser(person.id, { fields: "name" }, fresh)).data).sort();
seen.users = (await all(await users.getUsers({ limit: 2 }, fresh))).length;
seen.count = (await users.countUsersWithoutQuery(fresh)).data.total;
seen.invited = (await users.inviteUsers({ invitees: [{ email: "guest@example.com" }] })).data.data[0].status;
seen.userDelete = (await users.deleteUser(person.id)).status;

seen.roleDelete = await refused(() => roles.deleteRole(role.id));
for (const group of made) {
  await groups.deleteGroup(group.id);
}
seen.missing = await refused(() => groups.getGroup(made[0].id, fresh));
seen.roleDeleted = (await roles.deleteRole(role.id)).status;

console.log(JSON.stringify(seen));
