// Tenantry made this Action, Manage_Subscription, and keeps it up to date: `tenantry auth0 setup` overwrites what is changed here.
/**
 * Finds the subscription of the organization, or of the person when the login is under none, and puts it into the ID
 * token. A newcomer gets a trial.
 *
 * Secrets: trialDays.
 */
exports.onExecutePostLogin = async (event, api) => {
  // Actions run for every application of the tenant.
  if (!isOurs(event.client)) return;
  const inOrganization = Boolean(event.organization);
  const metadata = inOrganization ? event.organization.metadata : event.user.app_metadata;
  let subscription = metadata?.subscription ?? null;
  if (subscription === null) {
    // Nobody gets a trial for an organization.
    if (inOrganization) return;
    subscription = trial(event.secrets.trialDays);
    api.user.setAppMetadata('subscription', subscription);
  }
  const plan = planOf(subscription);
  // What can't be read is neither overwritten nor passed on, and no organization has a trial.
  if (plan === null || (inOrganization && plan === 'trial')) return;
  api.idToken.setCustomClaim('subscription', subscription);
};

/** Whether it is the product's application, as set-up has marked it. */
const isOurs = (client) => ['web', 'web:adopted'].includes(client?.metadata?.tenantry);

const DAY = 24 * 60 * 60 * 1000;

function trial(days) {
  const ends = new Date(Date.now() + Number(days) * DAY);
  return `trial;${ends.toISOString()};active`;
}

/** The plan of a text such as `team;2027-03-02T10:00:00.000Z;active`; null of any other. */
function planOf(text) {
  const parts = typeof text === 'string' ? text.split(';') : [];
  if (parts.length !== 3) return null;
  const [plan, ends, status] = parts;
  const isPlan = ['trial', 'personal', 'team', 'enterprise'].includes(plan);
  const isStatus = ['activation', 'active'].includes(status);
  return isPlan && isStatus && isInstant(ends) ? plan : null;
}

/** As toISOString writes it, from 1970 to 9999. The product itself reads what is written otherwise. */
function isInstant(text) {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) return false;
  const instant = new Date(text);
  return instant.getTime() >= 0 && instant.toISOString() === text;
}
