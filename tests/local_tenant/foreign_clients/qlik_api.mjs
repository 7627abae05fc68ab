// Copyright: (c) 2026, qlikops contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Drives a tenant through Qlik's own client and prints what it saw as JSON.
// Input: TENANT_HOST, and API_KEY or CLIENT_ID with CLIENT_SECRET (and SCOPE) in the environment.

import {
  apiKeys,
  audits,
  auth,
  cspOrigins,
  groups,
  identityProviders,
  items,
  licenses,
  oauthClients,
  roles,
  spaces,
  tenantSettings,
  tenants,
  users,
  webIntegrations,
} from "@qlik/api";
import { getAuthSettings, patchAuthSettings } from "@qlik/api/core/auth-settings";
import { createIpPolicy, deleteIpPolicy, getIpPolicies, getIpPolicy, patchIpPolicy } from "@qlik/api/core/ip-policies";

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

seen.types = (await spaces.getSpaceTypes(fresh)).data.data;
const space = (await spaces.createSpace({ name: "Space 0", type: "shared", description: "Money" })).data;
for (let number = 1; number < 12; number += 1) {
  await spaces.createSpace({ name: `Space ${number}`, type: "managed" });
}
seen.spaces = (await all(await spaces.getSpaces({}, fresh))).length;
const search = { name: "SPACE 1", type: "managed,data", roles: ["publisher", "producer"], sort: "-name", limit: 2 };
const searched = await spaces.getSpaces(search, fresh);
seen.searched = [searched.data.meta.count, (await all(searched)).map((item) => item.name)];
const patch = [{ op: "replace", path: "/name", value: "Finance" }];
const patched = await spaces.patchSpace(space.id, patch);
seen.spacePatch = [patched.status, patched.data.name, patched.data.description];
seen.spacePut = (await spaces.updateSpace(space.id, { description: "" })).data.description;
seen.spaceDuplicate = await refused(() => spaces.createSpace({ name: "Finance", type: "data" }));
const member = { type: "group", assigneeId: made[0].id, roles: ["consumer"] };
const assignment = (await spaces.createSpaceAssignment(space.id, member)).data;
seen.memberDuplicate = await refused(() => spaces.createSpaceAssignment(space.id, member));
seen.memberRoles = (await spaces.updateSpaceAssignment(space.id, assignment.id, { roles: ["producer"] })).data.roles;
for (const group of made.slice(1, 12)) {
  await spaces.createSpaceAssignment(space.id, { type: "group", assigneeId: group.id, roles: ["dataconsumer"] });
}
seen.members = (await all(await spaces.getSpaceAssignments(space.id, {}, fresh))).length;
seen.member = (
  await spaces.getSpaceAssignments(space.id, { type: "group", assigneeId: made[0].id }, fresh)
).data.data.map((item) => item.roles);
seen.memberRead = (await spaces.getSpaceAssignment(space.id, assignment.id, fresh)).data.assigneeId === made[0].id;
seen.memberDelete = (await spaces.deleteSpaceAssignment(space.id, assignment.id)).status;
seen.items = (await items.getItems({ spaceId: space.id, limit: 1 }, fresh)).data.data.length;
for (const item of await all(await spaces.getSpaces({ limit: 100 }, fresh))) {
  seen.spaceDelete = (await spaces.deleteSpace(item.id)).status;
}
seen.spaceGone = await refused(() => spaces.getSpace(space.id, fresh));
const wanted = { autoAssignAnalyzer: true, autoAssignProfessional: false };
seen.licensePut = (await licenses.updateLicenseSettings(wanted)).data;
seen.license = (await licenses.getLicenseSettings(fresh)).data;
seen.licenseStatus = [
  (await licenses.getLicenseOverview(fresh)).data.status,
  (await licenses.getLicenseStatus(fresh)).data.status,
];

