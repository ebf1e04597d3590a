"""Both kinds of pagination, over 250 organizations and 1,200 members."""

from auth0.management.errors import BadRequestError

from clients import in_batches, management
from environment import DATABASE, PASSWORD
from steps import equal, refused, step

ORGANIZATIONS = 250
MEMBERS = 1200


def page():
    """Fills the tenant and reads it in pages."""
    organizations, users = management.organizations, management.users

    @step("250 organizations created")
    def crowd():
        many = in_batches(ORGANIZATIONS, lambda index: organizations.create(name=f"many-{index:03}"))
        return many[0].id

    @step("organizations listed by checkpoint")
    def _():
        listed = list(organizations.list(take=100, sort="name:1"))
        names = [each.name for each in listed if each.name.startswith("many-")]
        equal(names, [f"many-{index:03}" for index in range(ORGANIZATIONS)])
        return len(listed)

    ids = []

    @step("1,200 users created")
    def _():
        create = lambda index: users.create(
            connection=DATABASE, email=f"member-{index:04}@many.example", password=PASSWORD
        )
        ids.extend(user.user_id for user in in_batches(MEMBERS, create))

    @step("they become members, ten at a time; eleven are refused")
    def _():
        add = lambda members: organizations.members.create(crowd, members=members)
        in_batches(MEMBERS // 10, lambda index: add(ids[index * 10 : index * 10 + 10]))
        invalid = lambda error: equal(error.body["errorCode"], "invalid_body")
        refused(BadRequestError, lambda: add(ids[:11]), invalid)

    @step("members listed by checkpoint")
    def _():
        listed = [member.user_id for member in organizations.members.list(crowd, take=100)]
        equal(sorted(listed), sorted(ids))
        return len(listed)

    @step("users listed by offset, up to the thousandth")
    def _():
        search = {"q": "email.domain:many.example", "sort": "email:1", "per_page": 100}
        last = users.list(page=9, **search)
        equal((last.response.total, last.response.start), (MEMBERS, 900))
        equal(last.items[-1].email, "member-0999@many.example")
        beyond = lambda error: equal(error.body["errorCode"], "invalid_paging")
        refused(BadRequestError, lambda: list(users.list(**search)), beyond)
