// Copyright: (c) 2026, qlikops contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// What a capable engineer writes by hand on Qlik's own client: list once, create what is missing.
// Input in the environment: TENANT_HOST, QLIK_API_KEY, and GROUPS as JSON.

import { auth, groups } from "@qlik/api";

const { TENANT_HOST, QLIK_API_KEY, GROUPS } = process.env;
auth.setDefaultHostConfig({ host: TENANT_HOST, forceIsWindows: false, authType: "apikey", apiKey: QLIK_API_KEY });

const existing = new Set();
let page = await groups.getGroups({ limit: 100 }, { noCache: true });
while (page) {
  page.data.data.forEach((group) => existing.add(group.name));
  page = page.next ? await page.next() : undefined;
}
for (const group of JSON.parse(GROUPS)) {
  if (!existing.has(group.name)) {
    await groups.createGroup({ name: group.name, assignedRoles: group.assigned_roles.map((name) => ({ name })) });
  }
}
