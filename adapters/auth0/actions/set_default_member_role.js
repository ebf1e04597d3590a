// Tenantry made this Action, Set_Default_Member_Role, and keeps it up to date: `tenantry auth0 setup` overwrites what is changed here.
/**
 * Makes whoever comes into an organization through its own identity provider an Employee, unless they have a role there
 * already, and puts the names of the roles that they came with into the ID token. A newcomer's are none: the product
 * counts the seats then, and takes the role away again where there is none left.
 *
 * Secrets: domain, clientId, clientSecret (an application with create:organization_member_roles), roleId (Employee).
 */
exports.onExecutePostLogin = async (event, api) => {
  // Actions run for every application of the tenant.
  if (!isOurs(event.client)) return;
  if (!event.organization) return;
  const roles = [...(event.authorization?.roles ?? [])];
  const hasRole = roles.some((role) => ROLES.includes(role));
  if (!hasRole && ENTERPRISE.includes(event.connection?.strategy)) await giveRole(event);
  api.idToken.setCustomClaim('member_roles', roles);
};

/** Whether it is the product's application, as set-up has marked it. */
const isOurs = (client) => ['web', 'web:adopted'].includes(client?.metadata?.tenantry);

const ROLES = ['Administrator', 'Employee'];
const ENTERPRISE = ['oidc', 'okta', 'samlp', 'waad', 'adfs', 'google-apps', 'pingfederate', 'ad'];
/** In milliseconds: all Actions of a login together have twenty seconds. */
const PATIENCE = 5000;

/** A failure does not keep anybody out: the product, which sees no role, gives it. */
async function giveRole(event) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE);
  });
  try {
    const { ManagementClient } = require('auth0');
    const { domain, clientId, clientSecret, roleId } = event.secrets;
    const management = new ManagementClient({ domain, clientId, clientSecret });
    const member = { id: event.organization.id, user_id: event.user.user_id };
    await Promise.race([management.organizations.addMemberRoles(member, { roles: [roleId] }), late]);
  } catch (error) {
    console.log(`The role was not given: ${error.statusCode ?? error.message}`);
  } finally {
    clearTimeout(timer);
  }
}
