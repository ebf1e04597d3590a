"""The life of a tenant through Auth0's client for Python."""

from actions import act
from applications import entitle, settle
from organizations import connect, dissolve, found, invite, join
from paging import page
from people import arrive, change
from refusals import refuse
from steps import chapter, close
from tenant import configure, serve

roles = chapter("the tenant is set up", settle)
people = chapter("people arrive", arrive) or (None, None)
ana = people[0]
chapter("people change", change, *people)
chapter("people are entitled", entitle, people, roles)
acme = chapter("an organization", found)
chapter("its connections", connect, acme)
chapter("its members", join, acme, people, roles)
chapter("its invitations and domains", invite, acme, roles)
chapter("actions", act, ana)
chapter("the tenant's settings", configure, acme, ana)
chapter("tickets, jobs, logs, self-service", serve, acme, ana)
chapter("refusals", refuse)
chapter("pages", page)
chapter("the end", dissolve, acme)
close()
