# shellcheck shell=bash
# Installs what the server needs. Sourced by netbox.

# lack ends for want of something to install, which is nobody's mistake.
lack() {
	say "$@"
	exit 69
}

# packages makes sure of Debian's packages: as root it installs them, without
# starting their services, else it says what to install.
packages() {
	local missing=()
	postgres_folder >/dev/null || missing+=(postgresql)
	command -v redis-server >/dev/null || missing+=(redis-server)
	# What psycopg is built with.
	command -v pg_config >/dev/null || missing+=(libpq-dev)
	command -v gcc >/dev/null || missing+=(gcc libc6-dev)
	[ "${#missing[@]}" -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		lack "install these first: ${missing[*]} (PostgreSQL 15 or newer; no service needs to run)"
	fi
	say "installing ${missing[*]}"
	"$here/../install" "${missing[@]}" >"$run/apt.log" 2>&1 || lack "cannot install ${missing[*]}, see $run/apt.log"
}

# python prints a Python that NetBox runs on.
python() {
	local try
	for try in python3.12 python3.13 python3.14 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
		if "$try" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
			command -v "$try"
			return
		fi
	done
	lack "no Python 3.12 or newer with venv: install one (python3.12-venv, pyenv install 3.12) and put it on the PATH"
}

# prepare installs everything once. The stamp is written last: what has none was
# interrupted, and is done again.
prepare() {
	umask 077
	packages
	if [ "$(cat "$home/venv/stamp" 2>/dev/null)" != "$package" ] || ! "$home/venv/bin/python" -c ''; then
		local python
		python="$(python)"
		say "installing $package with $python; this takes a few minutes once"
		rm -rf "$home/venv"
		"$python" -m venv "$home/venv"
		"$home/venv/bin/pip" install -q --disable-pip-version-check "$package" >"$run/pip.log" 2>&1 ||
			lack "cannot install $package, see $run/pip.log"
		echo "$package" >"$home/venv/stamp"
	fi
	mkdir -p "$home/conf"
	touch "$home/conf/__init__.py"
	private "$home/conf/configuration.py" <"$here/configuration.py"
	tokens
}

# private writes a file that nobody else may read, whole or not at all.
private() {
	(umask 077 && cat >"$1.new" && mv "$1.new" "$1")
}

# random prints $1 letters and digits.
random() { (set +o pipefail && LC_ALL=C tr -dc 'a-z0-9' </dev/urandom | head -c "$1"); }

# tokens makes up the tokens once, and exports them. A token of NetBox 4.5 or
# newer begins with nbt_; the person's is of the old kind.
tokens() {
	[ -e "$home/tokens" ] || private "$home/tokens" <<-E
		export NETBOX_TOKEN=nbt_$(random 12).$(random 40)
		export NETBOX_READONLY_TOKEN=nbt_$(random 12).$(random 40)
		export NETBOX_PERSON_TOKEN=$(random 40)
		export NETBOX_NOIPAM_TOKEN=nbt_$(random 12).$(random 40)
	E
	[ -e "$home/secret" ] || random 50 | private "$home/secret"
	# shellcheck source=/dev/null
	source "$home/tokens"
}