seen.settingsMissing = await refused(() => tenantSettings.getTenantSettings(fresh));
const madeSettings = await tenantSettings.createTenantSettings({ preferredStartPage: "analytics-hub" });
seen.settingsCreated = [madeSettings.status, madeSettings.data.preferredStartPage];
seen.settingsChanged = (
  await tenantSettings.updateTenantSettings([
    { op: "add", path: "/sessionReplayOptOut", value: true },
    { op: "replace", path: "/preferredStartPage", value: "management-console" },
  ])
).data.sessionReplayOptOut;
seen.settingsRead = (await tenantSettings.getTenantSettings(fresh)).data.preferredStartPage.value;
seen.settingsDeleted = (await tenantSettings.deleteTenantSettings()).status;
const keyPatch = [{ op: "replace", path: "/max_keys_per_user", value: 2 }];
seen.keysPatched = (await apiKeys.patchApiKeysConfig(tenant.data.id, keyPatch)).status;
seen.keys = (await apiKeys.getApiKeysConfig(tenant.data.id, fresh)).data;
const policy = await patchAuthSettings([{ op: "replace", path: "/maxUserSessionLifespanMinutes", value: 720 }]);
seen.policyPatched = [policy.status, policy.data.maxUserSessionLifespanMinutes];
seen.policy = (await getAuthSettings(fresh)).data.isDefault;

for (let number = 0; number < 12; number += 1) {
  await cspOrigins.createCSPEntry({ name: `Origin ${number}`, origin: `https://${number}.example.com`, imgSrc: true });
  await webIntegrations.createWebIntegration({ name: `Web ${number}`, validOrigins: ["https://a.example.com"] });
}
const origins = await all(await cspOrigins.getCSPEntries({ limit: 5, sort: "-name", imgSrc: true }, fresh));
seen.origins = origins.length;
const [origin] = (await cspOrigins.getCSPEntries({ name: "ORIGIN 1*", origin: "11.*" }, fresh)).data.data;
seen.originPut = (await cspOrigins.updateCSPEntry(origin.id, { origin: "b.example.com", fontSrc: true })).data;
seen.originRead = (await cspOrigins.getCSPEntry(origin.id, fresh)).data.origin;
seen.header = (await cspOrigins.getCSPHeader(fresh)).data["Content-Security-Policy"].startsWith("font-src b.example.com");
for (const item of origins) {
  seen.originDelete = (await cspOrigins.deleteCSPEntry(item.id)).status;
}
seen.originGone = await refused(() => cspOrigins.getCSPEntry(origin.id, fresh));
const integrations = await all(await webIntegrations.getWebIntegrations({ limit: 5, sort: "-name" }, fresh));
seen.integrations = integrations.length;
seen.integrationPatch = (
  await webIntegrations.patchWebIntegration(integrations[0].id, [
    { op: "replace", path: "/validOrigins", value: ["https://b.example.com"] },
  ])
).status;
seen.integrationRead = (await webIntegrations.getWebIntegration(integrations[0].id, fresh)).data.validOrigins;
for (const item of integrations) {
  seen.integrationDelete = (await webIntegrations.deleteWebIntegration(item.id)).status;
}
seen.integrationGone = await refused(() => webIntegrations.getWebIntegration(integrations[0].id, fresh));
const machine = {
  clientName: "CI 0",
  appType: "web",
  allowedScopes: ["admin_classic"],
  allowedGrantTypes: ["client_credentials"],
  connectionConfig: { consentMethod: "trusted" },
};
const client = (await oauthClients.createOAuthClient(machine)).data;
seen.clientSecret = client.clientSecret.endsWith(client.clientSecrets[0].hint);
for (let number = 1; number < 6; number += 1) {
  await oauthClients.createOAuthClient({ clientName: `CI ${number}`, appType: "spa" });
}
const clients = await all(await oauthClients.getOAuthClients({ limit: 4, sort: "-clientName" }, fresh));
seen.clients = clients.length;
const byName = { filter: 'appType eq "spa" and clientName eq "ci 3"', totalResults: true };
seen.clientsFiltered = (await oauthClients.getOAuthClients(byName, fresh)).data.totalResults;
const jwk = { alg: "RS256", kid: "k", kty: "RSA", use: "sig", n: "AQAB", e: "AQAB" };
seen.clientPatch = (
  await oauthClients.patchOAuthClient(client.clientId, [
    { op: "add", path: "/publicKeys", value: [jwk] },
    { op: "replace", path: "/allowedAuthMethods", value: ["private_key_jwt"] },
  ])
).status;
const again = [{ op: "replace", path: "/allowedAuthMethods", value: ["private_key_jwt", "client_secret"] }];
const withSecret = await oauthClients.patchOAuthClient(client.clientId, again);
seen.clientPatchSecret = [withSecret.status, Object.keys(withSecret.data)];
const added = (await oauthClients.createOAuthClientSecret(client.clientId)).data;
seen.secretDelete = (await oauthClients.deleteOAuthClientSecret(client.clientId, added.hint)).status;
seen.secrets = (await oauthClients.getOAuthClient(client.clientId, fresh)).data.clientSecrets.length;
const consent = [{ op: "replace", path: "/consentMethod", value: "required" }];
seen.consentPatch = (await oauthClients.patchOAuthClientConnectionConfig(client.clientId, consent)).status;
seen.consent = (await oauthClients.getOAuthClientConnectionConfig(client.clientId, fresh)).data.consentMethod;
seen.consentDelete = (await oauthClients.deleteOAuthClientConnectionConfig(client.clientId)).status;
seen.published = (await oauthClients.publishOAuthClient(client.clientId)).status;
seen.clientUnconfirmed = await refused(() => oauthClients.deleteOAuthClient(client.clientId));
for (const item of clients.filter((each) => each.clientName.startsWith("CI"))) {
  const headers = { "qlik-confirm-delete": item.clientId };
  seen.clientDelete = (await oauthClients.deleteOAuthClient(item.clientId, { headers })).status;
}
seen.clientGone = await refused(() => oauthClients.getOAuthClient(client.clientId, fresh));

