// Turns everybody away.
exports.onExecutePostLogin = async (event, api) => {
  api.access.deny("Come back tomorrow");
};
