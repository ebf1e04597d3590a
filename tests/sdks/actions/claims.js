// Puts into the tokens what the login, the organization and the Action's own secret say.
exports.onExecutePostLogin = async (event, api) => {
  const claim = (name, value) => {
    api.idToken.setCustomClaim(`https://acme.example/${name}`, value);
    api.accessToken.setCustomClaim(`https://acme.example/${name}`, value);
  };
  claim("greeting", `${event.secrets.GREETING}, ${event.user.email}`);
  if (event.organization) claim("plan", event.organization.metadata.plan);
  api.user.setAppMetadata("greeted", true);
};