const discoveryUrl = "https://id.example.com/.well-known/openid-configuration";
const forMachines = { protocol: "OIDC", provider: "auth0", interactive: false };
for (let number = 0; number < 6; number += 1) {
  const options = { discoveryUrl, claimsMapping: { sub: ["/sub"] }, realm: `r${number}` };
  await identityProviders.createIdp({ ...forMachines, options });
}
const pendingOptions = { discoveryUrl, clientId: "qlik", clientSecret: "s", claimsMapping: { sub: ["/sub"] } };
const forPeople = { protocol: "OIDC", provider: "okta", interactive: true };
const pending = (await identityProviders.createIdp({ ...forPeople, pendingOptions })).data;
seen.providerPending = [pending.active, pending.pendingState, pending.pendingOptions.clientSecret];
const live = (await identityProviders.createIdp({ ...forPeople, skipVerify: true, options: pendingOptions })).data;
seen.providerPatch = (
  await identityProviders.patchIdp(live.id, [
    { op: "replace", path: "/options/claimsMapping", value: { sub: ["/oid"] } },
    { op: "replace", path: "/clockToleranceSec", value: 5 },
  ])
).status;
seen.providerRead = (await identityProviders.getIdp(live.id, fresh)).data.options.claimsMapping;
seen.providerPromote = await refused(() => identityProviders.patchIdp(pending.id, [{ op: "promote-options" }]));
seen.providerStatus = (await identityProviders.getIdpStatuses(fresh)).data.active_interactive_idps_count;
seen.providerMeta = await refused(() => identityProviders.getMyIdpMeta(fresh));
seen.providerKnown = (await identityProviders.getIdpWellKnownMetaData(fresh)).status;
seen.providersActive = (await all(await identityProviders.getIdps({ active: true, limit: 4 }, fresh))).length;
seen.providerInUse = await refused(() => identityProviders.deleteIdp(live.id));
await identityProviders.patchIdp(live.id, [{ op: "replace", path: "/active", value: false }]);
for (const item of await all(await identityProviders.getIdps({ limit: 100 }, fresh))) {
  seen.providerDelete = (await identityProviders.deleteIdp(item.id)).status;
}
seen.providerGone = await refused(() => identityProviders.getIdp(live.id, fresh));
const here = (await createIpPolicy({ name: "Here", allowedIps: ["203.0.113.0/24"], enabled: true })).data;
for (let number = 0; number < 6; number += 1) {
  await createIpPolicy({ name: `Policy ${number}`, allowedIps: ["192.0.2.7"] });
}
const policies = await all(await getIpPolicies({ limit: 4, sort: "-name" }, fresh));
seen.policies = policies.length;
const asked = { filter: 'name co "policy" and enabled eq "false"', totalResults: true, fields: "name" };
seen.policiesFiltered = (await getIpPolicies(asked, fresh)).data.totalResults;
seen.policyPatch = (await patchIpPolicy(here.id, [{ op: "replace", path: "/allowedIps", value: ["203.0.113.7"] }])).status;
seen.policyRead = (await getIpPolicy(here.id, fresh)).data.allowedIps;
seen.lockout = await refused(() => patchIpPolicy(here.id, [{ op: "replace", path: "/allowedIps", value: ["192.0.2.1"] }]));
for (const item of policies) {
  seen.policyDelete = (await deleteIpPolicy(item.id)).status;
}

