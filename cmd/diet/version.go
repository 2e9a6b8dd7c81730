package main

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"
)

// release is a supported release of NetBox, and how diet was tested on it.
type release struct {
	Version string `json:"version"`
	Tested  string `json:"tested"`
}

var releases = []release{
	{"4.7", "on a real 4.7.3 in every run of CI that can install it"},
	{"4.6", "on the sandbox in every run of CI, and by hand on a real 4.6.8"},
	{"4.5", "on the sandbox in every run of CI, which imitates a real 4.5.10"},
	{"4.4", "on the sandbox in every run of CI, and by hand on a real 4.4.10"},
	{"4.3", "not separately; expected to work like 4.2 and 4.4"},
	{"4.2", "on the sandbox in every run of CI, which imitates a real 4.2.9"},
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print diet's version and the supported NetBox releases",
		Description: `Says for each release how diet was tested on it.

   diet version
   diet version --json`,
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return e.print(map[string]any{"version": version, "go": runtime.Version(), "netbox": releases})
			}
			fmt.Fprintf(e.out, "diet %s (%s)\nsupported NetBox releases, and how they were tested:\n", version, runtime.Version())
			for _, r := range releases {
				fmt.Fprintf(e.out, "  %s  %s\n", r.Version, r.Tested)
			}
			return nil
		},
	}
}
