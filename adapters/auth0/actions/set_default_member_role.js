// Tenantry made this Action and keeps it up to date: what is changed here is overwritten by `tenantry auth0 setup`.
/**
 * Makes whoever comes into an organization through its own identity provider an Employee, unless they have a role there
 * already, and puts the names of the roles into the ID token.
 *
 * Secrets: domain, clientId, clientSecret (an application with create:organization_member_roles), roleId (Employee).
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!event.organization) return;
  const roles = [...(event.authorization?.roles ?? [])];
  const hasRole = roles.some((role) => ROLES.includes(role));
  if (!hasRole && ENTERPRISE.includes(event.connection?.strategy)) {
    if (await giveRole(event)) roles.push('Employee');
  }
  api.idToken.setCustomClaim('member_roles', roles);
};

const ROLES = ['Administrator', 'Employee'];
const ENTERPRISE = ['oidc', 'okta', 'samlp', 'waad', 'adfs', 'google-apps', 'pingfederate', 'ad'];

/** Whether it was given. A failure does not keep anybody out: the product, which sees no role, tries again. */
async function giveRole(event) {
  const { ManagementClient } = require('auth0');
  const { domain, clientId, clientSecret, roleId } = event.secrets;
  const management = new ManagementClient({ domain, clientId, clientSecret });
  try {
    const member = { id: event.organization.id, user_id: event.user.user_id };
    await management.organizations.addMemberRoles(member, { roles: [roleId] });
    return true;
  } catch (error) {
    console.log(`The role was not given: ${error.statusCode ?? error.name}`);
    return false;
  }
}
