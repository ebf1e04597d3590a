// From Auth0's guide to a B2B SaaS sample with Next.js, the Action Set_Default_Member_Role, completed where the text had lost characters.
/**
* Handler that will be called during the execution of a PostLogin flow.
*
* @param {Event} event - Details about the user and the context in which they are logging in.
* @param {PostLoginAPI} api - Interface whose methods can be used to change the login behavior.
*/
exports.onExecutePostLogin = async (event, api) => {
  //user sign-in under the context of the organization
  if (!event.organization) {
    return;
  }
  if (event.stats.logins_count !== 1) {
    return;
  }
  const ManagementClient = require('auth0').ManagementClient;
  const management = new ManagementClient({
    domain: event.secrets.domain,
    clientId: event.secrets.clientId,
    clientSecret: event.secrets.clientSecret,
  });
  const params = { id: event.organization.id, user_id : event.user.user_id};
  const data = { "roles" : ["ROLE_ID"]};
  try {
    //scope: create:organization_member_roles
    //Add user as Administrator of the organization
    const member_roles = await management.organizations.addMemberRoles(params, data);
  } catch (e) {
    // Handle error
    console.log(e);
  }
};
