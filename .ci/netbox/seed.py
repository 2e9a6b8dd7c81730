"""Fills a migrated database with what the tests expect: users, tokens, the tag of test servers."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "netbox.settings"
django.setup()

from core.models import ObjectType  # noqa: E402
from extras.models import Tag  # noqa: E402
from users.constants import OBJECTPERMISSION_OBJECT_TYPES  # noqa: E402
from users.models import ObjectPermission, Token, User  # noqa: E402


def user(name, **more):
    made, _ = User.objects.get_or_create(username=name, defaults=more)
    return made


def token(owner, variable, **more):
    """Makes the token that an environment variable holds: of the second version if it begins with nbt_."""
    value = os.environ[variable]
    if value.startswith("nbt_"):
        key, _, value = value.removeprefix("nbt_").partition(".")
        Token(version=2, key=key, user=owner, token=value, **more).save()
    else:
        Token(version=1, user=owner, token=value, **more).save()


diet = user("diet", is_superuser=True)
token(diet, "NETBOX_TOKEN", description="diet's own")
token(diet, "NETBOX_READONLY_TOKEN", description="may not write", write_enabled=False)

maria = user("maria", is_superuser=True)
token(maria, "NETBOX_PERSON_TOKEN", description="a person's")

noipam = user("noipam")
everything_else = ObjectPermission.objects.create(name="all but ipam", actions=["view", "add", "change", "delete"])
everything_else.object_types.set(ObjectType.objects.filter(OBJECTPERMISSION_OBJECT_TYPES).exclude(app_label="ipam"))
everything_else.users.add(noipam)
token(noipam, "NETBOX_NOIPAM_TOKEN", description="may do all, but see nothing of ipam")

Tag.objects.create(name="diet-test-server", slug="diet-test-server", description="written to by diet's tests")
