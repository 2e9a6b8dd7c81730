"""NetBox's configuration as the server for tests: sockets in NETBOX_ROOT/run, the branching plugin, nothing sent out."""

import os

from netbox_branching.utilities import DynamicSchemaDict

_run = os.path.join(os.environ["NETBOX_ROOT"], "run")
_redis = f"unix://{_run}/redis.sock"

ALLOWED_HOSTS = ["*"]
DATABASES = DynamicSchemaDict({
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("NETBOX_DATABASE", "netbox"),
        "USER": "netbox",
        "HOST": _run,
        "CONN_MAX_AGE": 300,
        # A reset takes the database away from under the server.
        "CONN_HEALTH_CHECKS": True,
    }
})
DATABASE_ROUTERS = ["netbox_branching.database.BranchAwareRouter"]
PLUGINS = ["netbox_branching"]
REDIS = {
    "tasks": {"URL": f"{_redis}?db=0", "DATABASE": 0, "SSL": False},
    "caching": {"URL": f"{_redis}?db=1", "DATABASE": 1, "SSL": False},
}
with open(os.path.join(os.environ["NETBOX_ROOT"], "secret")) as _file:
    SECRET_KEY = _file.read()
API_TOKEN_PEPPERS = {1: SECRET_KEY}
CENSUS_REPORTING_ENABLED = False
RELEASE_CHECK_URL = None
