package main

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"
)

// release is a release of NetBox that diet is for, and how that was tried.
type release struct {
	Version string `json:"version"`
	Tested  string `json:"tested"`
}

var releases = []release{
	{"4.7", "on a real 4.7.3 in every run of CI"},
	{"4.6", "on the sandbox in every run of CI, on a real 4.6.8 by hand"},
	{"4.5", "on the sandbox in every run of CI, which behaves as a real 4.5.10 was seen to"},
	{"4.4", "on the sandbox in every run of CI, on a real 4.4.10 by hand"},
	{"4.3", "not by itself: what 4.2 and 4.4 do is expected of it"},
	{"4.2", "on the sandbox in every run of CI, which behaves as a real 4.2.9 was seen to"},
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print diet's version, and the releases of NetBox that it is for",
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return e.print(map[string]any{"version": version, "go": runtime.Version(), "netbox": releases})
			}
			fmt.Fprintf(e.out, "diet %s (%s)\nfor NetBox, tested:\n", version, runtime.Version())
			for _, r := range releases {
				fmt.Fprintf(e.out, "  %s  %s\n", r.Version, r.Tested)
			}
			return nil
		},
	}
}
