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
	file, known := knownHosts()
	switch {
	case slices.Contains(known, u.Host):
		return nil
	case !isTerminal(e.err) || !isKeyboard(e.cli.App.Reader):
		return usage("%s would send the token of the environment to %s: set NETBOX_URL to that address if you mean it, "+
			"or confirm it once in a terminal", e.cli.String("config"), u.Host)
	}
	fmt.Fprintf(e.err, "%s would send the token of the environment to %s. Trust this host from now on? [y/N] ",
		e.cli.String("config"), u.Host)
	reply, err := bufio.NewReader(e.cli.App.Reader).ReadString('\n')
	if err != nil || !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(reply))) {
		return usage("%s is not trusted with the token", u.Host)
	}
	return rememberHosts(file, append(known, u.Host))
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
