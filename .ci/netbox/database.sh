# shellcheck shell=bash
# The server's own PostgreSQL cluster, and the databases in it. Sourced by netbox.
#
# migrated  an empty database after NetBox's migrations
# seeded    that with users, tokens and the tag; what a reset copies
# netbox    the one that is served

# postgres_folder prints where the newest PostgreSQL's programs are.
postgres_folder() {
	local folders=(/usr/lib/postgresql/*/bin /usr/pgsql-*/bin) path
	if [ "${#folders[@]}" -gt 0 ]; then
		printf '%s\n' "${folders[@]}" | sort -V | tail -n 1
	else
		path="$(command -v initdb)" && dirname "$path"
	fi
}

# postgres_user is who runs PostgreSQL, which refuses to be root.
postgres_user() {
	if [ "$(id -u)" -ne 0 ]; then id -un; elif id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# pg runs a program of PostgreSQL. The cache folder of root is closed to others,
# so a capability lets its user through.
pg() {
	local user program
	user="$(postgres_user)" program="$(postgres_folder)/$1"
	shift
	if [ "$(id -u)" -ne 0 ]; then
		"$program" "$@"
	else
		(cd / && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
			--inh-caps=+dac_override --ambient-caps=+dac_override "$program" "$@")
	fi
}

sql() { "$(postgres_folder)/psql" -h "$run" -U netbox -d postgres -qXAt -v ON_ERROR_STOP=1 -c "$1"; }

exists() { [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }

# copy_database replaces a database by a copy of another.
copy_database() {
	sql "DROP DATABASE IF EXISTS $2 WITH (FORCE)"
	sql "CREATE DATABASE $2 TEMPLATE $1 STRATEGY file_copy"
}

start_postgres() {
	local folder="$home/postgres"
	if [ -e "$folder/stamp" ]; then
		sql "SELECT 1" >/dev/null 2>&1 && return
		# One that was killed is in the way for a moment.
		for _ in {1..5}; do
			launch_postgres && return
			sleep 1
		done
	fi
	if [ -e "$folder" ]; then
		say "making the cluster anew: its start failed, or its making was interrupted"
		pg pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
		rm -rf "$folder"
	fi
	mkdir -p "$folder"
	chown "$(postgres_user)" "$folder"
	pg initdb -D "$folder/data" -U netbox -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$run/initdb.log" 2>&1 ||
		die "initdb fails, see $run/initdb.log"
	cat >>"$folder/data/postgresql.conf" <<-E
		# No network, and a folder that only its owner enters, hence no password.
		listen_addresses = ''
		unix_socket_directories = '$run'
		unix_socket_permissions = 0700
		# What is in here can be made anew.
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		max_locks_per_transaction = 512
	E
	launch_postgres || die "PostgreSQL does not start, see $run/postgres.log"
	touch "$folder/stamp"
}

launch_postgres() { pg pg_ctl -D "$home/postgres/data" -l "$run/postgres.log" -w -t 60 start >/dev/null 2>&1 8>&- 9>&-; }

stop_postgres() { [ ! -e "$home/postgres/stamp" ] || pg pg_ctl -D "$home/postgres/data" -m fast -w stop >/dev/null 2>&1 || true; }

# made says whether a database was made whole from what it is made from now. Its
# comment says what that was, and is written last.
made() { exists "$1" && [ "$(sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'")" = "$2" ]; }

make_template() {
	local migrated seeded
	migrated="$(cat <(echo "$package") "$here/migrate.py" | sha256sum | cut -c1-16)"
	seeded="$(cat <(echo "$migrated") "$here/seed.py" "$home/tokens" "$home/secret" | sha256sum | cut -c1-16)"
	made seeded "$seeded" && return
	if ! made migrated "$migrated"; then
		say "migrating an empty database; this takes a minute or two of CPU, once"
		copy_database template0 migrated
		NETBOX_DATABASE=migrated "$home/venv/bin/python" "$here/migrate.py" >"$run/migrate.log" 2>&1 || die "cannot migrate, see $run/migrate.log"
		sql "COMMENT ON DATABASE migrated IS '$migrated'"
	fi
	copy_database migrated seeded
	NETBOX_DATABASE=seeded "$home/venv/bin/python" "$here/seed.py" >"$run/seed.log" 2>&1 || die "cannot seed, see $run/seed.log"
	sql "COMMENT ON DATABASE seeded IS '$seeded'"
	sql "DROP DATABASE IF EXISTS netbox WITH (FORCE)"
}
