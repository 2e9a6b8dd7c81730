"""gunicorn's settings: one load of NetBox, then a few workers forked from it."""

import os

bind = f"127.0.0.1:{os.environ['NETBOX_PORT']}"
workers = int(os.environ.get("NETBOX_WORKERS", "3"))
threads = 4
timeout = 120
preload_app = True
control_socket_disable = True


def when_ready(_server):
    """Closes what loading NetBox has opened: workers must not share a connection."""
    from django.db import connections

    connections.close_all()