await apiKeys.patchApiKeysConfig(tenant.data.id, [{ op: "replace", path: "/max_keys_per_user", value: 5 }]);
const key = (await apiKeys.createApiKey({ description: "client", expiry: "PT1H" })).data;
const scim = { description: "provisioning", subType: "externalClient", sub: "SCIM\\idp" };
const scimKey = (await apiKeys.createApiKey(scim)).data;
const claims = JSON.parse(Buffer.from(key.token.split(".")[1], "base64url").toString());
seen.keyToken = [claims.jti === key.id, claims.sub === me.data.id];
seen.keyPatch = (await apiKeys.patchApiKey(key.id, [{ op: "replace", path: "/description", value: "nightly" }])).status;
seen.keyRead = [(await apiKeys.getApiKey(key.id, fresh)).data.description, (await apiKeys.getApiKey(scimKey.id, fresh)).data.sub];
seen.keyList = (await all(await apiKeys.getApiKeys({ limit: 2, status: "active", sort: "+created" }, fresh))).length;
seen.keyDelete = [(await apiKeys.deleteApiKey(key.id)).status, (await apiKeys.deleteApiKey(scimKey.id)).status];
seen.keyGone = await refused(() => apiKeys.getApiKey(key.id, fresh));
seen.keyRevoked = (await apiKeys.getApiKeys({ status: "revoked" }, fresh)).data.data.map((item) => item.description);
seen.keyTooLong = await refused(() => apiKeys.createApiKey({ description: "client", expiry: "P400D" }));

const hour = 3600 * 1000;
const span = [-hour, hour].map((shift) => new Date(Date.now() + shift).toISOString()).join("/");
const asOne = { eventTime: span, eventType: "com.qlik.core.group.created", userId: me.data.id, limit: 10 };
const created = await all(await audits.getAudits(asOne, fresh));
seen.auditNames = [created.length, created[24].data.name];
seen.auditRead = (await audits.getAudit(created[0].id, fresh)).data.eventId === created[0].eventId;
seen.auditOrder = (await audits.getAudits({ sort: "+eventTime", limit: 1 }, fresh)).data.data[0].eventType;
seen.auditSources = (await all(await audits.getAuditSources(fresh))).includes("com.qlik/identities");
seen.auditTypes = (await all(await audits.getAuditTypes(fresh))).filter((type) => type.includes("api-key"));
seen.auditSettings = (await audits.getAuditsSettings(fresh)).data.data;
const day = created[0].eventTime.slice(0, 10);
seen.auditArchive = (await audits.getArchivedAudits({ date: day }, fresh)).data.data.length > 100;
seen.auditMissing = await refused(() => audits.getArchivedAudits({ date: "2020-01-01" }, fresh));

seen.roleDelete = await refused(() => roles.deleteRole(role.id));
for (const group of made) {
  await groups.deleteGroup(group.id);
}
seen.missing = await refused(() => groups.getGroup(made[0].id, fresh));
seen.roleDeleted = (await roles.deleteRole(role.id)).status;

console.log(JSON.stringify(seen));
