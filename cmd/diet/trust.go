package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
)

// trustHost makes sure that the token of the environment goes to no host that only a
// diet.yaml names: whoever can put that file into a folder would get the token. A person
// in a terminal confirms a host once.
func (e *env) trustHost() error {
	named := e.cli.String("netbox-url") != "" || e.config.NetBox.URL == ""
	if token := e.cli.String("token"); named || token == "" {
		return nil
	}
	u, err := url.Parse(e.config.NetBox.URL)
	if err != nil || u.Host == "" {
		return usage("netbox.url in %s: %q is no address", e.cli.String("config"), e.config.NetBox.URL)
	}
	where := u.Host
	if u.Scheme != "https" {
		where = u.Scheme + "://" + u.Host // a host that is trusted is not so without encryption
	}
	return e.trust(where, "the token of the environment", "NETBOX_URL")
}

// trustStore is trustHost for the password of the environment, and a store that only a
// diet.yaml names.
func (e *env) trustStore() error {
	address := string(e.config.Store)
	if e.cli.String("store") != "" || !engine.IsStoreAddress(address) || os.Getenv("PGPASSWORD") == "" {
		return nil
	}
	host, ownPassword := engine.StoreHost(address)
	if ownPassword || host == "" || host == os.Getenv("PGHOST") {
		return nil
	}
	return e.trust(host, "PGPASSWORD", "DIET_STORE")
}

// trust makes sure that a secret may be sent to a host that only diet.yaml names. variable
// is how the environment would name it.
func (e *env) trust(host, secret, variable string) error {
	file, known := knownHosts()
	switch {
	case slices.Contains(known, host):
		return nil
	case !isTerminal(e.err) || !isKeyboard(e.cli.App.Reader):
		return usage("%s would send %s to %s: set %s to that address if you mean it, or confirm it once in a terminal",
			e.cli.String("config"), secret, host, variable)
	}
	fmt.Fprintf(e.err, "%s would send %s to %s. Trust this host from now on? [y/N] ", e.cli.String("config"), secret, host)
	reply, err := bufio.NewReader(e.cli.App.Reader).ReadString('\n')
	if err != nil || !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(reply))) {
		return usage("%s is not trusted with %s", host, secret)
	}
	return rememberHosts(file, append(known, host))
}

// knownHosts are those that a person has confirmed, and the file that holds them.
func knownHosts() (file string, hosts []string) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", nil
	}
	file = filepath.Join(dir, "diet", "hosts")
	text, err := os.ReadFile(file)
	if err != nil {
		return file, nil
	}
	return file, strings.Fields(string(text))
}

func rememberHosts(file string, hosts []string) error {
	if file == "" {
		return nil // no home: it is asked again
	}
	err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(strings.Join(hosts, "\n")+"\n"), 0o600))
	if err != nil {
		return fmt.Errorf("remember host: %w", err)
	}
	return nil
}
