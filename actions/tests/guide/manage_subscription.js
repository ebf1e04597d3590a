// From Auth0's guide to a B2B SaaS sample with Next.js, the Action Manage_Subscription, completed where the text had lost characters.
/**
* Handler that will be called during the execution of a PostLogin flow.
*
* @param {Event} event - Details about the user and the context in which they are logging in.
* @param {PostLoginAPI} api - Interface whose methods can be used to change the login behavior.
*/
exports.onExecutePostLogin = async (event, api) => {
  //#1 get user subscription from organization.metadata or user.app_metadata
  let {plan_name, end_date, status} = (event.organization)? getSubscriptionPlan(event.organization.metadata) : getSubscriptionPlan(event.user.app_metadata);
  let subscription = plan_name + ';' + end_date + ';' + status;
  //#2 if no subscription is found, we have a new user. Set a trial plan with an expiration date
  if (plan_name == null || end_date == null) {
    end_date = calculateTrialExpirationDate();
    subscription = 'trial' + ';' + end_date + ';' + 'active';
    api.user.setAppMetadata('subscription', subscription);
  }
  //#3 - set custom claim with plan name and expiration date
  api.idToken.setCustomClaim('subscription', subscription);
};

function getSubscriptionPlan(metadata) {
  let plan_name;
  let end_date;
  let status;
  if (metadata.subscription != null ) {
    const sub = metadata.subscription.split(";");
    plan_name = sub[0];
    end_date = new Date(sub[1]).toISOString();
    status = sub[2];
  }
  return {plan_name, end_date, status};
}

function calculateTrialExpirationDate() {
  const trialDays = 1;
  const startDate = new Date();
  const endDate = new Date(startDate);
  endDate.setDate(startDate.getDate() + trialDays);
  return endDate.toISOString();
}
