"""What belongs to the whole tenant: settings, looks, tickets, jobs, logs, self-service, factors."""

from auth0.management.errors import NotFoundError

from clients import log_in, management
from environment import DOMAIN
from steps import equal, refused, step


def configure(acme, ana):
    """Sets the tenant up; names of organizations may be used for logins from here on."""

    @step("tenant settings changed and read")
    def _():
        management.tenants.settings.update(allow_organization_name_in_authentication_api=True)
        equal(management.tenants.settings.get().allow_organization_name_in_authentication_api, True)

    @step("logged in by the organization's name: the client checks org_name")
    def _():
        claims = log_in(ana, organization="acme")["claims"]
        equal((claims["org_name"], claims["org_id"]), ("acme", acme.id))

    @step("prompts and branding changed and read")
    def _():
        management.prompts.update_settings(identifier_first=True)
        equal(management.prompts.get_settings().identifier_first, True)
        management.prompts.update_settings(identifier_first=False)
        management.branding.update(colors={"primary": "#114488"})
        equal(management.branding.get().colors.primary, "#114488")


def serve(acme, ana):
    """Tickets, mail and what is logged of it all."""

    @step("tickets for a password and an address")
    def _():
        change = management.tickets.change_password(user_id=ana.id, ttl_sec=60)
        assert change.ticket.startswith(f"https://{DOMAIN}/u/reset-password?ticket="), change.ticket
        verify = management.tickets.verify_email(user_id=ana.id)
        assert verify.ticket.startswith(f"https://{DOMAIN}/u/email-verification?ticket="), verify.ticket
        refused(NotFoundError, lambda: management.tickets.verify_email(user_id="auth0|none"))

    @step("a verification mail sent by a job")
    def _():
        job = management.jobs.verification_email.create(user_id=ana.id)
        equal(job.type, "verification_email")
        equal(management.jobs.get(job.id).id, job.id)

    @step("logs read")
    def _():
        logins = management.logs.list(search="type:s", per_page=10)
        assert logins.items and all(entry.type == "s" for entry in logins.items)
        equal(management.logs.get(logins.items[0].log_id).log_id, logins.items[0].log_id)
        assert management.users.logs.list(ana.id, per_page=10).items

    @step("a self-service profile with a ticket")
    def _():
        profiles = management.self_service_profiles
        profile = profiles.create(name="Acme SSO")
        equal(profiles.update(profile.id, description="Let your people in").description, "Let your people in")
        equal([each.id for each in profiles.list()], [profile.id])
        ticket = profiles.sso_ticket.create(profile.id, connection_config={"name": "acme-sso"}).ticket
        assert ticket.startswith(f"https://{DOMAIN}/self-service/connections-flow?ticket="), ticket
        profiles.delete(profile.id)
        profiles.delete(profile.id)
        refused(NotFoundError, lambda: profiles.get(profile.id))

    @step("factors and policies")
    def _():
        guardian = management.guardian
        equal(guardian.factors.set("otp", enabled=True).enabled, True)
        equal([factor.enabled for factor in guardian.factors.list() if factor.name == "otp"], [True])
        equal(guardian.policies.set(request=["all-applications"]), ["all-applications"])
        equal(guardian.policies.set(request=[]), [])
        guardian.factors.set("otp", enabled=False)
